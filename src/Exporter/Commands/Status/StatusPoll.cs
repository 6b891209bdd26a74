using System.Collections.Concurrent;
using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Logging;
using Serilog;

namespace ClustermgrExporter.Commands;

/// <summary>Polls clusters once, with the same collectors as serve.</summary>
/// <param name="transport">The connections of one cluster, which are closed when it has answered.</param>
/// <param name="log">Receives internal errors, and what serve would log.</param>
internal sealed class StatusPoll(
    ExporterConfig config,
    Func<ClusterConfig, HttpMessageHandler> transport,
    TimeProvider time,
    ILogger log
)
{
    // A thousand clusters at once would need more sockets than a process may open, and would then look down.
    private const int MaxConcurrentClusters = 32;

    private readonly CollectorFactory _collectors = new(time, RequestLog.CreateObserver(log));
    private readonly ConcurrentDictionary<string, SchedulerRecord> _schedulers = new(StringComparer.Ordinal);

    /// <summary>True to scan all volumes too.</summary>
    public bool Volumes { get; init; }

    public Removal SimulatedRemoval { get; init; } = Removal.Nothing;

    /// <summary>Receives a line now and then while volumes are scanned.</summary>
    public Action<string>? Progress { get; init; }

    /// <summary>In the order of the configuration.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public async Task<StatusReport[]> PollAsync(CancellationToken ct)
    {
        var reports = new StatusReport[config.Clusters.Length];
        var left = new ConcurrentQueue<int>(Enumerable.Range(0, reports.Length));
        await Task.WhenAll(
            Enumerable
                .Range(0, Math.Min(MaxConcurrentClusters, reports.Length))
                .Select(_ => PollAsync(left, reports, ct))
        );
        return reports;
    }

    private async Task PollAsync(ConcurrentQueue<int> left, StatusReport[] reports, CancellationToken ct)
    {
        while (left.TryDequeue(out var index))
        {
            var cluster = config.Clusters[index];
            using var connections = transport(cluster);
            reports[index] = await PollAsync(cluster, connections, ct);
        }
    }

    private async Task<StatusReport> PollAsync(
        ClusterConfig cluster,
        HttpMessageHandler connections,
        CancellationToken ct
    )
    {
        // Enough for /stat of all members in parallel, then in the worst case for one read at each member in turn, and
        // one to spare.
        using var deadline = new CancellationTokenSource(config.Timeout * (cluster.Members.Length + 2), time);
        using var caller = ct.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        var collector = await CollectStatsAsync(cluster, connections, deadline.Token, ct);
        var asked = cluster;
        var note = "";
        // One member in a file is a cluster of one, so the leader is located only in sidecar mode.
        if (cluster.Sidecar)
        {
            deadline.CancelAfter(config.Timeout * (cluster.Members.Length + 4));
            var read = await LeaderLocator.IncludeLeaderAsync(
                cluster,
                collector,
                leader => _collectors.CreateClient(leader, cluster, config, connections),
                withLeader => CollectStatsAsync(withLeader, connections, deadline.Token, ct),
                deadline.Token
            );
            asked = read.Cluster;
            collector = read.Collector;
            note = read.UnreachableReason ?? read.WriteRefusal ?? "";
        }
        // The leader is known now, if at all, and these reads go to it first.
        await Task.WhenAll(
            RunGuardedAsync(collector.CollectSwitchesAsync, deadline.Token, ct),
            RunGuardedAsync(collector.CollectDisksAsync, deadline.Token, ct),
            RunGuardedAsync(collector.CollectServicesAsync, deadline.Token, ct)
        );
        if (config.SchedulerInterval > TimeSpan.Zero)
        {
            await ReadSchedulerAsync(asked, collector, connections, deadline.Token, ct);
        }
        // A round that was cut off counts as ended, so that the judgement reports what is missing.
        collector.State.Apply(before => before.SwitchesAttempted ? before : before.ApplyQuorum(null));
        collector.State.Apply(before =>
            before.DisksAttempted ? before : before.Apply(new Dictionary<DiskListKind, DiskList>())
        );
        var analysis = collector.State.Analysis;
        var report = new StatusReport(
            analysis,
            [.. note.Length > 0 ? new[] { note } : [], .. DescribeUnpolledPeers(asked, analysis)]
        );
        return Volumes || !SimulatedRemoval.IsEmpty ? await ScanAsync(collector, report, ct) : report;
    }

    private async Task ReadSchedulerAsync(
        ClusterConfig cluster,
        ClusterCollector collector,
        HttpMessageHandler connections,
        CancellationToken deadline,
        CancellationToken ct
    )
    {
        var schedulers = _collectors.CreateSchedulerCollector(cluster, config, connections, collector.State);
        // A rate needs several polls, so earlier progress is kept.
        if (_schedulers.TryGetValue(cluster.Name, out var known))
        {
            collector.State.Apply(before => before with { Scheduler = known });
        }
        await RunGuardedAsync(schedulers.CollectAsync, deadline, ct);
        _schedulers[cluster.Name] = collector.State.Snapshot.Scheduler;
    }

    /// <summary>Adds what a scan of all volumes finds.</summary>
    private async Task<StatusReport> ScanAsync(ClusterCollector collector, StatusReport report, CancellationToken ct)
    {
        var scan = new StatusScan(collector, SimulatedRemoval, Progress);
        await RunGuardedAsync(scan.RunAsync, ct, ct);
        // A long scan makes everything else stale, so the judgement uses the values as they were read.
        var analysis = ClusterAnalysis.FromSnapshot(
            report.Analysis.Snapshot with
            {
                VolumeScan = scan.Scan,
                HostChunks = scan.Hosts,
            }
        );
        return report with
        {
            Analysis = analysis,
            Notes = [.. report.Notes, .. scan.Notes],
            Impact = scan.Impact,
            IsImpactUnknown = scan.IsInconclusive,
        };
    }

    /// <summary>The peers that were not asked: the list has only their raft addresses.</summary>
    private static IEnumerable<string> DescribeUnpolledPeers(ClusterConfig cluster, ClusterAnalysis analysis)
    {
        if (!cluster.Sidecar)
        {
            yield break;
        }
        var unasked = analysis
            .Peers.Where(peer => analysis.Snapshot.Members.All(member => member.NodeId != peer.Row.Id))
            .Select(peer => $"node {peer.Row.Id} (raft {peer.Row.Host})")
            .ToImmutableArray();
        if (unasked.IsEmpty)
        {
            yield break;
        }
        yield return $"not asked: {string.Join(", ", unasked)}. Peers are listed by raft address, their HTTP "
            + $"addresses cannot be known; "
            + "name them with --clustermgr.url";
    }

    /// <summary>Reads /stat of every member in parallel.</summary>
    private async Task<ClusterCollector> CollectStatsAsync(
        ClusterConfig cluster,
        HttpMessageHandler connections,
        CancellationToken deadline,
        CancellationToken ct
    )
    {
        var collector = _collectors.CreateCollector(cluster, config, connections);
        await Task.WhenAll(
            Enumerable
                .Range(0, cluster.Members.Length)
                .Select(member => RunGuardedAsync(stop => collector.CollectStatAsync(member, stop), deadline, ct))
        );
        return collector;
    }

    /// <summary>Runs a read. The deadline ends it silently. Any other exception is a bug, and must not affect other
    /// reads.</summary>
    private async Task RunGuardedAsync(
        Func<CancellationToken, Task> work,
        CancellationToken deadline,
        CancellationToken ct
    )
    {
        try
        {
            await work(deadline);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            ct.ThrowIfCancellationRequested();
        }
        catch (Exception e)
        {
            log.Error(e, "a poll failed because of a bug in this program; please report it");
        }
    }
}
