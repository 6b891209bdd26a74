using Clustermgr.Analysis;
using Clustermgr.Collection;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Polling;

/// <summary>When one cluster is asked what. Every member's /stat has a loop of its own, and so have switches, disks and
/// services: a loop never overlaps itself and none waits for another.</summary>
/// <param name="schedulers">Null where none is asked.</param>
internal sealed class ClusterPoller(
    ClusterConfig cluster,
    ExporterConfig config,
    ClusterCollector collector,
    SchedulerCollector? schedulers,
    ClusterPublication publication,
    PollScheduler scheduler,
    TimeProvider time
)
{
    private DiskCounts? _counted;

    public ClusterConfig Cluster => cluster;

    public TimeSpan Interval => config.PollInterval;

    public ClusterPublication State => publication;

    /// <summary>Every member answered once, or failed once.</summary>
    public bool PolledOnce => State.Snapshot.PolledOnce;

    /// <summary>Whether a configuration asks for just what this poller does.</summary>
    public bool IsFor(ClusterConfig other, ExporterConfig otherConfig) =>
        cluster.Matches(other) && Rest(config) == Rest(otherConfig);

    /// <summary>The settings of all clusters alike.</summary>
    private static ExporterConfig Rest(ExporterConfig config) =>
        config with
        {
            Clusters = [],
            ClusterFiles = [],
            DnsServers = [],
            Links = new(),
            Share = null,
        };

    /// <summary>Polls until cancelled. The members of a cluster share one phase, so that one tick shows one instant.
    /// </summary>
    /// <param name="since">Timestamp of the beginning, of all that begin together.</param>
    public Task RunAsync(TimeSpan phase, long since, CancellationToken ct)
    {
        var heard = new TaskCompletionSource();
        var loops = Enumerable
            .Range(0, cluster.Members.Length)
            .Select(member =>
                scheduler.RunAsync(config.PollInterval, phase, stop => CollectStatAsync(member, heard, stop), ct, since)
            );
        return Task.WhenAll([.. loops, ReadWhenHeardAsync(heard.Task, phase, ct)]);
    }

    private async Task CollectStatAsync(int member, TaskCompletionSource heard, CancellationToken ct)
    {
        await collector.CollectStatAsync(member, ct);
        publication.Polled();
        if (PolledOnce || (State.Analysis.Leader is not null && MostAreUp))
        {
            heard.TrySetResult();
        }
    }

    /// <summary>Whether they are still must not wait for an hour.</summary>
    private bool VolumesAtRisk => State.Snapshot.VolumeScan?.WithDataLeft(left => left <= 1) > 0;

    private bool MostAreUp => State.Snapshot.Members.Count(member => member.Up) * 2 > cluster.Members.Length;

    /// <summary>The other reads go to the leader, else to the next: they start when there are both, or no hope of it.
    /// </summary>
    private async Task ReadWhenHeardAsync(Task heard, TimeSpan phase, CancellationToken ct)
    {
        try
        {
            await heard.WaitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        List<Task> reads =
        [
            ReadAsync(
                config.TaskInterval,
                phase,
                collector.CollectSwitchesAsync,
                (asked, _) => QuorumInDoubt || !asked || collector.SwitchesInDoubt,
                ct
            ),
            ReadAsync(
                config.DiskInterval,
                phase,
                CollectDisksAsync,
                (succeeded, early) => DisksChanged || CatchUp(succeeded, early),
                ct
            ),
            ReadAsync(config.ServiceInterval, phase, collector.CollectServicesAsync, CatchUp, ct),
        ];
        if (schedulers is not null)
        {
            // Who they are, the services tell a moment later.
            reads.Add(
                ReadAsync(
                    config.SchedulerInterval,
                    phase,
                    schedulers.CollectAsync,
                    (known, _) => !known && State.Snapshot.Services.Services.ContainsKey(ServiceRecord.Scheduler),
                    ct
                )
            );
        }
        if (config.VolumeScanInterval > TimeSpan.Zero)
        {
            reads.Add(
                ReadAsync(
                    config.VolumeScanInterval,
                    phase,
                    collector.CollectVolumesAsync,
                    (_, _) =>
                        VolumesAtRisk
                        && State.Snapshot.At - State.Snapshot.VolumeScan!.At > config.VolumeScanInterval / 6,
                    ct
                )
            );
        }
        await Task.WhenAll(reads);
    }

    /// <summary>The switches are the probe that shows a loss and a recovery: in doubt they are read at every tick. The
    /// other reads, which would only hang too, catch up when the doubt is over: once, since what fails for another
    /// reason would fail again, at the cost of the quorum.</summary>
    private bool QuorumInDoubt =>
        State.Snapshot.LinearizableReadUp is false || State.Analysis is { NamedLeader: 0 } or { QuorumMargin: < 0 };

    /// <summary>/stat counts others than when the lists were last read: which disks these are must not wait for a
    /// minute.
    /// </summary>
    private bool DisksChanged =>
        !QuorumInDoubt && DiskCounts.FromAnalysis(State.Analysis) is { } counts && counts != _counted;

    private Task<bool> CollectDisksAsync(CancellationToken ct)
    {
        _counted = DiskCounts.FromAnalysis(State.Analysis) ?? _counted;
        return collector.CollectDisksAsync(ct);
    }

    private bool CatchUp(bool succeeded, int early) =>
        !succeeded && early == 0 && State.Snapshot.LinearizableReadUp is true && !QuorumInDoubt;

    private Task ReadAsync(
        TimeSpan interval,
        TimeSpan phase,
        Func<CancellationToken, Task<bool>> read,
        Func<bool, int, bool> sooner,
        CancellationToken ct
    )
    {
        var tick = interval < config.PollInterval ? interval : config.PollInterval;
        // All clusters are read at once when the program starts, and from then on spread over the whole interval, as
        // their beats are over theirs.
        var first = interval * (1 - (phase / config.PollInterval));
        var due = new ScheduledRead(interval, first, tick / 2, read, sooner, time);
        return scheduler.RunAsync(tick, TimeSpan.Zero, due.TickAsync, ct);
    }
}
