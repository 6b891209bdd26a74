using System.Net.Sockets;
using System.Text;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Tests.Logging;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

/// <summary>What the exporter measures and logs about its own server, for any request.</summary>
public sealed class OwnServerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RequestsAreMeasuredByCodeAndByThePageThatTheyAskFor()
    {
        await using var site = await StatusSite.StartAsync("prod-z0");
        foreach (
            var path in (string[])
                [
                    "/",
                    "/?q=x",
                    "/runbooks",
                    "/runbooks.md",
                    "/assets/status.css",
                    "/api/v1/clusters",
                    "/api/v1/clusters/prod-z0",
                    "/api/v1/clusters/none",
                    "/api/v1/events",
                    "/api/v1/events?limit=x",
                    "/api/nothing",
                    "/-/healthy",
                    "/-/ready",
                    "/nothing",
                    "/prom/metrics",
                ]
        )
        {
            (await site.GetAsync(path)).Dispose();
        }
        var page = await ScrapeAsync(site);
        Assert.Equal(
            [
                "/ 200 2",
                "/-/healthy 200 1",
                "/-/ready 200 1",
                "/api/v1/clusters 200 1",
                "/api/v1/clusters/NAME 200 1",
                "/api/v1/clusters/NAME 404 1",
                "/api/v1/events 200 1",
                "/api/v1/events 400 1",
                "/assets 200 1",
                "/runbooks 200 2",
                "other 404 2",
            ],
            page.All("http_request_duration_seconds_count")
                .Select(sample => $"{sample.Label("endpoint")} {sample.Label("code")} {sample.Text}")
                .Order(StringComparer.Ordinal)
        );
        Assert.All(page.All("http_requests_in_progress"), now => Assert.Equal("0", now.Text));
        Assert.Equal(9, page.All("http_requests_in_progress").Count());
    }

    [Fact]
    public async Task StrangeMethodsAndPathsWithoutNumberAddNoSeries()
    {
        await using var site = await StatusSite.StartAsync("prod-z0");
        (await site.GetAsync("/nothing")).Dispose();
        (await site.SendAsync(HttpMethod.Post, "/")).Dispose();
        await ScrapeAsync(site);
        var before = await SeriesAsync(site);

        foreach (var path in (string[])["/", "/prom/metrics"])
        {
            foreach (var method in (string[])["FOO", "DELETE", "x", "PRI"])
            {
                (await site.SendAsync(new HttpMethod(method), path)).Dispose();
            }
        }
        (await site.GetAsync($"/{new string('a', 4096)}")).Dispose();
        (await site.GetAsync($"/api/{new string('a', 4096)}")).Dispose();
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async lane =>
                {
                    for (var i = 0; i < 1250; i++)
                    {
                        (await site.GetAsync($"/{lane}/{i}?{i}={i}")).Dispose();
                    }
                })
        );
        await BrokenAsync(site, "GET\u0001 /\u0001 HTTP/1.1\r\n\r\n");
        await BrokenAsync(site, $"GET /{new string('b', 10_000)} HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.Equal(before, await SeriesAsync(site));
    }

    [Theory]
    [InlineData(LogEventLevel.Debug)]
    [InlineData(LogEventLevel.Information)]
    public async Task ARequestIsOneLineAtDebugLevelAndNoneAbove(LogEventLevel level)
    {
        var output = new StringWriter();
        await using (var log = LoggingSetup.Create(level, LogFormat.Logfmt, output))
        await using (var site = await StatusSite.StartAsync(new PollingFixture(), log: log))
        {
            (await site.GetAsync("/prom/metrics?secret=1")).Dispose();
            (await site.GetAsync("/-/healthy")).Dispose();
            (await site.GetAsync("/no%0asuch%1bpage%e2%80%aex")).Dispose();
            (await site.GetAsync($"/{new string('a', 4096)}")).Dispose();
        }
        var lines = output
            .ToString()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(LogfmtReader.Read)
            .Select(line => line.ToDictionary(field => field.Key, field => field.Value))
            .ToList();
        if (level != LogEventLevel.Debug)
        {
            Assert.Empty(lines);
            return;
        }
        Assert.All(lines, line => Assert.Equal("debug", line["level"]));
        Assert.Equal(
            ["/prom/metrics 200", "/-/healthy 200", "/no such page x 404", $"/{new string('a', 198)}… 404"],
            lines.Where(line => line.ContainsKey("code")).Select(line => $"{line["path"]} {line["code"]}")
        );
        Assert.Equal("GET /prom/metrics answered 200", lines.First(line => line.ContainsKey("code"))["msg"]);
    }

    /// <summary>Sends a request that the server rejects before it knows the path.</summary>
    private static async Task BrokenAsync(StatusSite site, string request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(site.Http.BaseAddress!.Host, site.Http.BaseAddress.Port, Ct);
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), Ct);
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer, Ct) > 0)
        {
            // until the end
        }
    }

    private static async Task<ScrapedPage> ScrapeAsync(StatusSite site)
    {
        // The shown metrics are at most a second old by the site's clock, which a test must advance.
        site.Polled.Clock.Advance(TimeSpan.FromSeconds(1));
        return ExpositionParser.Parse(await site.TextAsync("/prom/metrics"), MetricsFormat.Text004);
    }

    /// <summary>The exporter's own series, without values.</summary>
    private static async Task<List<string>> SeriesAsync(StatusSite site) =>
        [
            .. (await ScrapeAsync(site))
                .Samples.Where(sample =>
                    !sample.Pairs.Any(pair => pair.StartsWith("cluster=", StringComparison.Ordinal))
                )
                .Select(sample => $"{sample.Name}{{{string.Join(',', sample.Pairs)}}}")
                .Order(StringComparer.Ordinal),
        ];
}
