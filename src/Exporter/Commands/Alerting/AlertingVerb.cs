using System.CommandLine;
using System.Globalization;
using System.Net;
using Clustermgr.Client;
using Clustermgr.Formatting;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>alerting test: sends one alert to each Alertmanager, prints the answer and resolves the alert.</summary>
internal static class AlertingVerb
{
    private const string Name = "ClustermgrTest";

    /// <summary>The alert resolves itself after this time, if this process dies.</summary>
    private static readonly TimeSpan AlertLifetime = TimeSpan.FromMinutes(5);

    public static Command Create(VerbContext context)
    {
        var file = new Option<string>("--config.file")
        {
            HelpName = "FILE",
            Description = "YAML file with alerting. Example: --config.file=/etc/clustermgr-exporter/exporter.yaml",
        };
        var severity = new Option<string>("--severity")
        {
            HelpName = "SEVERITY",
            Description = "Label of the alert, by which your routes go; ticket unless given. Example: --severity=page",
        };
        var keep = new Option<bool>("--keep")
        {
            Description = "Do not end it: it ends by itself after 5 minutes. Example: --keep",
        };
        var output = OutputFlag.Create();
        return Verb.Group(
            "alerting",
            "Alerts that the exporter sends itself.",
            new Verb(
                "test",
                """
                Send one test alert to each Alertmanager of the configuration, say what it answers, and end the alert.

                Its labels are alertname="ClustermgrTest", cluster="test", the severity, and your external_labels.

                Exit code: 0 every Alertmanager took it, 1 not all did, or the file is invalid, 2 a flag is invalid.
                """,
                [file, severity, keep, output],
                (parse, ct) =>
                {
                    var session = context.CreateSession();
                    var values = new FlagValues(parse, session.Environment);
                    var path = values.Text(file)?.Text;
                    var json = output.Json(values);
                    if (path is null)
                    {
                        values.Errors.Add("no file is named; give --config.file=exporter.yaml");
                    }
                    return path is null || json is null
                        ? Task.FromResult(ServeVerb.PrintErrors(values.Errors, ExitCodes.Usage))
                        : RunAsync(
                            path,
                            parse.GetValue(severity) ?? "ticket",
                            parse.GetValue(keep),
                            json.Value,
                            TimeProvider.System,
                            session.Out,
                            session.Error,
                            ct
                        );
                }
            ).ToCommand()
        );
    }

    public static async Task<int> RunAsync(
        string file,
        string severity,
        bool keep,
        bool json,
        TimeProvider time,
        TextWriter output,
        TextWriter error,
        CancellationToken ct
    )
    {
        var loaded = ConfigLoader.Load(file, ProcessEnvironment.Read());
        foreach (var line in loaded.Errors)
        {
            error.WriteLine(line);
        }
        if (!loaded.Errors.IsEmpty)
        {
            return ExitCodes.Failed;
        }
        if (loaded.Alerting is not { } alerting)
        {
            error.WriteLine($"{file} has no alerting; exporter.example.yaml shows it");
            return ExitCodes.Failed;
        }
        var now = time.GetUtcNow();
        var alert = new AlertMessage(
            Name,
            [
                KeyValuePair.Create("alertname", Name),
                KeyValuePair.Create("cluster", "test"),
                KeyValuePair.Create("severity", severity),
                .. alerting.ExternalLabels.Where(label => !AlertDispatcher.TemplateOnlyLabels.Contains(label.Key)),
            ],
            [
                KeyValuePair.Create("summary", "a test of clustermgr-exporter, nothing is broken"),
                KeyValuePair.Create("description", "Sent by clustermgr-exporter alerting test."),
            ],
            now,
            now + AlertLifetime,
            Resolved: false,
            ""
        );
        var took = new List<AlertmanagerConfig>();
        var answers = new List<AlertmanagerAnswer>();
        void Tell(AlertmanagerConfig one, bool ok, string said, string sent)
        {
            answers.Add(new(one.Name, sent, ok, said));
            if (!json)
            {
                output.WriteLine($"{one.Url}: {(ok ? $"took {sent}" : said)}");
            }
        }
        foreach (var one in alerting.Alertmanagers)
        {
            var (ok, said) = await SendAsync(one, alert, time, ct);
            Tell(one, ok, said, "the alert");
            if (ok)
            {
                took.Add(one);
            }
        }
        if (!keep)
        {
            foreach (var one in took)
            {
                var (ok, said) = await SendAsync(
                    one,
                    alert with
                    {
                        EndsAt = time.GetUtcNow(),
                        Resolved = true,
                    },
                    time,
                    ct
                );
                Tell(one, ok, said, "its end");
            }
        }
        var all = alerting.Alertmanagers.Length;
        if (json)
        {
            var document = new AlertingTestDocument(Name, took.Count == all, [.. answers]);
            output.Write(CommandJson.Format(document, types => types.AlertingTestDocument));
            return took.Count == all ? ExitCodes.Done : ExitCodes.Failed;
        }
        output.WriteLine(
            took.Count == all
                ? $"every Alertmanager took it; alertname=\"{Name}\" finds it"
                : string.Create(CultureInfo.InvariantCulture, $"{all - took.Count} of {all} did not take it")
        );
        return took.Count == all ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<(bool Ok, string Said)> SendAsync(
        AlertmanagerConfig config,
        AlertMessage alert,
        TimeProvider time,
        CancellationToken ct
    )
    {
        try
        {
            using var transport = AlertmanagerQueue.CreateTransport(config, new NameResolver());
            var api = HttpApi.Create<IAlertmanagerApi>(transport, config.Url, config.Timeout, time);
            using var content = new ReadOnlyMemoryContent(AlertMessage.Json([alert]));
            content.Headers.ContentType = new("application/json");
            using var answer = await api.PostAlertsAsync(content, ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return (true, "");
            }
            using var body = new PooledBody();
            await body.FillAsync(await answer.Content.ReadAsStreamAsync(ct), 4096, ct);
            var words = TextSanitizer.Clean(System.Text.Encoding.UTF8.GetString(body.Memory.Span));
            return (false, $"answers HTTP {(int)answer.StatusCode} {words}".TrimEnd());
        }
        catch (TimeoutException)
        {
            return (false, $"does not answer within {config.Timeout.TotalSeconds} s");
        }
        catch (Exception e) when (HttpApi.IsFailure(e) && !ct.IsCancellationRequested)
        {
            return (false, $"is not reached: {TransportFailure.FromException(e, config.Url.Scheme).Detail}");
        }
    }
}

/// <param name="Alertname">The name by which the alert can be found.</param>
/// <param name="Took">Whether every Alertmanager accepted it.</param>
internal sealed record AlertingTestDocument(string Alertname, bool Took, AlertmanagerAnswer[] Answers);

/// <param name="Sent">"the alert" or "its end".</param>
/// <param name="Said">The error; "" when it was accepted.</param>
internal sealed record AlertmanagerAnswer(string Alertmanager, string Sent, bool Took, string Said);
