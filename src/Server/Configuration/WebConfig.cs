using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ClustermgrExporter.Configuration;

/// <summary>How the exporter's own pages are served: what --web.config.file says.</summary>
internal sealed record WebConfig
{
    /// <summary>Plain HTTP without passwords.</summary>
    public static WebConfig None { get; } = new();

    /// <summary>Null for plain HTTP.</summary>
    public ServerTls? Tls { get; init; }

    /// <summary>Offered through TLS only.</summary>
    public bool Http2 { get; init; } = true;

    /// <summary>Put on every answer.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Null for no limit.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>bcrypt hashes by user name; empty where no password is asked for.</summary>
    public ImmutableDictionary<string, string> Users { get; init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>All files that it was read from; a change of one triggers a reload.</summary>
    public ImmutableArray<string> Files { get; init; } = [];
}

/// <summary>The server's side of TLS, with its certificates as they were read.</summary>
internal sealed record ServerTls
{
    /// <summary>The certificate with its key and its intermediate certificates.</summary>
    public required SslStreamCertificateContext Certificate { get; init; }

    public ClientCertificates Clients { get; init; }

    /// <summary>Authorities of clients; empty for those of the system.</summary>
    public X509Certificate2Collection ClientAuthorities { get; init; } = [];

    /// <summary>A client's certificate must have one of these names; empty for any.</summary>
    public ImmutableArray<string> AllowedNames { get; init; } = [];

    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Empty for those of the system.</summary>
    public ImmutableArray<TlsCipherSuite> CipherSuites { get; init; } = [];
}

/// <summary>What is required of a client's certificate, with Go's names.</summary>
internal enum ClientCertificates
{
    NoClientCert,
    RequestClientCert,
    RequireAnyClientCert,
    VerifyClientCertIfGiven,
    RequireAndVerifyClientCert,
}

/// <summary>A token bucket: one request per interval, and up to <paramref name="Burst"/> at once after a
/// pause.</summary>
internal sealed record RateLimit(TimeSpan Interval, int Burst);

/// <param name="Config">Null when there are errors.</param>
/// <param name="Errors">Whole lines.</param>
/// <param name="Warnings">Whole lines.</param>
internal sealed record WebConfigResult(
    WebConfig? Config,
    ImmutableArray<string> Errors,
    ImmutableArray<string> Warnings
);
