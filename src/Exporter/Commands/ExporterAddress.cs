using System.Net.Sockets;
using Clustermgr.Client;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>The address of a running exporter: http, https, or unix:/path of its socket.</summary>
/// <param name="Url">Ends with a slash; its API is below.</param>
/// <param name="Socket">Path of a Unix socket; null for none.</param>
internal sealed record ExporterAddress(Uri Url, string? Socket)
{
    public const string DefaultUrl = "http://127.0.0.1:19998";

    private const string Unix = "unix:";

    /// <summary>Returns null with an error when it is not such an address.</summary>
    public static ExporterAddress? Parse(string text, out string error)
    {
        var socket = text.StartsWith(Unix, StringComparison.Ordinal) ? text[Unix.Length..] : null;
        var address = socket is null ? text : "http://localhost";
        error = "";
        if (Uri.TryCreate(address.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return new(url, socket);
        }
        error = $"{Quoted.From(text)} is not an http or https URL; write one such as {DefaultUrl}";
        return null;
    }

    /// <param name="maxBytes">Maximum size of a response.</param>
    /// <param name="tls">With a client certificate; null for none.</param>
    public HttpClient Connect(TimeSpan timeout, int maxBytes, TlsOptions? tls = null)
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
            // On loopback every certificate is accepted: without TLS another process of this machine could answer just
            // as well.
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate is not null;
        }
        return new HttpClient(handler)
        {
            BaseAddress = Url,
            Timeout = timeout,
            MaxResponseContentBufferSize = maxBytes,
        };
    }

    /// <summary>Returns why there is no answer; null for other exceptions.</summary>
    /// <param name="timeout">Timeout of the request.</param>
    public static string? Failure(Exception e, TimeSpan timeout) =>
        e switch
        {
            HttpRequestException => TextSanitizer.Clean(e.Message),
            TaskCanceledException { InnerException: TimeoutException } => $"none within {timeout.TotalSeconds} s",
            _ => null,
        };
}
