using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Names and values that are markup stay text.</summary>
public sealed class StatusPageTextTests(Chromium chromium)
{
    private const string Markup =
        "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>&amp;\n\u202e javascript:alert(3)";

    /// <summary>What a value that became markup would leave behind.</summary>
    private const string Injected =
        "() => document.querySelectorAll('main img, main script, main iframe, main [onerror], main [style]').length";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AClusterAndAnIdcThatAreCalledMarkupAreShownAsTheyAreCalled()
    {
        const string Name = "<img src=x onerror=alert(1)>\"'&",
            Idc = "<b onclick=alert(2)>\"\n";
        var cluster = WatchedClusters.Cluster(new SimulatorOptions { Idcs = [Idc, "z1"] });
        Assert.True(cluster.Simulated.SetDisk(1, DiskStatus.Broken));
        await using var watched = await WatchedClusters.StartAsync(
            [(Name, cluster), ("other", WatchedClusters.Cluster())],
            Ct
        );
        await using var opened = await chromium.OpenAsync(watched.Root);

        await opened.GoAsync("");
        await opened.Page.GetByRole(AriaRole.Link, new() { Name = "DiskBroken" }).First.WaitForAsync();
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>(Injected));

        await opened.Page.GetByRole(AriaRole.Link, new() { Name = Name }).ClickAsync();
        await Assertions.Expect(opened.Page.Locator("h1")).ToHaveTextAsync(Name);
        await Assertions.Expect(opened.Page.Locator(".idcs")).ToContainTextAsync("<b onclick=alert(2)>\"");
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>(Injected));

        await opened.GoAsync($"?cluster={Uri.EscapeDataString(Name)}");
        await Assertions.Expect(opened.Page.Locator("h1")).ToHaveTextAsync(Name);
        opened.AssertQuiet();
    }

    /// <summary>The simulator gives disks, hosts and outcomes no such name; a broken server may.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("?cluster=prod")]
    public async Task EveryTextOfTheApiMayBeMarkup(string path)
    {
        var cluster = WatchedClusters.Cluster();
        Assert.True(cluster.Simulated.SetDisk(1, DiskStatus.Broken));
        await using var watched = await WatchedClusters.StartAsync(
            [("prod", cluster), ("other", WatchedClusters.Cluster())],
            Ct
        );
        await watched.Exporter.ScrapeUntilAsync(
            "the broken disk is listed",
            page => page.All("clustermgr_disk_info").Any(),
            Ct
        );
        await using var opened = await chromium.OpenAsync(watched.Root);
        await opened.Page.RouteAsync(
            "**/api/v1/clusters**",
            async route =>
            {
                var answer = JsonNode.Parse(await (await route.FetchAsync()).TextAsync())!;
                await route.FulfillAsync(
                    new() { ContentType = "application/json", Body = Spoilt(answer, "").ToJsonString() }
                );
            }
        );

        await opened.GoAsync(path);
        await opened
            .Page.Locator(path.Length == 0 ? ".clusters tbody tr" : ".sections .timeline li")
            .First.WaitForAsync();

        Assert.Contains("<img src=x onerror=alert(1)>", await opened.MainAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>(Injected));
        Assert.Equal(0, await opened.Page.Locator("main a[href^='javascript' i]").CountAsync());
        opened.AssertQuiet();
    }

    /// <summary>Every text but times and numbers, which the page reckons with.</summary>
    private static JsonNode Spoilt(JsonNode node, string name)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (key, value) in fields.ToList())
                {
                    if (value is not null)
                    {
                        fields[key] = Spoilt(value.DeepClone(), key);
                    }
                }
                return fields;
            case JsonArray rows:
                for (var i = 0; i < rows.Count; i++)
                {
                    rows[i] = Spoilt(rows[i]!.DeepClone(), name);
                }
                return rows;
            default:
                var text =
                    node.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>() : null;
                return
                    text is null
                    || name is "at" or "verdict"
                    || ulong.TryParse(text, out _)
                    || DateTimeOffset.TryParse(text, out _)
                    ? node
                    : $"{text} {Markup}";
        }
    }
}
