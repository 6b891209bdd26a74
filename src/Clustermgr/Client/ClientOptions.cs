using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Clustermgr.Client;

/// <summary>How requests to one member are made.</summary>
/// <param name="BaseUrl">scheme://host:port, with a path when a proxy serves the member below one.</param>
/// <param name="Secret">Secret of the server's auth section; null when it requires no token.</param>
/// <param name="Timeout">Deadline of one request: connect, headers and body together.</param>
/// <param name="MaxBodyBytes">Maximum size of a response body.</param>
public sealed record ClientOptions(Uri BaseUrl, string? Secret, TimeSpan Timeout, int MaxBodyBytes)
{
    /// <summary>True when the server never requires a token.</summary>
    public bool Tokenless { get; init; }

    /// <summary>Returns the URL of an endpoint.</summary>
    /// <param name="path">Starts with a slash.</param>
    public Uri At(string path) => new(BaseUrl.GetLeftPart(UriPartial.Path).TrimEnd('/') + path);

    /// <summary>For logs: without the secret and without user information in the URL.</summary>
    public override string ToString() =>
        $"{BaseUrl.Scheme}://{BaseUrl.Authority}{BaseUrl.AbsolutePath.TrimEnd('/')} {(Secret is null ? "without" : "with")} secret, "
        + $"timeout {Timeout.TotalSeconds} s, at most {MaxBodyBytes} bytes";
}

/// <summary>TLS settings that differ from the system's.</summary>
/// <param name="Roots">The only roots that are trusted; null for the system's.</param>
/// <param name="ClientCertificate">With its private key; null to present none.</param>
/// <param name="ServerName">Expected in the member's certificate, and sent as SNI, instead of the URL's host.</param>
/// <param name="InsecureSkipVerify">True to accept any certificate.</param>
public sealed record TlsOptions(
    X509Certificate2Collection? Roots,
    X509Certificate2? ClientCertificate,
    string? ServerName,
    bool InsecureSkipVerify
)
{
    /// <summary>Reads PEM files.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read or is not PEM; the message names it.</exception>
    public static TlsOptions Load(
        string? caFile,
        string? certFile,
        string? keyFile,
        string? serverName,
        bool insecureSkipVerify
    )
    {
        if (certFile is null != keyFile is null)
        {
            throw new InvalidDataException(
                "cert_file and key_file go together: give both for a client certificate, or neither"
            );
        }
        return new TlsOptions(
            caFile is null ? null : Read("ca_file", caFile, ReadRoots),
            certFile is null ? null : Read("cert_file", certFile, path => Pair(path, keyFile!)),
            serverName,
            insecureSkipVerify
        );
    }

    private static X509Certificate2Collection ReadRoots(string path)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPemFile(path);
        // A file without a PEM block is imported as an empty collection, with which nothing would be trusted.
        return roots.Count > 0 ? roots : throw new CryptographicException("it holds no certificate");
    }

    private static X509Certificate2 Pair(string certFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certFile, keyFile);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CryptographicException($"with key_file {keyFile}: {e.Message}", e);
        }
    }

    private static T Read<T>(string setting, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidDataException(
                $"{setting} {path} cannot be used: {e.Message.TrimEnd('.')}; give a readable PEM file",
                e
            );
        }
    }
}
