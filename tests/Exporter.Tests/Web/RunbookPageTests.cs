using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using ClustermgrExporter.Web;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class RunbookPageTests
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
                    Path.Combine(GoldenFile.Root(), "docs/runbooks.md"),
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
        Assert.All(targets, target => Assert.Contains(target[1..], ids));
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
        var page = RunbookPage.Render(Markdown, "/metrics");
        var html = page.Main.ToString();
        Assert.DoesNotMatch("<script|<b |<img|javascript:|elsewhere", html);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("a link", html, StringComparison.Ordinal);
        Assert.Contains("<h2 id=\"three\">Three</h2>", html, StringComparison.Ordinal); // no level is left out
        Assert.Matches("<pre[^>]* tabindex=\"0\"", html);
    }
}
