using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads tls_server_config of the web configuration.</summary>
/// <param name="folder">Base folder of relative paths.</param>
internal sealed class ServerTlsReader(ConfigProblems problems, string folder, DateTimeOffset now)
{
    private const int MaxBytes = 1 << 20;

    private const string Inline =
        "is refused: certificates and keys are renewed while this runs, so they must be in files; ";

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

    private static readonly Dictionary<string, string> RefusedKeys = new(StringComparer.Ordinal)
    {
        ["cert"] = $"{Inline}name one by cert_file",
        ["key"] = $"{Inline}name one by key_file",
        ["client_ca"] = $"{Inline}name one by client_ca_file",
        ["curve_preferences"] =
            "is refused: .NET cannot choose curves; remove it, and OpenSSL offers X25519, P-256, P-384 and P-521",
    };

    /// <summary>Tls is null for plain HTTP, or after an error.</summary>
    public (ServerTls? Tls, ImmutableArray<string> Files) Read(ConfigSection top)
    {
        if (
            top.Node("tls_server_config") is not { } node
            || ConfigSection.Open(node, top.GetPath("tls_server_config"), problems, Keys, RefusedKeys) is not { } tls
        )
        {
            return (null, []);
        }
        var cert = ResolveFile(tls, "cert_file");
        var key = ResolveFile(tls, "key_file");
        var ca = ResolveFile(tls, "client_ca_file");
        var clients = ReadClients(tls);
        CheckClients(tls, clients, ca);
        var protocols = TlsVersionReader.Read(tls);
        var suites = TlsCipherSuiteReader.Read(tls);
        if (tls.Flag("prefer_server_cipher_suites") == false)
        {
            tls.Warning(
                "prefer_server_cipher_suites",
                $"{tls.GetPath("prefer_server_cipher_suites")} has no effect, as in Go since 1.17"
            );
        }
        // As in the exporter-toolkit, which serves plain HTTP if none of these keys asks for TLS.
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
        var certificate = ReadCertificate(tls, cert, key);
        var authorities = ca is null ? [] : ReadAuthorities(tls, ca);
        return (
            certificate is null
                ? null
                : new ServerTls
                {
                    Certificate = certificate,
                    Clients = clients,
                    ClientAuthorities = authorities,
                    AllowedNames = tls.Texts("client_allowed_sans"),
                    Protocols = protocols,
                    CipherSuites = suites,
                },
            [.. ((string?[])[cert, key, ca]).OfType<string>()]
        );
    }

    private string? ResolveFile(ConfigSection tls, string key) =>
        tls.Text(key) is { Length: > 0 } path ? Path.Combine(folder, path) : null;

    private SslStreamCertificateContext? ReadCertificate(ConfigSection tls, string cert, string key)
    {
        var bad = false;
        foreach (var (of, message, isError) in TlsFiles.Check(new TlsConfig(null, cert, key, null, false)))
        {
            bad |= isError;
            if (isError)
            {
                tls.Error(of, $"{tls.GetPath(of)} {message}");
            }
            else
            {
                tls.Warning(of, $"{tls.GetPath(of)} {message}");
            }
        }
        if (bad)
        {
            return null;
        }
        try
        {
            // A file may change between the check and this: then it is as if the check had failed.
            var text = FileText.Read(cert, MaxBytes).Text;
            using var own = X509Certificate2.CreateFromPem(text, FileText.Read(key, MaxBytes).Text);
            var all = new X509Certificate2Collection();
            all.ImportFromPem(text);
            if (own.NotAfter.ToUniversalTime() < now.UtcDateTime)
            {
                tls.Warning("cert_file", $"{tls.GetPath("cert_file")} {Quoted.From(cert)} has expired; renew it");
            }
            return SslStreamCertificateContext.Create(new X509Certificate2(own), all, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            tls.Error("cert_file", $"{tls.GetPath("cert_file")} {Quoted.From(cert)} cannot be used: {e.Message}");
            return null;
        }
    }

    private static X509Certificate2Collection ReadAuthorities(ConfigSection tls, string path)
    {
        // Read once: an empty collection would mean the system's authorities.
        var authorities = new X509Certificate2Collection();
        var file = FileText.Read(path, MaxBytes);
        var name = $"{tls.GetPath("client_ca_file")} {Quoted.From(path)}";
        if (file.Text is not { } text)
        {
            tls.Error("client_ca_file", $"{name}: {file.Problem}; name a PEM file of certificates");
            return authorities;
        }
        try
        {
            authorities.ImportFromPem(text);
        }
        catch (CryptographicException)
        {
            // reported below, as a file without certificates
        }
        if (authorities.Count == 0)
        {
            tls.Error("client_ca_file", $"{name} is not PEM; it must hold -----BEGIN CERTIFICATE-----");
        }
        return authorities;
    }

    private static ClientCertificates ReadClients(ConfigSection tls)
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
            $"{tls.GetPath("client_auth_type")} is {Quoted.From(text)}{WordSuggestion.Hint(text, names)}"
        );
        return ClientCertificates.NoClientCert;
    }

    private static void CheckClients(ConfigSection tls, ClientCertificates clients, string? ca)
    {
        if (ca is not null && clients == ClientCertificates.NoClientCert)
        {
            tls.Error(
                "client_ca_file",
                $"{tls.GetPath("client_ca_file")} has no effect while client_auth_type asks for no certificate; set it "
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
                $"{tls.GetPath("client_allowed_sans")} needs a client_auth_type that requires a certificate; set it to "
                    + "RequireAndVerifyClientCert"
            );
        }
    }
}
