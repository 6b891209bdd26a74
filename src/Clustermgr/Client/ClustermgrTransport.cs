using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Clustermgr.Client;

/// <summary>Creates the connections to members.</summary>
public static class ClustermgrTransport
{
    public const int MaxHeadersKib = 16;

    private static readonly HttpRequestOptionsKey<bool> ConnectedKey = new("connected");

    /// <param name="tls">Null for the system's own trust and no client certificate.</param>
    /// <param name="names">Shared by all transports of the process.</param>
    /// <param name="race">Remembers which address worked; shared by the transports of one cluster, null to create
    /// one.</param>
    /// <param name="proxy">Proxy for requests to members; null for direct connections, regardless of the
    /// environment.</param>
    public static SocketsHttpHandler Create(
        TlsOptions? tls,
        NameResolver names,
        HappyEyeballsConnector? race = null,
        Uri? proxy = null
    )
    {
        race ??= new HappyEyeballsConnector();
        var handler = new SocketsHttpHandler
        {
            // A redirect, or a proxy of the environment, would let another server answer in the member's name.
            AllowAutoRedirect = false,
            UseProxy = proxy is not null,
            Proxy = proxy is null ? null : new WebProxy(proxy),
            UseCookies = false,
            // Compression is never requested, and a small body must not decompress to gigabytes.
            AutomaticDecompression = DecompressionMethods.None,
            // Members do not use trace headers.
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = MaxHeadersKib,
            // The deadline of the request covers the connect; a second timer would only make two outcomes of one.
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionIdleTimeout = MemberConnectionPools.LongIdleTimeout,
            // A name may resolve to another address while its connection is busy.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // The rest of an oversized body is not drained only to keep its connection.
            MaxResponseDrainSize = 0,
            ConnectCallback = (context, ct) => ConnectAsync(context, names, race, tls, ct),
        };
        if (tls is not null)
        {
            handler.SslOptions = SslOptions(tls);
        }
        return handler;
    }

    /// <summary>Whether a new connection was opened for this request; it may still have been sent on an idle
    /// one.</summary>
    public static bool WasConnectedFor(HttpRequestMessage request) =>
        request.Options.TryGetValue(ConnectedKey, out var made) && made;

    [SuppressMessage("Security", "CA5359", Justification = "insecure_skip_verify: the operator asked for it by name.")]
    private static SslClientAuthenticationOptions SslOptions(TlsOptions tls)
    {
        var options = new SslClientAuthenticationOptions();
        if (tls.Roots is { } roots)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                // A certificate must not make the exporter fetch URLs.
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }
        if (tls.ClientCertificate is { } certificate)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }
        if (tls.InsecureSkipVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        return options;
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context,
        NameResolver names,
        HappyEyeballsConnector race,
        TlsOptions? tls,
        CancellationToken ct
    )
    {
        context.InitialRequestMessage.Options.Set(ConnectedKey, true);
        var addresses = await names.ResolveAsync(context.DnsEndPoint.Host, ct);
        var stream = await race.ConnectAsync(context.DnsEndPoint.Host, addresses, context.DnsEndPoint.Port, ct);
        try
        {
            // The handler adds TLS to a plain stream, with the URL's host as TargetHost; another name needs a separate
            // handshake.
            if (tls?.ServerName is null || context.InitialRequestMessage.RequestUri?.Scheme != Uri.UriSchemeHttps)
            {
                return stream;
            }
            var secured = new SslStream(stream);
            stream = secured;
            var options = SslOptions(tls);
            options.TargetHost = tls.ServerName;
            await HandshakeAsync(secured, options, ct);
            return secured;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Like the handler's own handshake: every failure of it, a closed connection included, is a failure of
    /// TLS.</summary>
    private static async Task HandshakeAsync(
        SslStream stream,
        SslClientAuthenticationOptions options,
        CancellationToken ct
    )
    {
        try
        {
            await stream.AuthenticateAsClientAsync(options, ct);
        }
        catch (IOException e)
        {
            throw new AuthenticationException(e.Message, e);
        }
    }
}
