using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>min_version and max_version of tls_server_config.</summary>
internal static class TlsVersionReader
{
    /// <summary>In rising order.</summary>
    private static readonly string[] Names = ["TLS10", "TLS11", "TLS12", "TLS13"];

    /// <summary>None after an error.</summary>
    public static SslProtocols Read(ConfigSection tls)
    {
        var least = ReadVersion(tls, "min_version", "TLS12");
        var most = ReadVersion(tls, "max_version", "TLS13");
        if (least < 0 || most < 0)
        {
            return SslProtocols.None;
        }
        if (most < 2)
        {
            tls.Error(
                "max_version",
                $"{tls.GetPath("max_version")} {Names[most]} is refused: TLS before 1.2 is broken, and not offered"
            );
        }
        else if (least > most)
        {
            tls.Error(
                tls.Has("max_version") ? "max_version" : "min_version",
                $"{tls.Path} allows no version: {Names[least]} at least and {Names[most]} at most"
            );
        }
        else if (least < 2)
        {
            tls.Warning(
                "min_version",
                $"{tls.GetPath("min_version")} {Names[least]} stands for TLS12: TLS before 1.2 is broken, and not "
                    + "offered"
            );
        }
        return (least <= 2 && most >= 2 ? SslProtocols.Tls12 : 0) | (most >= 3 ? SslProtocols.Tls13 : 0);
    }

    private static int ReadVersion(ConfigSection tls, string key, string defaultName)
    {
        var text = tls.Text(key) ?? defaultName;
        var version = Array.IndexOf(Names, text);
        if (version < 0)
        {
            tls.Error(key, $"{tls.GetPath(key)} is {Quoted.From(text)}; write TLS12 or TLS13");
        }
        return version;
    }
}

/// <summary>cipher_suites of tls_server_config.</summary>
internal static class TlsCipherSuiteReader
{
    /// <summary>The suites up to TLS 1.2 that Go considers secure.</summary>
    private static readonly ImmutableArray<TlsCipherSuite> SecureSuites =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>The suites of TLS 1.3, which cannot be configured, as in Go.</summary>
    private static readonly ImmutableArray<TlsCipherSuite> Tls13Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>The chosen suites and those of TLS 1.3; empty for the system's default.</summary>
    public static ImmutableArray<TlsCipherSuite> Read(ConfigSection tls)
    {
        var chosen = ImmutableArray.CreateBuilder<TlsCipherSuite>();
        var names = SecureSuites.Concat(Tls13Suites).Select(suite => suite.ToString()).ToArray();
        foreach (var text in tls.Texts("cipher_suites"))
        {
            if (!names.Contains(text))
            {
                tls.Error(
                    "cipher_suites",
                    $"{tls.GetPath("cipher_suites")} holds {Quoted.From(text)}{WordSuggestion.Hint(text, names)}"
                );
                continue;
            }
            var suite = Enum.Parse<TlsCipherSuite>(text);
            if (!Tls13Suites.Contains(suite))
            {
                chosen.Add(suite);
            }
        }
        return chosen.Count == 0 ? [] : [.. chosen, .. Tls13Suites];
    }
}
