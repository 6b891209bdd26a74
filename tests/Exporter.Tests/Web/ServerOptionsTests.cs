using System.Net;
using System.Net.Sockets;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Where the pages are served, and how a reload is requested.</summary>
public sealed class ServerOptionsTests
{
    private static readonly ListenAddress LoopbackAddress = ListenAddress.Parse("127.0.0.1:0", _ => [], out _)!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AReloadIsAskedForAsOfPrometheus()
    {
        var asked = 0;
        var good = true;
        await using var site = await StartAsync(
            new([LoopbackAddress], "/metrics") { EnableLifecycle = true },
            () => Task.FromResult(++asked > 0 && good)
        );
        foreach (var method in (HttpMethod[])[HttpMethod.Post, HttpMethod.Put])
        {
            using var done = await site.SendAsync(method, "/-/reload");
            Assert.Equal((HttpStatusCode.OK, ""), (done.StatusCode, await done.Content.ReadAsStringAsync(Ct)));
        }
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head, HttpMethod.Delete])
        {
            using var refused = await site.SendAsync(method, "/-/reload");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
            Assert.Equal(["POST", "PUT"], refused.Content.Headers.Allow);
        }
        Assert.Equal(2, asked);
        good = false;
        using var failed = await site.SendAsync(HttpMethod.Post, "/-/reload");
        Assert.Equal(HttpStatusCode.InternalServerError, failed.StatusCode);
        Assert.Equal(
            "not reloaded, the previous configuration stays in force; see the log, or run --config.check\n",
            await failed.Content.ReadAsStringAsync(Ct)
        );
    }

    [Fact]
    public async Task WhereItIsNotEnabledNothingIsReloaded()
    {
        var asked = 0;
        await using var site = await StartAsync(new([LoopbackAddress], "/metrics"), () => Task.FromResult(++asked > 0));
        using var refused = await site.SendAsync(HttpMethod.Post, "/-/reload");
        Assert.Equal((HttpStatusCode.Forbidden, 0), (refused.StatusCode, asked));
    }

    [Fact]
    public async Task AllPagesAreBelowThePrefix()
    {
        await using var site = await StartAsync(new([LoopbackAddress], "/metrics") { RoutePrefix = "/cm/x" });
        foreach (var path in (string[])["/", "/metrics", "/-/healthy", "/runbooks", "/assets/status.js", "/sd"])
        {
            using var below = await site.GetAsync($"/cm/x{path}");
            Assert.Equal((path, HttpStatusCode.OK), (path, below.StatusCode));
        }
        var detail = await site.JsonAsync("/cm/x/api/v1/clusters/prod");
        Assert.Equal("prod", detail.GetProperty("cluster").GetProperty("name").GetString());
        Assert.Equal(
            "all pages are below /cm/x/ (--web.route-prefix)\n",
            await site.TextAsync("/metrics", HttpStatusCode.NotFound)
        );
        Assert.Equal(HttpStatusCode.NotFound, (await site.GetAsync("/cm/xy/metrics")).StatusCode);
        // Relative addresses need the trailing slash.
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = site.Http.BaseAddress };
        foreach (var path in (string[])["", "/", "/cm/x"])
        {
            using var answer = await http.GetAsync(new Uri(site.Http.BaseAddress!, path), Ct);
            Assert.Equal((HttpStatusCode.Redirect, "/cm/x/"), (answer.StatusCode, $"{answer.Headers.Location}"));
        }
    }

    [Fact]
    public async Task TargetsAreAtTheExternalUrl()
    {
        await using var prefixed = await StartAsync(new([LoopbackAddress], "/x") { RoutePrefix = "/cm" });
        var inside = await prefixed.TextAsync("/cm/sd?path=probe");
        Assert.Contains("\"__metrics_path__\":\"/cm/probe\"", inside, StringComparison.Ordinal);
        Assert.Contains("\"__metrics_path__\":\"/cm/x\"", await prefixed.TextAsync("/cm/sd"), StringComparison.Ordinal);
        Assert.Equal(
            "path is metrics or probe, as /sd?path=probe\n",
            await prefixed.TextAsync("/cm/sd?path=other", HttpStatusCode.BadRequest)
        );
        await using var site = await StartAsync(
            new([LoopbackAddress], "/metrics") { ExternalUrl = new Uri("https://mon.example/cm/"), RoutePrefix = "" }
        );
        Assert.Equal(
            """
            [{"targets":["mon.example"],"labels":{"__metrics_path__":"/cm/metrics","__param_cluster":"prod",
            "__scheme__":"https","instance":"prod"}}]
            """.ReplaceLineEndings(""),
            await site.TextAsync("/sd")
        );
    }

    [Fact]
    public async Task SeveralAddressesAndASocketServeTheSame()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "exporter.sock");
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // A killed process leaves a file without a listener.
            killed.Bind(new UnixDomainSocketEndPoint(path));
            File.Move(path, $"{path}.kept");
        }
        File.Move($"{path}.kept", path);
        var socket = ListenAddress.Parse($"unix:{path}", _ => [], out _)!;
        await using var site = await StartAsync(new([LoopbackAddress, socket, LoopbackAddress], "/metrics"));
        Assert.Contains("clustermgr_up", await site.TextAsync("/metrics"), StringComparison.Ordinal);
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, ct) =>
                {
                    var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await client.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                    return new NetworkStream(client, ownsSocket: true);
                },
            }
        );
        Assert.Contains(
            "clustermgr_up",
            await http.GetStringAsync(new Uri("http://exporter/metrics"), Ct),
            StringComparison.Ordinal
        );
    }

    /// <summary>Connecting to a file is refused like connecting to a socket without a listener.</summary>
    [Fact]
    public async Task AFileInTheWayOfASocketStays()
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, "web.yaml");
        await File.WriteAllTextAsync(path, "kept", Ct);
        var socket = ListenAddress.Parse($"unix:{path}", _ => [], out _)!;
        var failure = await Assert.ThrowsAnyAsync<IOException>(() => StartAsync(new([socket], "/metrics")));
        Assert.Equal("kept", await File.ReadAllTextAsync(path, Ct));
        Assert.StartsWith(
            $"cannot listen at unix:{path}: ",
            ClustermgrExporter.Commands.BindFailure.Describe(failure, [socket]),
            StringComparison.Ordinal
        );
    }

    private static Task<StatusSite> StartAsync(ServerOptions options, Func<Task<bool>>? reload = null) =>
        StatusSite.StartAsync(
            new PollingFixture { Config = new ExporterConfig { Clusters = [PollingFixture.Cluster("prod", "abc")] } },
            options: options,
            reload: reload
        );
}
