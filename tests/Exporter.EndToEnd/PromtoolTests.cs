using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class PromtoolTests
{
    private static readonly TimeSpan BrokenDeadline = TimeSpan.FromSeconds(40);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PromtoolAcceptsThePageOfEveryScenarioEarlyAndInItsBrokenState()
    {
        Programs.Need("promtool", "prometheus");
        await using var demo = await ExporterProcess.StartAsync(
            ["demo", .. Scenario.All.Select(scenario => $"--scenario={scenario.Name}")],
            Ct
        );
        await demo.ReadyAsync(Ct);
        await AcceptsAsync(await demo.TextAsync("/metrics", Ct));

        // Every step up to that time has been printed and polled.
        var steps = Scenario
            .All.SelectMany(scenario => scenario.Steps)
            .Where(step => step.At <= BrokenDeadline)
            .ToList();
        await Eventually.HoldsAsync(
            BrokenDeadline + ExporterProcess.Patience,
            "the stories have begun",
            _ =>
                Task.FromResult(
                    demo.Child.Error.Split('\n')
                        .Count(line => line.Contains("msg=\"simulated: ", StringComparison.Ordinal)) >= steps.Count
                ),
            () => demo.Child,
            Ct
        );
        await demo.ScrapeUntilAsync(
            "what they do shows",
            page =>
                page.All("clustermgr_up").Any(up => up.Text == "0")
                && page.All("clustermgr_disks", "state=broken").Any(disks => disks.Text != "0")
                && page.All("clustermgr_task_switch", "state=ineffective").Any(state => state.Text == "1"),
            Ct
        );
        await AcceptsAsync(await demo.TextAsync("/metrics", Ct));

        Assert.DoesNotContain("level=error", demo.Child.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("bug in this program", demo.Child.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PromtoolIsAskedInAWayThatShowsWhatItRefuses()
    {
        Programs.Need("promtool", "prometheus");

        var (exit, error) = await CheckAsync("# HELP a_total b\n# TYPE a_total gauge\na_total 1\n");

        Assert.NotEqual(0, exit);
        Assert.Contains("a_total", error, StringComparison.Ordinal);
    }

    private static async Task AcceptsAsync(string page)
    {
        Assert.Equal(
            Scenario.All.Count,
            page.Split('\n')
                .Where(line =>
                    line.StartsWith("clustermgr_linearizable_read_up{", StringComparison.Ordinal)
                    || line.StartsWith("clustermgr_raft_leader_changes_total{", StringComparison.Ordinal)
                )
                .Select(line => line.Split('"')[1])
                .Distinct()
                .Count()
        );
        Assert.Equal((0, ""), await CheckAsync(page));
    }

    private static async Task<(int Exit, string Said)> CheckAsync(string page)
    {
        await using var promtool = ChildProcess.Start("promtool", ["check", "metrics"]);
        await promtool.TypeAllAsync(page, Ct);
        var exit = await promtool.EndAsync(ExporterProcess.Patience, Ct);
        return (exit, promtool.Output + promtool.Error);
    }
}
