using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Storage;
using Microsoft.Playwright;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Names and values that look like markup stay text.</summary>
public sealed class StatusPageTextTests(Chromium chromium)
{
    /// <summary>Counts the elements that exist only if a value became markup.</summary>
    private const string Injected =
        "() => document.querySelectorAll('main img, main script, main iframe, main [onerror], main [style]').length";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AClusterAndAnIdcThatAreCalledMarkupAreShownAsTheyAreCalled()
    {
        const string Name = "<img src=x onerror=alert(1)>\"'&",
            Idc = "<b onclick=alert(2)>\"\n";
        var cluster = WatchedClusters.Cluster(new SimulatorOptions { Idcs = [Idc, "z1"] });
        Assert.True(cluster.Simulated.SetDisk(1, SimulatedDiskStatus.Broken));
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

    /// <summary>For example a proxy whose login has expired.</summary>
    [Theory]
    [InlineData(200, "Something else answers than the exporter.")]
    [InlineData(502, "The exporter answers with 502.")]
    public async Task APageOfSomethingElseIsToldAndNotShown(int status, string told)
    {
        var cluster = WatchedClusters.Cluster();
        await using var watched = await WatchedClusters.StartAsync([("prod", cluster)], Ct);
        await using var opened = await chromium.OpenAsync(watched.Root);
        await opened.GoAsync("");
        await opened.Page.RouteAsync(
            "**/?page=all",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        Status = status,
                        ContentType = "text/html",
                        Body = "<!doctype html><main id=status>Log in<img src=x></main>",
                    }
                )
        );

        await Assertions.Expect(opened.Page.Locator(".lost")).ToContainTextAsync(told);

        await Assertions.Expect(opened.Page.Locator("h1")).ToHaveTextAsync("prod");
        Assert.Equal(0, await opened.Page.EvaluateAsync<int>(Injected));
        opened.AssertQuiet(complaint => complaint.Contains("502", StringComparison.Ordinal));
    }
}
