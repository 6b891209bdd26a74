using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator.Storage;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Accessibility of the page: with a screen reader, on a phone, in dark mode, without scripts.</summary>
public sealed class StatusPageAccessTests(
    StatusPageAccessTests.ThreeClusterFixture three,
    Chromium chromium,
    ITestOutputHelper output
) : IClassFixture<StatusPageAccessTests.ThreeClusterFixture>
{
    private const int MostBytes = 150_000;

    /// <summary>A name without a space at which a line could break.</summary>
    private static readonly string LongName = $"prod-{new string('w', 90)}";

    public static TheoryData<string> Paths =>
        new(
            "",
            "?cluster=prod-well",
            "?cluster=prod-disk&range=10m",
            "?cluster=prod-lost",
            "runbooks?cluster=prod-disk",
            "metrics.md",
            "alerting.md"
        );

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task AxeFindsNothingInLightAndDarkOnDesktopAndPhone(string path)
    {
        var axe = Path.Combine(ProgramUnderTest.Repository, "tests/web/node_modules/axe-core/axe.min.js");
        Assert.SkipUnless(
            File.Exists(axe),
            "axe-core is missing; npm ci in tests/web installs it, or run tests/run-all.sh"
        );
        var source = await File.ReadAllTextAsync(axe, Ct);
        foreach (
            var (scheme, width) in from scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark]
            from width in (int[])[1280, 360]
            select (scheme, width)
        )
        {
            await using var opened = await OpenAsync(
                path,
                new()
                {
                    ColorScheme = scheme,
                    ViewportSize = new() { Width = width, Height = 900 },
                }
            );
            await opened.Page.EvaluateAsync(source);

            var result = JsonNode.Parse(
                await opened.Page.EvaluateAsync<string>(
                    "async () => JSON.stringify(await axe.run(document, { resultTypes: ['violations'] }))"
                )
            )!;

            Assert.True(result["passes"]!.AsArray().Count > 10, "axe checked nothing");
            Assert.Empty(
                result["violations"]!
                    .AsArray()
                    .Select(violation =>
                        $"{scheme} {width}: {violation!["id"]} {violation["help"]}: "
                        + $"{violation["nodes"]![0]!["html"]} {violation["nodes"]![0]!["failureSummary"]}"
                    )
            );
            opened.AssertQuiet();
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task APhoneNeverScrollsSideways(string path)
    {
        foreach (var script in (bool[])[true, false])
        {
            await using var opened = await OpenAsync(
                path,
                new()
                {
                    JavaScriptEnabled = script,
                    ViewportSize = new() { Width = 360, Height = 780 },
                }
            );

            var client = await opened.Page.EvaluateAsync<int>("() => document.scrollingElement.clientWidth");
            var wide = await opened.Page.EvaluateAsync<int>("() => document.scrollingElement.scrollWidth");

            Assert.Equal((360, 360), (client, wide));
        }
    }

    [Fact]
    public async Task WithoutAScriptThePageTellsTheVerdictAndTheFindings()
    {
        await using var opened = await OpenAsync("", new() { JavaScriptEnabled = false });
        // Without scripts the page does not update; on a busy machine it may have been loaded before all clusters were
        // polled.
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "the list tells of all clusters",
            async _ =>
            {
                var list = await opened.MainAsync();
                if (
                    ((string[])["prod-well", "healthy", "QuorumLost"]).All(word =>
                        list.Contains(word, StringComparison.Ordinal)
                    )
                )
                {
                    return true;
                }
                await opened.Page.ReloadAsync();
                return false;
            },
            () => null,
            Ct
        );

        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "prod-disk" }).ClickAsync();
        var detail = await opened.MainAsync();
        Assert.Contains("not healthy, ", detail, StringComparison.Ordinal);
        Assert.Contains("1 disk is broken: 1 in z0.", detail, StringComparison.Ordinal);

        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "runbook of DiskBroken" }).First.ClickAsync();
        await Assertions.Expect(opened.Page.Locator(":target")).ToContainTextAsync("ClustermgrDiskBroken");
        opened.AssertQuiet();
    }

    [Fact]
    public async Task WhatIsNotKnownIsADashAndIsSaidAsNotKnown()
    {
        await using var opened = await OpenAsync("?cluster=prod-lost");

        var disks = opened.Page.Locator(".tile", new() { HasText = "Broken disks" }).Locator("dd");
        Assert.Equal("–", await disks.Locator("[aria-hidden=true]").InnerTextAsync());
        Assert.Equal("not known", await disks.Locator(".spoken").TextContentAsync());
        await Assertions.Expect(opened.Page.Locator(".essentials")).ToContainTextAsync("none known");
    }

    /// <summary>On a phone the page of a cluster without a quorum starts with the findings, and omits unknown
    /// values.</summary>
    [Fact]
    public async Task APhoneShowsWhatIsWrongFirstAndNoDashes()
    {
        await using var opened = await OpenAsync(
            "?cluster=prod-lost",
            new()
            {
                ViewportSize = new() { Width = 390, Height = 844 },
            }
        );

        var finding = await opened.Page.Locator(".findings.panel li").First.BoundingBoxAsync();
        var height = await opened.Page.EvaluateAsync<int>("() => document.scrollingElement.scrollHeight");
        var dashes = await opened.Page.Locator(".cards td .unknown:visible").CountAsync();

        Assert.InRange(finding!.Y, 0, 844 / 2);
        Assert.Equal(0, dashes);
        Assert.InRange(height, 844, 3_300); // 4,600 with all of them
    }

    [Fact]
    public async Task AClusterIsCopiedAsTextForATicketAndACommandForAShell()
    {
        await using var opened = await OpenAsync(
            "?cluster=prod-disk",
            new() { Permissions = ["clipboard-read", "clipboard-write"] }
        );
        var copy = opened.Page.GetByRole(AriaRole.Button, new() { Name = "Copy as text" });
        await copy.ClickAsync();
        await Assertions.Expect(opened.Page.Locator("[role=status]")).ToHaveTextAsync("Copied.");
        var text = await opened.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.StartsWith("prod-disk: not healthy, ", text, StringComparison.Ordinal);
        Assert.Matches(
            @"(?m)^page    DiskBroken: 1 disk is broken: 1 in z0\. Since 20\d\d-\d\d-\d\dT[0-9:.]+Z\.$",
            text
        );
        Assert.Matches(@"(?m)^Members up +3 of 3$", text);
        // The button confirms it, and has its own text again after a refresh of the page.
        await Assertions.Expect(copy).ToHaveTextAsync("Copy as text");
        await copy.ClickAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), Ct);
        await Assertions.Expect(copy).ToHaveTextAsync("Copy as text");

        await opened.Page.GotoAsync(new Uri(three.Root, "runbooks?cluster=prod-disk#clustermgrdiskbroken").AbsoluteUri);
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).First.ClickAsync();
        await Assertions.Expect(opened.Page.Locator("[role=status]")).ToHaveTextAsync("Copied.");
        var command = await opened.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Contains("--cluster=prod-disk", command, StringComparison.Ordinal);
        opened.AssertQuiet();
    }

    /// <summary>A page loaded over plain http from another host has no clipboard API.</summary>
    [Fact]
    public async Task WhereABrowserGivesAPageNoClipboardItIsCopiedByItsOldWay()
    {
        await using var opened = await OpenAsync("?cluster=prod-disk");
        await opened.Page.EvaluateAsync(
            """
            () => {
              Object.defineProperty(navigator, 'clipboard', { value: undefined });
              document.addEventListener('copy', () => { window.copied = document.activeElement.value; });
            }
            """
        );
        await opened.Page.GetByRole(AriaRole.Button, new() { Name = "Copy as text" }).ClickAsync();
        await Assertions.Expect(opened.Page.Locator("[role=status]")).ToHaveTextAsync("Copied.");
        Assert.StartsWith(
            "prod-disk: not healthy, ",
            await opened.Page.EvaluateAsync<string>("() => window.copied"),
            StringComparison.Ordinal
        );
        opened.AssertQuiet();
    }

    [Fact]
    public async Task PageAndAssetsStayBelow150KilobytesAndComeFromOnePlace()
    {
        await using var opened = await chromium.OpenAsync(three.Root);
        var bodies = new List<Task<byte[]>>();
        opened.Page.Response += (_, answer) => bodies.Add(answer.BodyAsync());
        await opened.GoAsync("?cluster=prod-disk");
        await Assertions.Expect(opened.Page.Locator(".sections")).ToBeVisibleAsync();

        var total = 0;
        foreach (var body in bodies.ToList())
        {
            total += (await body).Length;
        }

        output.WriteLine($"page and assets: {total} bytes, not compressed");
        Assert.InRange(total, 10_000, MostBytes);
        opened.AssertQuiet();
    }

    private async Task<WatchedPage> OpenAsync(string path, BrowserNewContextOptions? options = null)
    {
        var opened = await chromium.OpenAsync(three.Root, options);
        if (
            (path.StartsWith("runbooks", StringComparison.Ordinal) || path.EndsWith(".md", StringComparison.Ordinal))
            || options?.JavaScriptEnabled == false
        )
        {
            await opened.Page.GotoAsync(new Uri(three.Root, path).AbsoluteUri);
        }
        else
        {
            await opened.GoAsync(path);
        }
        return opened;
    }

    /// <summary>A healthy cluster, one with a broken disk, one without a quorum, and one with a long name.</summary>
    public sealed class ThreeClusterFixture : IAsyncLifetime
    {
        private WatchedClusters? _watched;

        internal Uri Root => _watched!.Root;

        public async ValueTask InitializeAsync()
        {
            var well = WatchedClusters.Cluster();
            var disk = WatchedClusters.Cluster();
            var lost = WatchedClusters.Cluster();
            Assert.True(disk.Simulated.SetDisk(5, SimulatedDiskStatus.Broken));
            foreach (var follower in lost.Simulated.Followers)
            {
                lost.Simulated.Kill(follower);
            }
            _watched = await WatchedClusters.StartAsync(
                [("prod-well", well), ("prod-disk", disk), ("prod-lost", lost), (LongName, WatchedClusters.Cluster())],
                Ct
            );
            await _watched.Exporter.ScrapeUntilAsync(
                "the broken disk is listed",
                page => page.All("clustermgr_disk_info").Any(),
                Ct
            );
            // Its leader still claims to lead for a while; then no member does.
            await _watched.Exporter.ScrapeUntilAsync(
                "nobody leads",
                page => page.All("clustermgr_cluster_leaders", "cluster=prod-lost").Any(leaders => leaders.Text == "0"),
                Ct
            );
        }

        public async ValueTask DisposeAsync()
        {
            if (_watched is not null)
            {
                await _watched.DisposeAsync();
            }
        }
    }
}
