using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Clustermgr.Client;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>healthcheck: whether a running exporter is ready, for a container that has no shell and no curl.</summary>
internal static class HealthcheckVerb
{
    private const string Usual = "http://127.0.0.1:19998";

    private const string Unix = "unix:";

    private const int MostBytes = 4096;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static Command Create(VerbContext context)
    {
        var url = new Option<string>("--url")
        {
            HelpName = "URL",
            Description =
                $"Of the exporter, with its route prefix, or unix:/path; {Usual} unless given. "
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
        return new Verb(
            "healthcheck",
            """
            Ask a running exporter whether it is ready.

            The certificate of a loopback address is not verified: it is for the name by which others come. Where a
            password is asked for, serve with --web.health-without-auth. Where clients need a certificate, give one.

            Exit code: 0 ready, 1 not ready or no answer within 5 s.
            """,
            [url, certificate, key],
            (parse, ct) =>
                RunAsync(
                    parse.GetValue(url) ?? Usual,
                    (parse.GetValue(certificate), parse.GetValue(key)),
                    ProgramConsole.Out,
                    ProgramConsole.Error,
                    ct
                )
        ).ToCommand();
    }

    /// <param name="client">PEM files of a client certificate and its key; null for none.</param>
    public static async Task<int> RunAsync(
        string text,
        (string? Certificate, string? Key) client,
        TextWriter output,
        TextWriter error,
        CancellationToken ct
    )
    {
        var socket = text.StartsWith(Unix, StringComparison.Ordinal) ? text[Unix.Length..] : null;
        var address = socket is null ? text : "http://localhost";
        if (
            !Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https")
        )
        {
            error.WriteLine($"--url {Quoted.From(text)} is no http or https URL; write one as {Usual}");
            return ExitCodes.Failed;
        }
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        if (socket is not null)
        {
            handler.ConnectCallback = async (_, stop) =>
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
                return new NetworkStream(client, ownsSocket: true);
            };
        }
        try
        {
            if (TlsOptions.Load(null, client.Certificate, client.Key, null, false).ClientCertificate is { } shown)
            {
                handler.SslOptions.ClientCertificates = [shown];
            }
        }
        catch (InvalidDataException e)
        {
            error.WriteLine($"--tls.cert-file and --tls.key-file: {e.Message}");
            return ExitCodes.Failed;
        }
        if (url.IsLoopback)
        {
            // Another process of this machine could answer in its place, and would be believed without TLS too.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate is not null;
        }
        using var http = new HttpClient(handler) { Timeout = s_patience, MaxResponseContentBufferSize = MostBytes };
        try
        {
            using var answer = await http.GetAsync(new Uri(url, "-/ready"), ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                output.WriteLine("ready");
                return ExitCodes.Done;
            }
            var said = Sentence.Clean((await answer.Content.ReadAsStringAsync(ct)).Trim());
            error.WriteLine(
                answer.StatusCode == HttpStatusCode.Unauthorized
                    ? "not known: it asks for a password; serve with --web.health-without-auth"
                    : $"not ready: {(int)answer.StatusCode} {said}"
            );
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            error.WriteLine(
                $"no answer from {url}: "
                    + (
                        e is HttpRequestException
                            ? Sentence.Clean(e.Message)
                            : $"none within {s_patience.TotalSeconds} s"
                    )
            );
        }
        return ExitCodes.Failed;
    }
}
