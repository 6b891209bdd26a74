using System.Text.RegularExpressions;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using ClustermgrExporter.Web;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class DocumentPageTests
{
    [Fact]
    public async Task EveryAlertHasItsAnchorAndNoLinkIsDead()
    {
        await using var site = await StatusSite.StartAsync("prod");
        var page = await site.TextAsync("/runbooks");
        Assert.Equal(page, await site.TextAsync("/runbooks.md"));
        var alerts = Regex
            .Matches(
                await File.ReadAllTextAsync(
                    Path.Combine(GoldenFile.GetRepositoryRoot(), "docs/runbooks.md"),
                    TestContext.Current.CancellationToken
                ),
                "^## (Clustermgr.*)$",
                RegexOptions.Multiline
            )
            .Select(alert => alert.Groups[1].Value)
            .ToList();
        Assert.InRange(alerts.Count, 40, 100);
        Assert.All(
            alerts,
            alert =>
                Assert.Contains($"<h2 id=\"{alert.ToLowerInvariant()}\">{alert}</h2>", page, StringComparison.Ordinal)
        );
        var ids = Regex.Matches(page, " id=\"([^\"]*)\"").Select(id => id.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        var targets = Regex
            .Matches(page[page.IndexOf("<main", StringComparison.Ordinal)..], "href=\"([^\"]*)\"")
            .Select(link => link.Groups[1].Value)
            .ToList();
        Assert.NotEmpty(targets);
        Assert.All(targets, target => Assert.True(ids.Contains(target[1..]) || target == "alerting.md", target));
        // The contents lead to every entry.
        Assert.All(alerts, alert => Assert.Contains($"#{alert.ToLowerInvariant()}", targets));
    }

    /// <summary>Links between the documents, and inside them, have targets; tables are rendered as tables.</summary>
    [Fact]
    public async Task SeriesAndAlertsAreReadBesideTheRunbooks()
    {
        await using var site = await StatusSite.StartAsync("prod");
        var pages = new Dictionary<string, string>();
        foreach (var file in PagePaths.Documents)
        {
            pages[file] = await site.TextAsync($"/{file}");
        }
        Assert.Contains("<td>clustermgr_cluster_quorum_margin</td>", pages["metrics.md"]);
        Assert.Contains("<h2 id=\"without-prometheus\">", pages["alerting.md"]);
        foreach (var (file, page) in pages)
        {
            var main = page[page.IndexOf("<main", StringComparison.Ordinal)..];
            var dead = Regex
                .Matches(main, "<a href=\"([^\"]*)\"")
                .Select(link => link.Groups[1].Value)
                .Where(target =>
                {
                    var (path, anchor) = target.Split('#', 2) is [var first, var second]
                        ? (first, second)
                        : (target, "");
                    return !pages.TryGetValue(path.Length == 0 ? file : path, out var other)
                        || (anchor.Length > 0 && !other.Contains($" id=\"{anchor}\"", StringComparison.Ordinal));
                });
            Assert.Empty(dead);
        }
    }

    [Fact]
    public async Task CommandsNameTheClusterAndItsLeaderWhereTheyAreAskedForOne()
    {
        await using var site = await StatusSite.StartAsync(clock => new SimulatedCluster(
            new SimulatorOptions { FirstLeader = 1 },
            clock
        ));
        var page = await site.TextAsync("/runbooks?cluster=prod-z0");
        Assert.Contains("--config.file=/etc/clustermgr-exporter/exporter.yaml --cluster=prod-z0", page);
        Assert.Contains("clustermgr_up{cluster=&quot;prod-z0&quot;}", page);
        Assert.Contains("curl -sS -m 15 http://10.0.0.1:9998/stat", page);
        Assert.Contains("ping -c 3 10.0.0.1\n", page);
        Assert.Contains("http://10.0.0.1:9998/member/remove", page);
        Assert.Contains("<a href=\"./?cluster=prod-z0\">prod-z0</a>", page);
        Assert.DoesNotMatch(@"<pre[^>]*>[^<]*\bNAME\b", page);
        Assert.Contains("Replace <code>NAME</code> by the cluster", page); // the sentence that explains it
        Assert.Matches(@"<pre[^>]*><code[^>]*>[^<]*\bPEER\b", page); // a placeholder that cannot be known stays
    }

    /// <summary>A configured name is not an address. If the members are not reached by plain http, the commands would
    /// not work.</summary>
    [Theory]
    [InlineData("http://a:7777", "http://a:7777/member/remove", "Its leader is a:7777")]
    [InlineData("https://a:7777", "http://LEADER:9998/member/remove", "LEADER stays")]
    public async Task TheLeaderIsNamedByItsAddressAndNotByItsLabel(string url, string command, string said)
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig
            {
                Clusters =
                [
                    PollingFixture.Cluster("prod", "abc") with
                    {
                        Members =
                        [
                            new("first:1", new(url)),
                            new("b", new("http://b:9998")),
                            new("c", new("http://c:9998")),
                        ],
                    },
                ],
            },
        };
        await using var site = await StatusSite.StartAsync(polled);
        Assert.Contains("<b>first:1</b>", await site.TextAsync("/"));
        var page = await site.TextAsync("/runbooks?cluster=prod");
        Assert.Contains(command, page);
        Assert.Contains(said, page);
    }

    [Fact]
    public async Task OtherDocumentsHoldNoCommandsToFillIn()
    {
        await using var site = await StatusSite.StartAsync("prod");
        Assert.DoesNotContain("Commands name", await site.TextAsync("/alerting.md?cluster=prod"));
    }

    [Theory]
    [InlineData("a\"b\n")]
    [InlineData("$(reboot)")]
    [InlineData("x; rm -rf /")]
    [InlineData("-rf")]
    public async Task ANameThatAShellReadsOtherwiseIsNotFilledIn(string name)
    {
        await using var site = await StatusSite.StartAsync("prod", name);
        var page = await site.TextAsync($"/runbooks?cluster={Uri.EscapeDataString(name)}");
        Assert.Contains("--cluster=NAME", page);
        Assert.Contains("Its name is not filled in", page);
    }

    [Fact]
    public async Task AClusterThatNobodyKnowsIsSaid()
    {
        await using var site = await StatusSite.StartAsync("prod");
        var page = await site.TextAsync("/runbooks?cluster=%3Cb%3E");
        Assert.Contains("No cluster &quot;&lt;b&gt;&quot; is configured.", page);
        Assert.Contains("--cluster=NAME", page);
    }

    [Fact]
    public void RawHtmlAndScriptAddressesStayText()
    {
        const string Markdown = """
            # One

            <script>alert(1)</script> and <b onclick="x">bold</b> and [a link](javascript:alert(1)) and ![x](http://elsewhere/y.png)

            ### Three

            ```bash
            echo "<img>"
            ```
            """;
        var html = MarkdownPage.Render(Markdown);
        Assert.DoesNotMatch("<script|<b |<img|javascript:|elsewhere", html);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("a link", html, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"three\">Three</h2>", html, StringComparison.Ordinal); // no level is skipped
        Assert.Matches("<pre[^>]* tabindex=\"0\"", html);
    }
}
