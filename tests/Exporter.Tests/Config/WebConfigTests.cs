using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

/// <summary>The web configuration: what exporter-toolkit accepts is accepted, what it rejects is rejected with its
/// line, and what .NET cannot do is rejected instead of ignored.</summary>
public sealed class WebConfigTests : IDisposable
{
    private const string Hash = "$2y$04$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi";
    private const string Pair = "cert_file: server.crt, key_file: server.key";

    private readonly TempFolder _folder = new();

    public WebConfigTests()
    {
        using var authority = new Certificates();
        using var server = authority.Sign("CN=localhost", "localhost", "127.0.0.1");
        using var other = authority.Sign("CN=other");
        Certificates.Write(_folder.Path, "server", server);
        Certificates.Write(_folder.Path, "other", other);
        File.WriteAllText(Path.Combine(_folder.Path, "ca.crt"), authority.AuthorityPem);
        File.WriteAllText(Path.Combine(_folder.Path, "text.crt"), "no certificate");
    }

    public static TheoryData<string> Good =>
        new(
            "",
            "# nothing",
            "tls_server_config: { PAIR }",
            "tls_server_config: { PAIR, client_auth_type: NoClientCert }",
            "tls_server_config: { PAIR, client_auth_type: RequestClientCert }",
            "tls_server_config: { PAIR, client_auth_type: RequireAnyClientCert }",
            "tls_server_config: { PAIR, client_auth_type: RequireClientCert }",
            "tls_server_config: { PAIR, client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.crt }",
            "tls_server_config: { PAIR, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.crt }",
            "tls_server_config: { PAIR, client_auth_type: RequireAndVerifyClientCert }",
            "tls_server_config: { PAIR, client_auth_type: \"\" }",
            "tls_server_config: { PAIR, client_auth_type: RequireAnyClientCert, client_allowed_sans: [a.example, 10.0.0.1] }",
            "tls_server_config: { PAIR, min_version: TLS12 }",
            "tls_server_config: { PAIR, min_version: TLS13, max_version: TLS13 }",
            "tls_server_config: { PAIR, max_version: TLS12 }",
            "tls_server_config: { PAIR, min_version: TLS10 }",
            "tls_server_config: { PAIR, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384] }",
            "tls_server_config: { PAIR, cipher_suites: [TLS_AES_128_GCM_SHA256] }",
            "tls_server_config: { PAIR, prefer_server_cipher_suites: true }",
            "tls_server_config: { PAIR, prefer_server_cipher_suites: false }",
            "tls_server_config: { min_version: TLS12 }",
            "http_server_config: { http2: false }",
            "http_server_config: { headers: { X-Frame-Options: deny, X-Content-Type-Options: nosniff } }",
            "http_server_config: { headers: { Strict-Transport-Security: max-age=31536000 } }",
            "http_server_config: { headers: { Content-Security-Policy: \"default-src 'self'\" } }",
            "http_server_config: { headers: { X-XSS-Protection: \"1; mode=block\", X-Frame-Options: sameorigin } }",
            "rate_limit: { interval: 1s, burst: 20 }",
            "rate_limit: { interval: 100ms }",
            "rate_limit: { interval: 0, burst: 5 }",
            "basic_auth_users: { alice: HASH, bob: HASH }",
            "basic_auth_users: { \"with space\": \"HASH\" }",
            "basic_auth_users: {}",
            "tls_server_config: { PAIR }\nbasic_auth_users: { alice: HASH }\nhttp_server_config: { http2: true }"
        );

    public static TheoryData<string, string> Bad =>
        new()
        {
            {
                "tls_server_conf: {}",
                "1: unknown key \"tls_server_conf\" at the top level; did you mean \"tls_server_config\"?"
            },
            { "tls_server_config: { cert_file: server.crt }", "1: tls_server_config has no key_file; TLS needs both" },
            { "tls_server_config: { key_file: server.key }", "1: tls_server_config has no cert_file; TLS needs both" },
            {
                "tls_server_config: { client_auth_type: RequireAnyClientCert }",
                "1: tls_server_config has no cert_file; TLS needs both"
            },
            {
                "tls_server_config: { cert_file: absent.crt, key_file: server.key }",
                "1: tls_server_config.cert_file \"FOLDER/absent.crt\": no such file"
            },
            {
                "tls_server_config: { cert_file: text.crt, key_file: server.key }",
                "is not PEM; it must hold -----BEGIN CERTIFICATE-----"
            },
            {
                "tls_server_config: { cert_file: server.crt, key_file: other.key }",
                "is not the key of \"FOLDER/server.crt\""
            },
            { "tls_server_config: { cert: x, key_file: server.key }", "1: tls_server_config.cert is refused" },
            { "tls_server_config: { cert_file: server.crt, key: hunter2 }", "1: tls_server_config.key is refused" },
            { "tls_server_config: { PAIR, client_ca: x }", "1: tls_server_config.client_ca is refused" },
            {
                "tls_server_config: { PAIR, client_auth_type: RequireAndVerify }",
                "1: tls_server_config.client_auth_type is \"RequireAndVerify\""
            },
            {
                "tls_server_config: { PAIR, client_ca_file: ca.crt }",
                "client_ca_file has no effect while client_auth_type asks for no certificate"
            },
            {
                "tls_server_config: { PAIR, client_ca_file: absent, client_auth_type: RequireAndVerifyClientCert }",
                "client_ca_file \"FOLDER/absent\": no such file"
            },
            {
                "tls_server_config: { PAIR, client_allowed_sans: [a] }",
                "client_allowed_sans needs a client_auth_type that requires a certificate"
            },
            {
                "tls_server_config: { PAIR, client_auth_type: VerifyClientCertIfGiven, client_allowed_sans: [a] }",
                "client_allowed_sans needs a client_auth_type"
            },
            {
                "tls_server_config: { PAIR, client_auth_type: RequireAnyClientCert, client_allowed_sans: a }",
                "client_allowed_sans must be a list"
            },
            {
                "tls_server_config: { PAIR, min_version: TLS14 }",
                "1: tls_server_config.min_version is \"TLS14\"; write TLS12 or TLS13"
            },
            { "tls_server_config: { PAIR, min_version: 1.2 }", "min_version is \"1.2\"" },
            { "tls_server_config: { PAIR, min_version: TLS13, max_version: TLS12 }", "allows no version" },
            { "tls_server_config: { PAIR, max_version: TLS11 }", "TLS11 is refused: TLS before 1.2 is broken" },
            {
                "tls_server_config: { PAIR, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA] }",
                "cipher_suites holds \"TLS_RSA_WITH_RC4_128_SHA\""
            },
            {
                "tls_server_config: { PAIR, curve_preferences: [X25519] }",
                "curve_preferences is refused: .NET cannot choose curves"
            },
            {
                "tls_server_config: { PAIR, prefer_server_cipher_suites: yes }",
                "prefer_server_cipher_suites is \"yes\"; write true or false"
            },
            { "tls_server_config: [a]", "1: tls_server_config must be a mapping" },
            { "http_server_config: { http2: maybe }", "1: http_server_config.http2 is \"maybe\"; write true or false" },
            {
                "http_server_config: { headers: { X-Frame-Options: allow } }",
                "X-Frame-Options is \"allow\"; write deny or sameorigin"
            },
            {
                "http_server_config: { headers: { Server: nginx } }",
                "1: unknown key \"Server\" under http_server_config.headers"
            },
            {
                "http_server_config: { headers: { X-XSS-Protection: \"a\\nb\" } }",
                "holds a character that no header can"
            },
            { "rate_limit: { interval: fast }", "1: rate_limit.interval \"fast\" is not a duration" },
            { "rate_limit: { interval: 50d }", "rate_limit.interval \"50d\" is not a duration from 1ms to 1h" },
            { "rate_limit: { interval: 999999999d }", "is not a duration from 1ms to 1h" },
            { "rate_limit: { interval: 1s, burst: 0 }", "1: rate_limit.burst \"0\" is not a number from 1 to 1000000" },
            { "rate_limit: { interval: 1s, burst: many }", "rate_limit.burst \"many\" is not a number" },
            { "basic_auth_users: { alice: hunter2 }", "1: what \"alice\" has is not a bcrypt hash" },
            {
                "basic_auth_users: { alice: $2y$99$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi }",
                "is not a bcrypt hash"
            },
            { "basic_auth_users: { alice: HASH, alice: HASH }", "basic_auth_users.alice is already set on line 1" },
            { "basic_auth_users: { \"a:b\": HASH }", "the user \"a:b\" holds a colon" },
            { "basic_auth_users: [alice]", "1: basic_auth_users must be a mapping" },
            { "{", "2: not YAML" },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Good))]
    public void WhatTheToolkitTakesIsTaken(string yaml)
    {
        var read = Read(yaml);
        Assert.Empty(read.Errors);
        Assert.NotNull(read.Config);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void WhatCannotBeServedIsRefusedWithItsLineAndNoSecret(string yaml, string expected)
    {
        var read = Read(yaml);
        Assert.Null(read.Config);
        Assert.Contains(
            read.Errors,
            error => error.Replace(_folder.Path, "FOLDER").Contains(expected, StringComparison.Ordinal)
        );
        Assert.All(read.Errors, error => Assert.DoesNotContain("hunter2", error, StringComparison.Ordinal));
        Assert.All(read.Errors, error => Assert.DoesNotContain("QOauhQ", error, StringComparison.Ordinal));
    }

    [Fact]
    public void TheDefaultsAreTheToolkits()
    {
        var config = Read("tls_server_config: { PAIR }").Config!;
        Assert.Equal(
            (
                System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
                true
            ),
            (config.Tls!.Protocols, config.Http2)
        );
        Assert.Equal((ClientCertificates.NoClientCert, true), (config.Tls.Clients, config.Tls.CipherSuites.IsEmpty));
        Assert.Equal(3, config.Files.Length);
    }

    [Fact]
    public void AFileThatIsNotThereIsToldWithTheNextStep()
    {
        var read = WebConfigReader.Load("/nowhere/web.yaml", TimeProvider.System);
        Assert.Equal(
            ["/nowhere/web.yaml: no such file; name a web configuration, docs/configuration.md shows one"],
            read.Errors
        );
    }

    private WebConfigResult Read(string yaml)
    {
        var path = Path.Combine(_folder.Path, "web.yaml");
        File.WriteAllText(
            path,
            yaml.Replace("PAIR", Pair, StringComparison.Ordinal).Replace("HASH", Hash, StringComparison.Ordinal)
        );
        return WebConfigReader.Load(path, TimeProvider.System);
    }
}
