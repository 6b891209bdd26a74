using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>
/// Incidents that take a quarter of an hour with the shipped rules, in two minutes: to keep the tests short, each
/// `for`, `keep_firing_for` and wait of Alertmanager is divided by 20. The ranges of expressions, the intervals and the
/// repeat interval of pages are as shipped.
/// </summary>
public sealed class ScaledIncidents : IAsyncLifetime
{
    internal const string Broken = "demo-1";
    internal const string Blind = "demo-2";
    internal const string OneDown = "demo-3";

    internal const int Divisor = 20;

    private readonly CancellationTokenSource _end = new();
    private ExporterProcess? _demo;
    private Keyboard? _keyboard;
    private AlertChain? _chain;

    internal AlertChain Chain => _chain!;

    internal DateTimeOffset Fault { get; private set; }

    internal Task<LiveIncident> RepairOff { get; private set; } = null!;

    internal Task<LiveIncident> AllDown { get; private set; } = null!;

    /// <summary>The ticket for the single member that is down.</summary>
    internal Task<Notification> Ticket { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!AlertChain.CanRun)
        {
            return;
        }
        var ct = _end.Token;
        _demo = await ExporterProcess.StartAsync(["demo", "--clusters=3"], ct);
        await _demo.ReadyAsync(ct);
        _keyboard = new Keyboard(_demo.Child);
        _chain = await AlertChain.StartAsync([_demo.Metrics], ct, Rules(), Routes);
        await Chain.SeesHealthAsync(3, ct);
        var leader = await Chain.Prometheus.ValueAsync(
            $"max(clustermgr_raft_leader_node_id{{cluster=\"{OneDown}\"}})",
            ct
        );

        Fault = TimeProvider.System.GetUtcNow();
        await _keyboard.TypeAsync(
            [
                $"{Broken} switch disk_repair false",
                $"{Broken} disk 5 broken",
                $"{Blind} kill 1",
                $"{Blind} kill 2",
                $"{Blind} kill 3",
                $"{OneDown} kill {(leader == 1 ? 2 : 1)}",
            ],
            ct
        );
        RepairOff = LiveIncident.PlayAsync(Chain, Broken, Fault, RepairOffTakesOverAsync, MendDiskAsync, ct);
        Ticket = Chain.FirstAsync(
            "a ticket",
            one => one.Receiver == AlertChain.Tickets && one.Cluster == OneDown && one.Has("MemberDown"),
            ct
        );
        // Waits for the other cluster's ticket: by then the tickets of this cluster would be due too.
        AllDown = LiveIncident.PlayAsync(
            Chain,
            Blind,
            Fault,
            stop => Task.WhenAll(Chain.InhibitsAsync("MemberDown", Blind, stop), Ticket),
            stop => _keyboard.TypeAsync([$"{Blind} start 1", $"{Blind} start 2", $"{Blind} start 3"], stop),
            ct
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_chain is not null)
        {
            await _chain.DisposeAsync();
        }
        _keyboard?.Dispose();
        if (_demo is not null)
        {
            await _demo.DisposeAsync();
        }
        _end.Dispose();
    }

    private static string Rules()
    {
        var (rules, waits) = ShippedAlerts.Divide(ShippedAlerts.Rules, Divisor, "for");
        (rules, var kept) = ShippedAlerts.Divide(rules, Divisor, "keep_firing_for");
        // All have a `for`, except the watchdog, TwoLeadersInOneTerm, which is never a false alarm, and
        // ClusterUnwatched, which starts as other alerts end.
        Assert.Equal(
            rules.Split('\n').Count(line => line.StartsWith("      - alert: ", StringComparison.Ordinal)) - 3,
            waits
        );
        Assert.True(kept > 0);
        Assert.DoesNotMatch(@"(?m)^ *(for|keep_firing_for): *\d+[smhd]\b", rules);
        return rules;
    }

    private static string Routes(string shipped)
    {
        var (routes, divided) = ShippedAlerts.Divide(shipped, Divisor, "group_wait", "group_interval");
        Assert.Equal(8, divided);
        return routes;
    }

    private async Task RepairOffTakesOverAsync(CancellationToken ct)
    {
        await Chain.FirstAsync(
            "the page that repair is off",
            one => one.Receiver == AlertChain.Pages && one.Has("RepairOffWithBrokenDisks"),
            ct
        );
        await Chain.InhibitsAsync("DiskBroken", Broken, ct);
    }

    private async Task MendDiskAsync(CancellationToken ct)
    {
        await _keyboard!.TypeAsync([$"{Broken} disk 5 repairing", $"{Broken} disk 5 repaired"], ct);
        // If repair were switched on earlier, DiskBroken would page for the remaining seconds, which is correct but not
        // tested here.
        await Chain.SeesAsync(
            $"sum(cluster_node_type_idc_state:clustermgr_disks:max{{cluster=\"{Broken}\","
                + $"state=~\"broken|repairing\"}}) == 0",
            ct
        );
        await _keyboard.TypeAsync([$"{Broken} switch disk_repair true"], ct);
    }
}
