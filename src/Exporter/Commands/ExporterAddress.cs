using System.Net.Sockets;
using Clustermgr.Client;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>Where a running exporter is asked: http, https, or unix:/path of its socket.</summary>
/// <param name="Url">Ends with a slash; its API is below.</param>
/// <param name="Socket">Path of a Unix socket; null for none.</param>
internal sealed record ExporterAddress(Uri Url, string? Socket)
{
    public const string Usual = "http://127.0.0.1:19998";

    private const string Unix = "unix:";

    /// <summary>Null, and why, where it is no such address.</summary>
    public static ExporterAddress? Parse(string text, out string error)
    {
        var socket = text.StartsWith(Unix, StringComparison.Ordinal) ? text[Unix.Length..] : null;
        var address = socket is null ? text : "http://localhost";
        error = "";
        if (Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return new(url, socket);
        }
        error = $"{Quoted.From(text)} is no http or https URL; write one as {Usual}";
        return null;
    }

    /// <param name="mostBytes">Of one answer.</param>
    /// <param name="tls">With a client certificate; null for none.</param>
    public HttpClient Connect(TimeSpan timeout, int mostBytes, TlsOptions? tls = null)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
        if (Socket is { } path)
        {
            handler.ConnectCallback = async (_, stop) =>
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await client.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
                return new NetworkStream(client, ownsSocket: true);
            };
        }
        if (tls?.ClientCertificate is { } shown)
        {
            handler.SslOptions.ClientCertificates = [shown];
        }
        if (Url.IsLoopback)
        {
            // Another process of this machine could answer in its place, and would be believed without TLS too.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate is not null;
        }
        return new HttpClient(handler)
        {
            BaseAddress = Url,
            Timeout = timeout,
            MaxResponseContentBufferSize = mostBytes,
        };
    }

    /// <summary>Why there is no answer; null where it is not for that.</summary>
    /// <param name="timeout">Of the request.</param>
    public static string? Failure(Exception e, TimeSpan timeout) =>
        e switch
        {
            HttpRequestException => Sentence.Clean(e.Message),
            TaskCanceledException { InnerException: TimeoutException } => $"none within {timeout.TotalSeconds} s",
            _ => null,
        };
}
