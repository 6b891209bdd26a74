using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using ClustermgrExporter.Web.Access;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>TLS, passwords, headers and the rate limit on a real socket.</summary>
public sealed class AccessTests : IDisposable
{
    /// <summary>The hash of "secret", with the lowest possible cost.</summary>
    private static readonly string PasswordHash = BCrypt.Net.BCrypt.HashPassword("secret", 4);

    private readonly Lock _gate = new();
    private readonly TempFolder _folder = new();
    private readonly Certificates _authority = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task WithoutTheRightPasswordNothingIsShownButHealthWhereItIsOpen()
    {
        await using var site = await SiteAsync($"basic_auth_users: {{ alice: {PasswordHash} }}", openHealth: true);
        string[] pages = ["/", "/prom/metrics", "/api/v1/clusters", "/runbooks", "/assets/status.js", "/nothing"];
        foreach (var path in pages)
        {
            using var without = await site.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, without.StatusCode));
            Assert.StartsWith("Basic realm=", without.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
            Assert.Equal("authentication required\n", await without.Content.ReadAsStringAsync(Ct));
        }
        foreach (
            var (user, password) in ((string, string)[])[("alice", "wrong"), ("bob", "secret"), ("", ""), ("alice", "")]
        )
        {
            using var wrong = await site.GetAsync("/prom/metrics", Login(user, password));
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }
        foreach (var header in (string[])["Basic", "Basic !!!", "Bearer abc", "Basic YWxpY2U=", "basic"])
        {
            using var odd = await site.GetAsync("/prom/metrics", ("Authorization", header));
            Assert.Equal(HttpStatusCode.Unauthorized, odd.StatusCode);
        }
        using var right = await site.GetAsync("/prom/metrics", Login("alice", "secret"));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        using var health = await site.GetAsync("/-/healthy");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        Assert.Contains(
            $"\nhttp_request_duration_seconds_count{{code=\"401\",endpoint=\"login\"}} {pages.Length + 4 + 5}\n",
            await right.Content.ReadAsStringAsync(Ct),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task HealthIsClosedTooUnlessItIsOpened()
    {
        await using var site = await SiteAsync($"basic_auth_users: {{ alice: {PasswordHash} }}");
        using var health = await site.GetAsync("/-/ready");
        Assert.Equal(HttpStatusCode.Unauthorized, health.StatusCode);
    }

    [Fact]
    public async Task HeadersAreOnEveryAnswerAndReplaceThoseOfAPage()
    {
        await using var site = await SiteAsync(
            "http_server_config: { headers: { X-Frame-Options: deny, Content-Security-Policy: \"default-src 'self'\" } }"
        );
        foreach (var path in (string[])["/", "/prom/metrics", "/nothing"])
        {
            using var answer = await site.GetAsync(path);
            Assert.Equal("deny", answer.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("default-src 'self'", answer.Headers.GetValues("Content-Security-Policy").Single());
        }
    }

    [Fact]
    public async Task BeyondTheRateThereIs429WithTheTimeToComeAgain()
    {
        await using var site = await SiteAsync("rate_limit: { interval: 1h, burst: 3 }");
        var codes = new List<HttpStatusCode>();
        for (var i = 0; i < 5; i++)
        {
            using var answer = await site.GetAsync("/prom/metrics");
            codes.Add(answer.StatusCode);
            var wait = answer.Headers.RetryAfter?.Delta;
            Assert.True(i < 3 ? wait is null : wait > TimeSpan.Zero && wait <= TimeSpan.FromHours(1), $"{i}: {wait}");
        }
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK], codes[..3]);
        Assert.Equal([HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests], codes[3..]);
    }

    [Fact]
    public async Task ARightPasswordIsCheckedOnceAndAgainOnlyWhenItIsAnother()
    {
        var users = WebConfig.None.Users.Add("alice", PasswordHash);
        var check = new PasswordCheck();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(Accepted, await AskAsync(check, users, "alice", "secret"));
        }
        Assert.Equal(1, check.Checks);
        Assert.Equal(Refused, await AskAsync(check, users, "alice", "Secret"));
        Assert.Equal(Refused, await AskAsync(check, users, "alice", "Secret")); // a wrong password is not cached
        Assert.Equal(3, check.Checks);
        var other = users.SetItem("alice", BCrypt.Net.BCrypt.HashPassword("new", 4));
        Assert.Equal(Refused, await AskAsync(check, other, "alice", "secret")); // as soon as the hash changes
        Assert.Equal(Refused, await AskAsync(check, users.Remove("alice").Add("bob", PasswordHash), "alice", "secret"));
    }

    [Fact]
    public async Task AnUnknownUserCostsWhatAKnownOneCosts()
    {
        var users = WebConfig.None.Users.Add("alice", BCrypt.Net.BCrypt.HashPassword("secret", 9));
        var check = new PasswordCheck();
        await AskAsync(check, users, "alice", "warm");
        var known = new List<double>();
        var unknown = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            known.Add(await TimeAsync(() => AskAsync(check, users, "alice", $"wrong {i}")));
            unknown.Add(await TimeAsync(() => AskAsync(check, users, $"user {i}", $"wrong {i}")));
        }
        // Without a hash to check, an unknown user would take a thousandth of the time.
        Assert.InRange(unknown.Order().ElementAt(3) / known.Order().ElementAt(3), 0.4, 2.5);
        Assert.Equal(15, check.Checks);
    }

    [Fact]
    public async Task AFloodOfWrongPasswordsKeepsNobodyElseWaiting()
    {
        var users = WebConfig.None.Users.Add("alice", BCrypt.Net.BCrypt.HashPassword("secret", 8));
        var check = new PasswordCheck();
        var flood = Enumerable
            .Range(0, 200)
            .Select(i => AskAsync(check, users, "alice", $"wrong {i}", IPAddress.Parse("10.0.0.1")))
            .ToList();
        var scraper = await AskAsync(check, users, "alice", "secret", IPAddress.Parse("10.0.0.2"));
        var before = check.Checks;

        Assert.Equal(Accepted, scraper);
        Assert.InRange(before, 1, 4); // it had its turn, and did not wait for the flood
        var all = await Task.WhenAll(flood);
        Assert.InRange(all.Count(login => login == ClustermgrExporter.Web.Access.LoginResult.Busy), 180, 190);
        Assert.DoesNotContain(Accepted, all);
        Assert.Equal(Accepted, await AskAsync(check, users, "alice", "secret", IPAddress.Parse("10.0.0.1")));
    }

    /// <summary>As in Go: each certificate in the file is an authority, even if another one has signed it.</summary>
    [Fact]
    public async Task AnIssuingAuthorityAloneIsEnough()
    {
        Write("server", "localhost", "127.0.0.1");
        using var issuer = _authority.Issue("CN=An issuing authority");
        File.WriteAllText(Path.Combine(_folder.Path, "ca.crt"), issuer.AuthorityPem);
        await using var site = await SiteAsync(
            "tls_server_config: { cert_file: server.crt, key_file: server.key, client_auth_type: "
                + "RequireAndVerifyClientCert, client_ca_file: ca.crt }"
        );
        using var issued = issuer.Sign("CN=client");
        using var ofTheRoot = _authority.Sign("CN=client");
        using var others = new Certificates("CN=An issuing authority"); // with the same name
        using var forged = others.Sign("CN=client");
        Assert.Equal(
            (true, false, false),
            (await LetsInAsync(site, issued), await LetsInAsync(site, ofTheRoot), await LetsInAsync(site, forged))
        );
    }

    /// <summary>Otherwise any client could make this machine request any address of the internal network.</summary>
    [Theory]
    [InlineData("RequireAnyClientCert", "")]
    [InlineData("RequireAndVerifyClientCert", ", client_ca_file: ca.crt")]
    [InlineData("RequireAndVerifyClientCert", "")]
    public async Task WhatAClientsCertificateNamesIsNotFetched(string type, string ca)
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        var named = new Uri($"http://127.0.0.1:{((IPEndPoint)trap.LocalEndpoint).Port}/ca.crt");
        Write("server", "localhost", "127.0.0.1");
        File.WriteAllText(Path.Combine(_folder.Path, "ca.crt"), _authority.AuthorityPem);
        await using var site = await SiteAsync(
            $"tls_server_config: {{ cert_file: server.crt, key_file: server.key, client_auth_type: {type}{ca} }}"
        );
        using var others = new Certificates("CN=Somebody else");
        using var client = others.SignNaming("CN=client", named);
        Assert.Equal(type == "RequireAnyClientCert", await LetsInAsync(site, client));
        Assert.False(trap.Pending());
    }

    [Fact]
    public async Task ManyAddressesThatFloodLeaveAPlaceForANewOne()
    {
        var users = WebConfig.None.Users.Add("alice", BCrypt.Net.BCrypt.HashPassword("secret", 8));
        var check = new PasswordCheck();
        var flood = Enumerable
            .Range(0, 20 * 16)
            .Select(i => AskAsync(check, users, "alice", $"wrong {i}", IPAddress.Parse($"10.0.0.{i / 16}")))
            .ToList();
        // An IPv6 network counts as one client.
        flood.AddRange(
            Enumerable
                .Range(1, 40)
                .Select(i => AskAsync(check, users, "alice", $"six {i}", IPAddress.Parse($"2001:db8::{i:x}")))
        );
        Assert.Equal(Accepted, await AskAsync(check, users, "alice", "secret", IPAddress.Parse("10.9.9.9")));
        Assert.InRange(check.Checks, 1, 25); // one turn for each address
        Assert.DoesNotContain(Accepted, await Task.WhenAll(flood));
    }

    [Fact]
    public async Task HealthThatIsOpenIsNotCountedAndNamesNoCluster()
    {
        await using var site = await SiteAsync(
            $"basic_auth_users: {{ alice: {PasswordHash} }}\nrate_limit: {{ interval: 1h, burst: 1 }}",
            openHealth: true
        );
        for (var i = 0; i < 5; i++)
        {
            using var health = await site.GetAsync("/-/healthy");
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            using var ready = await site.GetAsync("/-/ready");
            var text = await health.Content.ReadAsStringAsync(Ct) + await ready.Content.ReadAsStringAsync(Ct);
            Assert.DoesNotContain("prod", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ThroughTlsWithHttp2AndWithout()
    {
        Write("server", "localhost", "127.0.0.1");
        foreach (var http2 in (bool[])[true, false])
        {
            await using var site = await SiteAsync(
                $"tls_server_config: {{ cert_file: server.crt, key_file: server.key }}\nhttp_server_config: {{ http2: {(http2 ? "true" : "false")} }}"
            );
            Assert.Equal(Uri.UriSchemeHttps, site.Http.BaseAddress!.Scheme);
            using var http = Client(site, null);
            using var request = new HttpRequestMessage(HttpMethod.Get, "/prom/metrics")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            };
            using var answer = await http.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(http2 ? HttpVersion.Version20 : HttpVersion.Version11, answer.Version);
            Assert.Contains("clustermgr_up", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }
    }

    [Theory]
    // the clients that are accepted: without a certificate, with one of another authority, with one of ours
    [InlineData("NoClientCert", true, true, true)]
    [InlineData("RequestClientCert", true, true, true)]
    [InlineData("RequireAnyClientCert", false, true, true)]
    [InlineData("VerifyClientCertIfGiven", true, false, true)]
    [InlineData("RequireAndVerifyClientCert", false, false, true)]
    public async Task WhichClientsAreLetInIsAsGoHasIt(string type, bool without, bool stranger, bool ours)
    {
        Write("server", "localhost", "127.0.0.1");
        File.WriteAllText(Path.Combine(_folder.Path, "ca.crt"), _authority.AuthorityPem);
        var ca = type == "NoClientCert" ? "" : ", client_ca_file: ca.crt";
        await using var site = await SiteAsync(
            $"tls_server_config: {{ cert_file: server.crt, key_file: server.key, client_auth_type: {type}{ca} }}"
        );
        using var others = new Certificates("CN=Somebody else");
        using var foreign = others.Sign("CN=client", "client.example");
        using var own = _authority.Sign("CN=client", "client.example");
        Assert.Equal(
            (without, stranger, ours),
            (await LetsInAsync(site, null), await LetsInAsync(site, foreign), await LetsInAsync(site, own))
        );
    }

    [Theory]
    [InlineData("client.example", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("ops@example.org", true)]
    [InlineData("spiffe://example.org/prometheus", true)]
    [InlineData("other.example", false)]
    [InlineData("CLIENT.example", false)]
    public async Task OnlyAClientOfAnAllowedNameIsLetIn(string allowed, bool expected)
    {
        Write("server", "localhost", "127.0.0.1");
        File.WriteAllText(Path.Combine(_folder.Path, "ca.crt"), _authority.AuthorityPem);
        await using var site = await SiteAsync(
            "tls_server_config: { cert_file: server.crt, key_file: server.key, client_auth_type: "
                + $"RequireAndVerifyClientCert, client_ca_file: ca.crt, client_allowed_sans: [nobody, \"{allowed}\"] }}"
        );
        using var named = _authority.Sign(
            "CN=client",
            "client.example",
            "10.1.2.3",
            "ops@example.org",
            "spiffe://example.org/prometheus"
        );
        using var nameless = _authority.Sign("CN=client.example");
        Assert.Equal(expected, await LetsInAsync(site, named));
        Assert.False(await LetsInAsync(site, nameless));
    }

    [Theory]
    [InlineData("min_version: TLS13", SslProtocols.Tls12, false)]
    [InlineData("min_version: TLS13", SslProtocols.Tls13, true)]
    [InlineData("max_version: TLS12", SslProtocols.Tls13, false)]
    [InlineData("cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]", SslProtocols.Tls12, true)]
    // the key is not an RSA key
    [InlineData("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]", SslProtocols.Tls12, false)]
    [InlineData("cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]", SslProtocols.Tls13, true)]
    public async Task VersionsAndSuitesAreThoseThatWereChosen(string chosen, SslProtocols offered, bool expected)
    {
        Write("server", "localhost", "127.0.0.1");
        await using var site = await SiteAsync(
            $"tls_server_config: {{ cert_file: server.crt, key_file: server.key, {chosen} }}"
        );
        Assert.Equal(expected, await LetsInAsync(site, null, offered));
    }

    [Fact]
    public async Task ACertificateIsExchangedUnderLoadAndNoScrapeFails()
    {
        Write("server", "localhost", "127.0.0.1");
        const string Yaml = "tls_server_config: { cert_file: server.crt, key_file: server.key }";
        var access = new AccessGate(Config(Yaml), healthWithoutAuth: false);
        await using var site = await StatusSite.StartAsync(Polled(), access: access);
        var serials = new HashSet<string>();
        var scrapes = 0;
        var failed = 0;
        using var done = new CancellationTokenSource();
        var load = Enumerable
            .Range(0, 4)
            .Select(async _ =>
            {
                while (!done.IsCancellationRequested)
                {
                    using var http = Client(site, null, seen: serials); // a new connection each time
                    using var answer = await http.GetAsync("/prom/metrics", Ct);
                    Interlocked.Increment(ref scrapes);
                    if (!answer.IsSuccessStatusCode)
                    {
                        Interlocked.Increment(ref failed);
                    }
                }
            })
            .ToList();
        for (var i = 0; i < 5; i++)
        {
            await Task.Delay(100, Ct);
            Write("server", "localhost", "127.0.0.1");
            access.Apply(Config(Yaml));
        }
        await Task.Delay(100, Ct);
        await done.CancelAsync();
        await Task.WhenAll(load);
        Assert.Equal(0, failed);
        Assert.InRange(scrapes, 20, int.MaxValue);
        Assert.InRange(serials.Count, 4, 6);
    }

    [Fact]
    public void TlsIsNeitherBegunNorEndedWhileAllRuns()
    {
        Write("server", "localhost");
        var plain = WebConfig.None;
        var tls = Config("tls_server_config: { cert_file: server.crt, key_file: server.key }");
        Assert.Equal(
            "TLS cannot be switched on while this runs; restart it",
            new AccessGate(plain, false).Validate(tls)
        );
        Assert.Equal(
            "TLS cannot be switched off while this runs; restart it",
            new AccessGate(tls, false).Validate(plain)
        );
        Assert.Equal("", new AccessGate(tls, false).Validate(tls));
        var users = Config($"basic_auth_users: {{ alice: {PasswordHash} }}");
        Assert.Equal(
            "passwords cannot be switched off while this runs; restart it",
            new AccessGate(users, false).Validate(Config(""))
        );
        Assert.Equal("", new AccessGate(plain, false).Validate(users));
    }

    private const LoginResult Accepted = ClustermgrExporter.Web.Access.LoginResult.Accepted,
        Refused = ClustermgrExporter.Web.Access.LoginResult.Refused;

    private static async Task<LoginResult> AskAsync(
        PasswordCheck check,
        System.Collections.Immutable.ImmutableDictionary<string, string> users,
        string user,
        string password,
        IPAddress? client = null
    ) => await check.CheckAsync(users, user, password, client ?? IPAddress.Loopback, Ct);

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        var watch = Stopwatch.StartNew();
        await act();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static PollingFixture Polled() =>
        new() { Config = new() { Clusters = [Tests.Polling.PollingFixture.Cluster("prod", "abc")] } };

    private void Write(string name, params string[] names)
    {
        using var certificate = _authority.Sign($"CN={name}", names);
        Certificates.Write(_folder.Path, name, certificate);
    }

    private WebConfig Config(string yaml)
    {
        var path = Path.Combine(_folder.Path, "web.yaml");
        File.WriteAllText(path, yaml);
        var read = WebConfigReader.Load(path, TimeProvider.System);
        Assert.Empty(read.Errors);
        return read.Config!;
    }

    private Task<StatusSite> SiteAsync(string yaml, bool openHealth = false) =>
        StatusSite.StartAsync(Polled(), access: new AccessGate(Config(yaml), openHealth));

    private HttpClient Client(
        StatusSite site,
        X509Certificate2? certificate,
        SslProtocols protocols = SslProtocols.None,
        HashSet<string>? seen = null
    )
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = protocols,
                // Offline, because this client would also fetch what its certificate names.
                ClientCertificateContext = certificate is null
                    ? null
                    : SslStreamCertificateContext.Create(certificate, null, offline: true),
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { _authority.Authority },
                },
                RemoteCertificateValidationCallback = (_, server, _, errors) =>
                {
                    lock (_gate)
                    {
                        seen?.Add(server!.GetSerialNumberString());
                    }
                    return errors == SslPolicyErrors.None;
                },
            },
        };
        return new HttpClient(handler) { BaseAddress = site.Http.BaseAddress };
    }

    private async Task<bool> LetsInAsync(
        StatusSite site,
        X509Certificate2? certificate,
        SslProtocols protocols = SslProtocols.None
    )
    {
        using var http = Client(site, certificate, protocols);
        try
        {
            using var answer = await http.GetAsync("/prom/metrics", Ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static (string, string) Login(string user, string password) =>
        ("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}");
}
