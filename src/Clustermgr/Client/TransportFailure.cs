using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Clustermgr.Analysis;

namespace Clustermgr.Client;

/// <summary>Converts an exception of the transport, thrown before the response headers, to an outcome and a
/// sentence.</summary>
public static class TransportFailure
{
    private const string Unresolved = "the host name does not resolve; check the URL and DNS";

    /// <param name="scheme">Scheme of the requested URL; many mistakes are http in place of https, or the
    /// reverse.</param>
    public static (Outcome Outcome, string Detail) FromException(Exception exception, string scheme) =>
        (exception as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => (Outcome.Dns, Unresolved),
            HttpRequestError.SecureConnectionError => FromTlsFailure(exception),
            HttpRequestError.InvalidResponse => (
                Outcome.Invalid,
                $"not an HTTP answer: {Innermost(exception).Message}"
            ),
            HttpRequestError.ConfigurationLimitExceeded => (
                Outcome.TooLarge,
                $"the headers are larger than {ClustermgrTransport.MaxHeadersKib} KiB"
            ),
            HttpRequestError.ResponseEnded => (
                Outcome.Refused,
                scheme == Uri.UriSchemeHttp
                    ? "connection closed before an answer; perhaps the port speaks TLS: write https://"
                    : "connection closed before an answer"
            ),
            _ => FromCause(exception),
        };

    private static (Outcome, string) FromCause(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is AuthenticationException)
            {
                return FromTlsFailure(exception);
            }
            if (e is SocketException socket)
            {
                return FromSocketError(socket);
            }
        }
        return (Outcome.Refused, $"connection lost before an answer: {Innermost(exception).Message}");
    }

    private static (Outcome, string) FromSocketError(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => (Outcome.Refused, "connection refused"),
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => (
                Outcome.Refused,
                "connection reset before an answer"
            ),
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => (
                Outcome.Dns,
                Unresolved
            ),
            // The kernel gave up before our deadline did.
            SocketError.TimedOut => (Outcome.Timeout, "the connection timed out"),
            _ => (Outcome.Refused, $"no connection: {e.Message}"),
        };

    private static (Outcome, string) FromTlsFailure(Exception exception) =>
        (Outcome.Tls, $"TLS handshake failed: {DescribeTlsFailure(Innermost(exception).Message)}");

    // The platform reports the cause only as text, but the names of its flags in it are part of its API.
    private static string DescribeTlsFailure(string said)
    {
        bool Says(string flag) => said.Contains(flag, StringComparison.Ordinal);
        var otherName = Says(nameof(SslPolicyErrors.RemoteCertificateNameMismatch));
        if (otherName && Says(nameof(SslPolicyErrors.RemoteCertificateChainErrors)))
        {
            return "its certificate is for another name, and not trusted; set tls.server_name and tls.ca_file";
        }
        if (otherName)
        {
            return "its certificate is for another name; set tls.server_name";
        }
        if (Says(nameof(X509ChainStatusFlags.UntrustedRoot)) || Says(nameof(X509ChainStatusFlags.PartialChain)))
        {
            return "its certificate is not from a trusted authority; set tls.ca_file";
        }
        if (Says(nameof(X509ChainStatusFlags.NotTimeValid)))
        {
            return "its certificate has expired or is not valid yet; renew it, or compare the clocks";
        }
        // The peer did not send a TLS frame.
        return Says("frame") ? "the port does not speak TLS; write http://" : said;
    }

    private static Exception Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }
        return e;
    }
}
