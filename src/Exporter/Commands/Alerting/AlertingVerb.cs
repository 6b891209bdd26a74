using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using Clustermgr.Client;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>alerting test: sends one alert to each Alertmanager, prints the answer and resolves the alert.</summary>
internal static class AlertingVerb
{
    private const string Name = "ClustermgrTest";

    // What was sent, as it is printed.
    private const string Firing = "the alert";
    private const string Resolved = "its end";

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
        var answers = new List<AlertmanagerAnswer>();
        await foreach (var answer in SendAsync(alerting, CreateAlert(alerting, severity, time), keep, time, ct))
        {
            answers.Add(answer);
            if (!json)
            {
                output.WriteLine(
                    $"{answer.Url}: {(answer.Took ? $"took {answer.Sent}" : $"did not take {answer.Sent}: {answer.Said}")}"
                );
            }
        }
        var missed = answers.Count(answer => answer is { Sent: Firing, Took: false });
        if (json)
        {
            var document = new AlertingTestDocument(Name, missed == 0, [.. answers]);
            output.Write(CommandJson.Format(document, types => types.AlertingTestDocument));
        }
        else
        {
            output.WriteLine(
                missed == 0
                    ? $"every Alertmanager took it; alertname=\"{Name}\" finds it"
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{missed} of {alerting.Alertmanagers.Length} did not take it"
                    )
            );
        }
        return missed == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static AlertMessage CreateAlert(AlertingConfig alerting, string severity, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new(
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
            Resolved: false
        );
    }

    /// <summary>Sends the alert to all, and its end only then: those that tell each other would begin it
    /// again.</summary>
    private static async IAsyncEnumerable<AlertmanagerAnswer> SendAsync(
        AlertingConfig alerting,
        AlertMessage alert,
        bool keep,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var took = new List<AlertmanagerConfig>();
        foreach (var config in alerting.Alertmanagers)
        {
            var answer = await SendAsync(config, alert, Firing);
            yield return answer;
            if (answer.Took && !keep)
            {
                took.Add(config);
            }
        }
        foreach (var config in took)
        {
            yield return await SendAsync(config, alert with { EndsAt = time.GetUtcNow(), Resolved = true }, Resolved);
        }

        async Task<AlertmanagerAnswer> SendAsync(AlertmanagerConfig config, AlertMessage message, string sent)
        {
            using var sender = AlertmanagerSender.Create(config, new NameResolver(), time);
            var delivery = await sender.SendAsync([message], ct);
            return new(config.Name, sent, delivery.Accepted, delivery.Detail) { Url = config.Url };
        }
    }
}

/// <param name="Alertname">The name by which the alert can be found.</param>
/// <param name="Took">Whether every Alertmanager accepted it.</param>
internal sealed record AlertingTestDocument(string Alertname, bool Took, AlertmanagerAnswer[] Answers);

/// <param name="Sent">"the alert" or "its end".</param>
/// <param name="Said">The error; "" when it was accepted.</param>
internal sealed record AlertmanagerAnswer(string Alertmanager, string Sent, bool Took, string Said)
{
    [JsonIgnore]
    public required Uri Url { get; init; }
}
