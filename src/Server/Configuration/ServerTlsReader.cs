using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>tls_server_config of the web configuration.</summary>
/// <param name="folder">To which files are relative.</param>
internal sealed class ServerTlsReader(ConfigErrors problems, string folder, DateTimeOffset now)
{
    private const int MostBytes = 1 << 20;

    private const string Inline =
        "is refused: a certificate and its key are exchanged while this runs, so they stand in files; ";

    public static readonly ImmutableArray<string> Keys =
    [
        "cert_file",
        "key_file",
        "client_auth_type",
        "client_ca_file",
        "client_allowed_sans",
        "min_version",
        "max_version",
        "cipher_suites",
        "prefer_server_cipher_suites",
    ];

    private static readonly Dictionary<string, string> _refused = new(StringComparer.Ordinal)
    {
        ["cert"] = $"{Inline}name one by cert_file",
        ["key"] = $"{Inline}name one by key_file",
        ["client_ca"] = $"{Inline}name one by client_ca_file",
        ["curve_preferences"] =
            "is refused: .NET cannot choose curves; remove it, and OpenSSL offers X25519, P-256, P-384 and P-521",
    };

    /// <summary>In rising order.</summary>
    private static readonly string[] _versions = ["TLS10", "TLS11", "TLS12", "TLS13"];

    /// <summary>Those that Go holds to be secure up to TLS 1.2.</summary>
    private static readonly ImmutableArray<TlsCipherSuite> _suites =
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

    /// <summary>Those of TLS 1.3, which no configuration chooses, as in Go.</summary>
    private static readonly ImmutableArray<TlsCipherSuite> _always =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    ];

    /// <summary>Null for plain HTTP, or where errors say why not.</summary>
    public (ServerTls? Tls, ImmutableArray<string> Files) Read(ConfigSection top)
    {
        if (
            top.Node("tls_server_config") is not { } node
            || ConfigSection.Open(node, top.PathOf("tls_server_config"), problems, Keys, _refused) is not { } tls
        )
        {
            return (null, []);
        }
        var (cert, key, ca) = (FileOf(tls, "cert_file"), FileOf(tls, "key_file"), FileOf(tls, "client_ca_file"));
        var clients = Clients(tls);
        CheckClients(tls, clients, ca);
        var protocols = Protocols(tls);
        var suites = Suites(tls);
        if (tls.Flag("prefer_server_cipher_suites") == false)
        {
            tls.Warning(
                "prefer_server_cipher_suites",
                $"{tls.PathOf("prefer_server_cipher_suites")} has no effect, as in Go since 1.17"
            );
        }
        // As in the toolkit, which serves plain HTTP where none of these says that TLS is wanted.
        if (cert is null && key is null && ca is null && !tls.Has("client_auth_type"))
        {
            if (node.Entries.Length > 0)
            {
                problems.Warning(tls.Line, $"{tls.Path} names no cert_file: plain HTTP is served");
            }
            return (null, []);
        }
        if (cert is null || key is null)
        {
            problems.Error(tls.Line, $"{tls.Path} has no {(cert is null ? "cert_file" : "key_file")}; TLS needs both");
            return (null, []);
        }
        var certificate = Certificate(tls, cert, key);
        var authorities = ca is null ? [] : Authorities(tls, ca);
        return (
            certificate is null
                ? null
                : new ServerTls
                {
                    Certificate = certificate,
                    Clients = clients,
                    ClientAuthorities = authorities,
                    AllowedNames = AllowedNames(tls),
                    Protocols = protocols,
                    CipherSuites = suites.IsEmpty ? [] : [.. suites, .. _always],
                },
            [.. ((string?[])[cert, key, ca]).OfType<string>()]
        );
    }

    private string? FileOf(ConfigSection tls, string key) =>
        tls.Text(key) is { Length: > 0 } path ? Path.Combine(folder, path) : null;

    private SslStreamCertificateContext? Certificate(ConfigSection tls, string cert, string key)
    {
        var bad = false;
        foreach (var (of, message, isError) in TlsFiles.Check(new TlsConfig(null, cert, key, null, false)))
        {
            bad |= isError;
            if (isError)
            {
                tls.Error(of, $"{tls.PathOf(of)} {message}");
            }
            else
            {
                tls.Warning(of, $"{tls.PathOf(of)} {message}");
            }
        }
        if (bad)
        {
            return null;
        }
        try
        {
            // A file may change between the check and this: then it is as if the check had failed.
            var text = FileText.Read(cert, MostBytes).Text;
            using var own = X509Certificate2.CreateFromPem(text, FileText.Read(key, MostBytes).Text);
            var all = new X509Certificate2Collection();
            all.ImportFromPem(text);
            if (own.NotAfter.ToUniversalTime() < now.UtcDateTime)
            {
                tls.Warning("cert_file", $"{tls.PathOf("cert_file")} {Quoted.From(cert)} has expired; renew it");
            }
            return SslStreamCertificateContext.Create(new X509Certificate2(own), all, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            tls.Error("cert_file", $"{tls.PathOf("cert_file")} {Quoted.From(cert)} cannot be used: {e.Message}");
            return null;
        }
    }

    private static X509Certificate2Collection Authorities(ConfigSection tls, string path)
    {
        var authorities = new X509Certificate2Collection();
        foreach (var (_, message, _) in TlsFiles.Check(new TlsConfig(path, null, null, null, false)))
        {
            tls.Error("client_ca_file", $"{tls.PathOf("client_ca_file")} {message}");
            return authorities;
        }
        authorities.ImportFromPem(FileText.Read(path, MostBytes).Text);
        return authorities;
    }

    private static ClientCertificates Clients(ConfigSection tls)
    {
        var text = tls.Text("client_auth_type");
        if (text is null or "")
        {
            return ClientCertificates.NoClientCert;
        }
        if (text == "RequireClientCert") // the toolkit's old name
        {
            return ClientCertificates.RequireAnyClientCert;
        }
        var names = Enum.GetNames<ClientCertificates>();
        if (names.Contains(text))
        {
            return Enum.Parse<ClientCertificates>(text);
        }
        tls.Error(
            "client_auth_type",
            $"{tls.PathOf("client_auth_type")} is {Quoted.From(text)}{NearestWord.Hint(text, names)}"
        );
        return ClientCertificates.NoClientCert;
    }

    private static void CheckClients(ConfigSection tls, ClientCertificates clients, string? ca)
    {
        if (ca is not null && clients == ClientCertificates.NoClientCert)
        {
            tls.Error(
                "client_ca_file",
                $"{tls.PathOf("client_ca_file")} is for nothing while client_auth_type asks for no certificate; set it "
                    + "to RequireAndVerifyClientCert"
            );
        }
        if (
            tls.Has("client_allowed_sans")
            && clients is not (ClientCertificates.RequireAnyClientCert or ClientCertificates.RequireAndVerifyClientCert)
        )
        {
            tls.Error(
                "client_allowed_sans",
                $"{tls.PathOf("client_allowed_sans")} needs a client_auth_type that requires a certificate; set it to "
                    + "RequireAndVerifyClientCert"
            );
        }
    }

    private ImmutableArray<string> AllowedNames(ConfigSection tls) => Texts(tls, "client_allowed_sans");

    private ImmutableArray<string> Texts(ConfigSection tls, string key) =>
        [
            .. (tls.List(key) ?? [])
                .Select((node, i) => ConfigSection.TextOf(node, $"{tls.PathOf(key)}[{i}]", problems))
                .OfType<string>(),
        ];

    private static SslProtocols Protocols(ConfigSection tls)
    {
        var (least, most) = (Version(tls, "min_version", "TLS12"), Version(tls, "max_version", "TLS13"));
        if (least < 0 || most < 0)
        {
            return SslProtocols.None;
        }
        if (most < 2)
        {
            tls.Error(
                "max_version",
                $"{tls.PathOf("max_version")} {_versions[most]} is refused: TLS before 1.2 is broken, and not offered"
            );
        }
        else if (least > most)
        {
            tls.Error(
                tls.Has("max_version") ? "max_version" : "min_version",
                $"{tls.Path} allows no version: {_versions[least]} at least and {_versions[most]} at most"
            );
        }
        else if (least < 2)
        {
            tls.Warning(
                "min_version",
                $"{tls.PathOf("min_version")} {_versions[least]} stands for TLS12: TLS before 1.2 is broken, and not "
                    + "offered"
            );
        }
        return (least <= 2 && most >= 2 ? SslProtocols.Tls12 : 0) | (most >= 3 ? SslProtocols.Tls13 : 0);
    }

    private static int Version(ConfigSection tls, string key, string usual)
    {
        var text = tls.Text(key) ?? usual;
        var version = Array.IndexOf(_versions, text);
        if (version < 0)
        {
            tls.Error(key, $"{tls.PathOf(key)} is {Quoted.From(text)}; write TLS12 or TLS13");
        }
        return version;
    }

    private ImmutableArray<TlsCipherSuite> Suites(ConfigSection tls)
    {
        var chosen = ImmutableArray.CreateBuilder<TlsCipherSuite>();
        var names = _suites.Concat(_always).Select(suite => suite.ToString()).ToArray();
        foreach (var text in Texts(tls, "cipher_suites"))
        {
            if (!names.Contains(text))
            {
                tls.Error(
                    "cipher_suites",
                    $"{tls.PathOf("cipher_suites")} holds {Quoted.From(text)}{NearestWord.Hint(text, names)}"
                );
                continue;
            }
            var suite = Enum.Parse<TlsCipherSuite>(text);
            if (!_always.Contains(suite))
            {
                chosen.Add(suite);
            }
        }
        return chosen.ToImmutable();
    }
}
