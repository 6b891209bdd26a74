using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Five clusters behind one exporter, an incident in each but the last, all at once; each test awaits its
/// own.</summary>
public sealed class LiveIncidents : IAsyncLifetime
{
    internal const string Failover = "demo-1";
    internal const string Healthy = "demo-5";

    private static readonly string[] s_members = ["1", "2", "3"];

    private readonly CancellationTokenSource _end = new();
    private ExporterProcess? _demo;
    private Keyboard? _keyboard;
    private AlertChain? _chain;

    internal AlertChain Chain => _chain!;

    /// <summary>When all of them began.</summary>
    internal DateTimeOffset Fault { get; private set; }

    /// <summary>The node whose death the failover follows.</summary>
    internal double Killed { get; private set; }

    internal Task<Incident> QuorumLost { get; private set; } = null!;

    internal Task<Incident> NoLeader { get; private set; } = null!;

    internal Task<Incident> Blind { get; private set; } = null!;

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
        var followers = s_members.Where(member => member != $"{leader}").ToArray();
        Fault = TimeProvider.System.GetUtcNow();
        await _keyboard.TypeAsync(
            [
                $"{Failover} kill leader",
                .. followers.Select(member => $"demo-2 kill {member}"),
                .. s_members.Select(member => $"demo-3 isolate {member}"),
                .. s_members.Select(member => $"demo-4 kill {member}"),
            ],
            ct
        );
        // Without a leader too, and long enough for an alert of that: else nothing would be shown of its making way.
        QuorumLost = PlayAsync(
            "demo-2",
            followers.Select(member => $"start {member}"),
            stop => Chain.FiresForAsync("QuorumLost", "demo-2", TimeSpan.FromMinutes(1), stop)
        );
        NoLeader = PlayAsync("demo-3", s_members.Select(member => $"heal {member}"), _ => Task.CompletedTask);
        Blind = PlayAsync("demo-4", s_members.Select(member => $"start {member}"), _ => Task.CompletedTask);
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

    /// <summary>Waits until all have ended, well or not: which of them did is for their own tests.</summary>
    internal async Task AllEndedAsync() =>
        await ((Task)Task.WhenAll(QuorumLost, NoLeader, Blind)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>One group, one page of this alone while the fault lasts, and one word of its end.</summary>
    internal void PagedOnceFor(Incident incident, string alert)
    {
        var heard = Chain.Receiver.Of(AlertChain.Pages, incident.Cluster);
        Assert.Equal([alert], incident.Page.FiringAlerts);
        // While it mends what was inhibited may outlast what inhibited it by an evaluation, and be told if just then a
        // group is due.
        Assert.Equal([incident.Page], heard.Where(one => one.At < incident.Mended));
        Assert.Equal([incident.Resolved], heard.Where(one => !one.Firing));
        Assert.Equal(incident.Resolved, heard[^1]);
        Assert.Single(heard.Select(one => one.GroupKey).Distinct());
        // Alertmanager may count among what has ended what it held back all the time.
        Assert.Contains(incident.Resolved.Alerts, ended => ended.Name == alert);
        // Of its tickets none is due so early.
        Assert.DoesNotContain(
            Chain.Receiver.All,
            one => one.Receiver == AlertChain.Tickets && one.Cluster == incident.Cluster
        );
    }

    private Task<Incident> PlayAsync(
        string cluster,
        IEnumerable<string> mending,
        Func<CancellationToken, Task> paged
    ) =>
        Incident.PlayAsync(
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
