using System.Runtime.InteropServices;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>rehearse, scraped by a real Prometheus with the shipped rules and configuration.</summary>
public sealed class RehearseScrapedTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task APrometheusThatScrapesItFiresTheSameWithTheLabel()
    {
        AlertChain.Need();
        await using var rehearsal = await ExporterProcess.StartAsync(
            ["rehearse", "quorum-lost", "--cluster=prod-z0-rehearsal"],
            Ct
        );
        await using var chain = await AlertChain.StartAsync([rehearsal.Metrics], Ct);

        var page = await TakesAsync(chain, rehearsal, one => one.Has("QuorumLost"));

        Assert.Equal(("pages", "prod-z0-rehearsal"), (page.Receiver, page.Cluster));
        Assert.All(page.Alerts, alert => Assert.Equal("true", alert.Labels["rehearsal"]));
        Assert.Contains(
            "alertname=ClustermgrExporterAbsent cluster='prod-z0-rehearsal'\n",
            rehearsal.Child.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "  QuorumLost (page) should fire: 1 of 3 voters answer, 2 are needed.\n",
            rehearsal.Child.Output,
            StringComparison.Ordinal
        );
        // When it is over, the cluster recovers, and the alerts end.
        await Eventually.HoldsAsync(
            AlertChain.Patience,
            "it is over",
            _ =>
                Task.FromResult(
                    rehearsal.Child.Output.Contains("All is restored; served until Ctrl-C", StringComparison.Ordinal)
                ),
            () => rehearsal.Child,
            Ct
        );
        await TakesAsync(chain, rehearsal, one => !one.Firing);
        rehearsal.Child.Signal(PosixSignal.SIGINT);
        Assert.Equal(0, await rehearsal.Child.EndAsync(ExporterProcess.Patience, Ct));
    }

    private static async Task<Notification> TakesAsync(
        AlertChain chain,
        ExporterProcess rehearsal,
        Func<Notification, bool> wanted
    ) =>
        await Eventually.FindAsync(
            AlertChain.Patience,
            "a notification",
            _ => Task.FromResult(chain.Receiver.All.Find(one => wanted(one))),
            () => $"{chain}\n{rehearsal.Child}",
            Ct
        );
}
