using System.CommandLine;
using System.Net;
using Clustermgr.Client;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>healthcheck: checks whether a running exporter is ready, for a container without a shell and
/// curl.</summary>
internal static class HealthcheckVerb
{
    private const int MaxBytes = 4096;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    public static Command Create(VerbContext context)
    {
        var url = new Option<string>("--url")
        {
            HelpName = "URL",
            Description =
                $"Of the exporter, with its route prefix, or unix:/path; {ExporterAddress.DefaultUrl} unless given. "
                + "Example: --url=https://127.0.0.1:19998/clustermgr",
        };
        var certificate = new Option<string>("--tls.cert-file")
        {
            HelpName = "FILE",
            Description =
                "PEM file with a client certificate, where clients need one. Example: --tls.cert-file=client.crt",
        };
        var key = new Option<string>("--tls.key-file")
        {
            HelpName = "FILE",
            Description = "PEM file with the certificate's key. Example: --tls.key-file=client.key",
        };
        var output = OutputFlag.Create();
        return new Verb(
            "healthcheck",
            """
            Ask a running exporter whether it is ready.

            The certificate of a loopback address is not verified: it is for the name by which others come. Where a
            password is asked for, serve with --web.health-without-auth. Where clients need a certificate, give one.

            Exit code: 0 ready, 1 not ready or no answer within 5 s, 2 a flag is invalid.
            """,
            [url, certificate, key, output],
            (parse, ct) =>
            {
                var session = context.CreateSession();
                var values = new FlagValues(parse, session.Environment);
                var json = output.Json(values);
                return values.Errors.Count > 0
                    ? Task.FromResult(ServeVerb.PrintErrors(values.Errors, ExitCodes.Usage))
                    : RunAsync(
                        parse.GetValue(url) ?? ExporterAddress.DefaultUrl,
                        (parse.GetValue(certificate), parse.GetValue(key)),
                        json is true,
                        session.Out,
                        session.Error,
                        ct
                    );
            }
        ).ToCommand();
    }

    /// <param name="client">PEM files of a client certificate and its key; null for none.</param>
    public static async Task<int> RunAsync(
        string text,
        (string? Certificate, string? Key) client,
        bool json,
        TextWriter output,
        TextWriter error,
        CancellationToken ct
    )
    {
        if (ExporterAddress.Parse(text, out var wrong) is not { } address)
        {
            error.WriteLine($"--url {wrong}");
            return ExitCodes.Usage;
        }
        TlsOptions tls;
        try
        {
            tls = TlsOptions.Load(null, client.Certificate, client.Key, null, false);
        }
        catch (InvalidDataException e)
        {
            error.WriteLine($"--tls.cert-file and --tls.key-file: {e.Message}");
            return ExitCodes.Usage;
        }
        var (ready, said) = await AskAsync(address, tls, ct);
        if (json)
        {
            var document = new HealthDocument(address.Url.ToString(), ready, said);
            output.Write(CommandJson.Format(document, types => types.HealthDocument));
        }
        else
        {
            (ready ? output : error).WriteLine(said);
        }
        return ready ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static async Task<(bool Ready, string Said)> AskAsync(
        ExporterAddress address,
        TlsOptions tls,
        CancellationToken ct
    )
    {
        using var http = address.Connect(RequestTimeout, MaxBytes, tls);
        try
        {
            using var answer = await http.GetAsync("-/ready", ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                return (true, "ready");
            }
            var said = TextSanitizer.Clean((await answer.Content.ReadAsStringAsync(ct)).Trim());
            return (
                false,
                answer.StatusCode == HttpStatusCode.Unauthorized
                    ? "not known: it asks for a password; serve with --web.health-without-auth"
                    : $"not ready: {(int)answer.StatusCode} {said}"
            );
        }
        catch (Exception e) when (ExporterAddress.Failure(e, RequestTimeout) is { } reason)
        {
            return (false, $"no answer from {address.Url}: {reason}");
        }
    }
}

/// <summary>The readiness of a running exporter.</summary>
internal sealed record HealthDocument(string Url, bool Ready, string Said);
