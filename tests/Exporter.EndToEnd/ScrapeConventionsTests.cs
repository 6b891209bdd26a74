using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>A real Prometheus with usual configurations: TLS with a password, HTTP discovery, probes.</summary>
public sealed class ScrapeConventionsTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrometheusScrapesThroughTlsWithAPassword()
    {
        await using var cluster = WatchedClusters.Cluster();
        using var folder = new TempFolder();
        using var authority = new Certificates();
        using var server = authority.Sign("CN=exporter", "localhost", "127.0.0.1");
        Certificates.Write(folder.Path, "server", server);
        var ca = folder.Write("ca.crt", authority.AuthorityPem);
        var hash = BCrypt.Net.BCrypt.HashPassword("secret", 4);
        var web = folder.Write(
            "web.yaml",
            $$"""
            tls_server_config: { cert_file: server.crt, key_file: server.key }
            basic_auth_users: { prometheus: {{hash}} }
            """
        );
        await using var exporter = await ExporterProcess.StartAsync(
            [.. cluster.Flags, "--clustermgr.cluster=prod", $"--web.config.file={web}", "--web.health-without-auth"],
            Ct
        );
        Assert.Equal(Uri.UriSchemeHttps, exporter.Metrics.Scheme);

        await using var prometheus = await PrometheusProcess.StartAsync(
            _ =>
                $$"""
                    global: { scrape_interval: 1s, scrape_timeout: 1s }
                    scrape_configs:
                    - job_name: right
                      scheme: https
                      tls_config: { ca_file: {{ca}} }
                      basic_auth: { username: prometheus, password: secret }
                      static_configs: [{ targets: ['{{exporter.Metrics.Authority}}'] }]
                    - job_name: wrong
                      scheme: https
                      tls_config: { ca_file: {{ca}} }
                      basic_auth: { username: prometheus, password: guessed }
                      static_configs: [{ targets: ['{{exporter.Metrics.Authority}}'] }]
                    """,
            Ct
        );

        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "the one is up, the other refused",
            async stop =>
                await prometheus.ValueAsync("up{job=\"right\"} == 1 and on () (up{job=\"wrong\"} == 0)", stop) is 1
                && await prometheus.ValueAsync("sum(clustermgr_up{cluster=\"prod\"})", stop) is 3,
            () => prometheus.Child,
            Ct
        );
        var health = ProgramUnderTest.Start(["healthcheck", $"--url={exporter.Root}"]);
        await using (health)
        {
            var exit = await health.EndAsync(ExporterProcess.Patience, Ct);
            Assert.Equal((0, "ready\n"), (exit, health.Output));
        }
    }

    /// <summary>At a rate of 10,000 a minute, for 15 seconds.</summary>
    [Fact]
    public async Task AFloodOfWrongPasswordsDoesNotCostPrometheusOneScrape()
    {
        await using var cluster = WatchedClusters.Cluster();
        using var folder = new TempFolder();
        var hash = BCrypt.Net.BCrypt.HashPassword("secret", 10);
        var web = folder.Write("web.yaml", $"basic_auth_users: {{ prometheus: {hash} }}\n");
        await using var exporter = await ExporterProcess.StartAsync(
            [.. cluster.Flags, "--clustermgr.cluster=prod", $"--web.config.file={web}", "--web.health-without-auth"],
            Ct
        );
        await using var prometheus = await PrometheusProcess.StartAsync(
            _ =>
                $$"""
                    global: { scrape_interval: 1s, scrape_timeout: 1s }
                    scrape_configs:
                    - job_name: right
                      basic_auth: { username: prometheus, password: secret }
                      static_configs: [{ targets: ['{{exporter.Metrics.Authority}}'] }]
                    """,
            Ct
        );
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it is up",
            async stop => await prometheus.ValueAsync("up", stop) is 1,
            () => prometheus.Child,
            Ct
        );
        using var http = new HttpClient();
        var flood = TimeSpan.FromSeconds(15);
        var sent = new List<Task<HttpStatusCode>>();
        for (var started = Stopwatch.StartNew(); started.Elapsed < flood; await Task.Delay(6, Ct))
        {
            // Sends all that are due, even if this loop is late.
            while (sent.Count < started.Elapsed.TotalMinutes * 10_000)
            {
                sent.Add(GuessAsync(sent.Count));
            }
        }
        var codes = await Task.WhenAll(sent);
        Assert.InRange(codes.Length, 2400, 2600);
        Assert.All(
            codes,
            code => Assert.True(code is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests, $"{code}")
        );
        // The flood and Prometheus have the same address, but no scrape failed.
        Assert.Equal(1, await prometheus.ValueAsync("min_over_time(up[20s])", Ct));
        Assert.InRange(await prometheus.ValueAsync("count_over_time(up[15s])", Ct) ?? 0, 12, 16);

        async Task<HttpStatusCode> GuessAsync(int n)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, exporter.Metrics);
            request.Headers.Authorization = new(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes($"prometheus:guess {n}"))
            );
            using var answer = await http.SendAsync(request, Ct);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task ABrowserAndCurlComeThroughTlsWithACertificateAndNotWithoutOne()
    {
        Programs.Need("curl", "curl");
        await using var cluster = WatchedClusters.Cluster();
        using var folder = new TempFolder();
        using var authority = new Certificates();
        foreach (var (name, host) in ((string, string)[])[("server", "localhost"), ("client", "somebody")])
        {
            using var certificate = authority.Sign($"CN={name}", host, "127.0.0.1");
            Certificates.Write(folder.Path, name, certificate);
        }
        var ca = folder.Write("ca.crt", authority.AuthorityPem);
        var web = folder.Write(
            "web.yaml",
            """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.crt
            """
        );
        await using var exporter = await ExporterProcess.StartAsync(
            [.. cluster.Flags, "--clustermgr.cluster=prod", $"--web.config.file={web}"],
            Ct
        );
        var crt = Path.Combine(folder.Path, "client.crt");
        var key = Path.Combine(folder.Path, "client.key");
        string[] curl = ["--silent", "--show-error", "--cacert", ca, $"{exporter.Metrics}"];
        await using (var with = ChildProcess.Start("curl", ["--cert", crt, "--key", key, .. curl]))
        {
            Assert.Equal(0, await with.EndAsync(ExporterProcess.Patience, Ct));
            Assert.Contains("clustermgr_exporter_clusters 1\n", with.Output, StringComparison.Ordinal);
        }
        await using (var without = ChildProcess.Start("curl", curl))
        {
            Assert.NotEqual(0, await without.EndAsync(ExporterProcess.Patience, Ct));
            Assert.Equal("", without.Output);
        }
        string[] health = ["healthcheck", $"--url={exporter.Root}"];
        Assert.Equal(
            (0, "ready\n", ""),
            await ExporterProcess.RunAsync([.. health, $"--tls.cert-file={crt}", $"--tls.key-file={key}"], Ct)
        );
        Assert.Equal(1, (await ExporterProcess.RunAsync(health, Ct)).Exit);
        Assert.Equal(
            (
                2,
                "",
                "--tls.cert-file and --tls.key-file: cert_file and key_file go together: give both for a client "
                    + "certificate, or neither\n"
            ),
            await ExporterProcess.RunAsync([.. health, $"--tls.cert-file={crt}"], Ct)
        );

        var options = new BrowserNewContextOptions
        {
            IgnoreHTTPSErrors = true, // the browser does not know the server's authority
            ClientCertificates =
            [
                new()
                {
                    Origin = exporter.Root.GetLeftPart(UriPartial.Authority),
                    CertPath = crt,
                    KeyPath = key,
                },
            ],
        };
        await using (var opened = await chromium.OpenAsync(exporter.Root, options))
        {
            await opened.GoAsync("");
            await Assertions.Expect(opened.Page.Locator("main")).ToContainTextAsync("prod");
        }
        await using var stranger = await chromium.OpenAsync(exporter.Root, new() { IgnoreHTTPSErrors = true });
        await Assert.ThrowsAsync<PlaywrightException>(() => stranger.GoAsync(""));
    }

    /// <summary>Each of two Prometheus servers scrapes some of the targets, and together they scrape all.</summary>
    [Fact]
    public async Task TwoShareTheClustersOfOneExporterByDiscovery()
    {
        string[] names = ["prod-z0", "prod z1", "test"];
        await using var watched = await WatchedClusters.StartAsync(
            [.. names.Select(name => (name, WatchedClusters.Cluster()))],
            Ct
        );
        var servers = new List<PrometheusProcess>();
        try
        {
            for (var shard = 0; shard < 2; shard++)
            {
                servers.Add(await PrometheusProcess.StartAsync(_ => Shard(watched.Root, shard, 2), Ct));
            }
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                "every cluster is probed by one of the two, and answers",
                async stop =>
                {
                    var found = new List<string>();
                    foreach (var server in servers)
                    {
                        var probes = await server.QueryAsync("probe_success == 1", stop);
                        found.AddRange(probes.Select(probe => probe.Labels["instance"]!.GetValue<string>()));
                        var up = await server.QueryAsync("count by (instance, cluster) (clustermgr_up == 1)", stop);
                        if (
                            up.Any(series =>
                                !Equals(series.Labels["instance"], series.Labels["cluster"]) && series.Value != 3
                            )
                        )
                        {
                            return false;
                        }
                    }
                    return found.Order(StringComparer.Ordinal).SequenceEqual(names.Order(StringComparer.Ordinal));
                },
                () => string.Join('\n', servers.Select(server => server.Child.ToString())),
                Ct
            );
        }
        finally
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task SystemdPassesTheSocket()
    {
        Programs.Need("systemd-socket-activate", "systemd");
        await using var cluster = WatchedClusters.Cluster();
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }
        await using var child = ChildProcess.Start(
            "systemd-socket-activate",
            [$"--listen=127.0.0.1:{port}", .. ProgramUnderTest.Command, .. cluster.Flags, "--web.systemd-socket"]
        );
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it answers at the socket that it was passed",
            async stop =>
            {
                try
                {
                    return (await http.GetStringAsync("/metrics", stop)).Contains(
                        "clustermgr_up",
                        StringComparison.Ordinal
                    );
                }
                catch (HttpRequestException)
                {
                    return false; // it does not listen yet
                }
            },
            () => child,
            Ct
        );
        // It may answer before it logs that it serves.
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it says where it serves",
            _ =>
                Task.FromResult(
                    child.Error.Contains(
                        $"serving 1 cluster at http://127.0.0.1:{port}/metrics",
                        StringComparison.Ordinal
                    )
                ),
            () => child,
            Ct
        );
    }

    [Fact]
    public async Task WithoutASocketOfSystemdItSaysWhatIsMissing()
    {
        await using var child = ProgramUnderTest.Start([
            "--clustermgr.url=http://127.0.0.1:9998",
            "--web.systemd-socket",
        ]);
        Assert.Equal(2, await child.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Equal(
            "--web.systemd-socket is given and systemd has passed no socket; start it by a .socket unit, or give "
                + "--web.listen-address\n",
            child.Error
        );
    }

    private static string Shard(Uri root, int shard, int of) =>
        $$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
            - job_name: clusters
              http_sd_configs: [{ url: '{{root}}sd?path=probe', refresh_interval: 5s }]
              relabel_configs:
              - { source_labels: [__param_cluster], modulus: {{of}}, target_label: __tmp_hash, action: hashmod }
              - { source_labels: [__tmp_hash], regex: '{{shard}}', action: keep }
            """;
}
