using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Five clusters behind one exporter, with simultaneous incidents in all but the last; each test awaits its
/// own.</summary>
public sealed class LiveIncidents : IAsyncLifetime
{
    internal const string Failover = "demo-1";
    internal const string Healthy = "demo-5";

    private static readonly string[] Members = ["1", "2", "3"];

    private readonly CancellationTokenSource _end = new();
    private ExporterProcess? _demo;
    private Keyboard? _keyboard;
    private AlertChain? _chain;

    internal AlertChain Chain => _chain!;

    /// <summary>Start time of all incidents.</summary>
    internal DateTimeOffset Fault { get; private set; }

    /// <summary>The killed leader whose failover is tested.</summary>
    internal double Killed { get; private set; }

    internal Task<LiveIncident> QuorumLost { get; private set; } = null!;

    internal Task<LiveIncident> NoLeader { get; private set; } = null!;

    internal Task<LiveIncident> Blind { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!AlertChain.CanRun)
        {
            return;
        }
        var ct = _end.Token;
        _demo = await ExporterProcess.StartAsync(["demo", "--clusters=5"], ct);
        await _demo.ReadyAsync(ct);
        _keyboard = new Keyboard(_demo.Child);
        _chain = await AlertChain.StartAsync([_demo.Metrics], ct);
        await Chain.SeesHealthAsync(5, ct);

        Killed = await LeaderAsync(Failover, ct);
        var leader = await LeaderAsync("demo-2", ct);
        var followers = Members.Where(member => member != $"{leader}").ToArray();
        Fault = TimeProvider.System.GetUtcNow();
        await _keyboard.TypeAsync(
            [
                $"{Failover} kill leader",
                .. followers.Select(member => $"demo-2 kill {member}"),
                .. Members.Select(member => $"demo-3 isolate {member}"),
                .. Members.Select(member => $"demo-4 kill {member}"),
            ],
            ct
        );
        // It has no leader either, long enough for NoLeader: otherwise the test would not show that it gives way.
        QuorumLost = PlayAsync(
            "demo-2",
            followers.Select(member => $"start {member}"),
            stop => Chain.FiresForAsync("QuorumLost", "demo-2", TimeSpan.FromMinutes(1), stop)
        );
        NoLeader = PlayAsync("demo-3", Members.Select(member => $"heal {member}"), _ => Task.CompletedTask);
        Blind = PlayAsync("demo-4", Members.Select(member => $"start {member}"), _ => Task.CompletedTask);
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

    /// <summary>Waits until all have ended, whether they failed or not; their own tests check that.</summary>
    internal async Task AllEndedAsync() =>
        await ((Task)Task.WhenAll(QuorumLost, NoLeader, Blind)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Asserts one group, one page with only this alert during the fault, and one notification of its
    /// end.</summary>
    internal void PagedOnceFor(LiveIncident incident, string alert)
    {
        var heard = Chain.Receiver.Of(AlertChain.Pages, incident.Cluster);
        Assert.Equal([alert], incident.Page.FiringAlerts);
        // During the recovery an inhibited alert may outlast the inhibiting one by an evaluation, and be sent if a
        // group is due at that moment.
        Assert.Equal([incident.Page], heard.Where(one => one.At < incident.Mended));
        Assert.Equal([incident.Resolved], heard.Where(one => !one.Firing));
        Assert.Equal(incident.Resolved, heard[^1]);
        Assert.Single(heard.Select(one => one.GroupKey).Distinct());
        // Alertmanager may list alerts as ended that were inhibited all the time.
        Assert.Contains(incident.Resolved.Alerts, ended => ended.Name == alert);
        // None of its tickets is due this early.
        Assert.DoesNotContain(
            Chain.Receiver.All,
            one => one.Receiver == AlertChain.Tickets && one.Cluster == incident.Cluster
        );
    }

    private Task<LiveIncident> PlayAsync(
        string cluster,
        IEnumerable<string> mending,
        Func<CancellationToken, Task> paged
    ) =>
        LiveIncident.PlayAsync(
            Chain,
            cluster,
            Fault,
            paged,
            stop => _keyboard!.TypeAsync(mending.Select(line => $"{cluster} {line}"), stop),
            _end.Token
        );

    private async Task<double> LeaderAsync(string cluster, CancellationToken ct) =>
        (await Chain.Prometheus.ValueAsync($"max(clustermgr_raft_leader_node_id{{cluster=\"{cluster}\"}})", ct))!.Value;
}
