using Clustermgr.Analysis;
using Clustermgr.Collection;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Polling;

/// <summary>Schedules the reads of one cluster. Each member's /stat has its own loop, and so have switches, disks and
/// services. A loop never overlaps itself, and no loop waits for another.</summary>
/// <param name="schedulers">Null if schedulers are not polled.</param>
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
    private DiskCounts? _listedCounts;

    public ClusterConfig Cluster => cluster;

    public TimeSpan Interval => config.PollInterval;

    public ClusterPublication Publication => publication;

    /// <summary>Whether every member has answered or failed at least once.</summary>
    public bool PolledOnce => Publication.Snapshot.PolledOnce;

    /// <summary>Whether a configuration asks for exactly what this poller does.</summary>
    public bool Matches(ClusterConfig other, ExporterConfig otherConfig) =>
        cluster.Matches(other) && WithoutClusters(config) == WithoutClusters(otherConfig);

    /// <summary>The settings that apply to all clusters.</summary>
    private static ExporterConfig WithoutClusters(ExporterConfig config) =>
        config with
        {
            Clusters = [],
            ClusterFiles = [],
            DnsServers = [],
            Links = new(),
            Share = null,
        };

    /// <summary>Polls until cancelled. The members of a cluster share one phase, so that they are polled at the same
    /// time.</summary>
    /// <param name="since">Timestamp of the start. Pollers that start together share it.</param>
    public Task RunAsync(TimeSpan phase, long since, CancellationToken ct)
    {
        var heard = new TaskCompletionSource();
        var loops = Enumerable
            .Range(0, cluster.Members.Length)
            .Select(member =>
                scheduler.RunAsync(config.PollInterval, phase, stop => CollectStatAsync(member, heard, stop), ct, since)
            );
        return Task.WhenAll([.. loops, ReadAfterFirstAnswersAsync(heard.Task, phase, ct)]);
    }

    private async Task CollectStatAsync(int member, TaskCompletionSource firstAnswers, CancellationToken ct)
    {
        await collector.CollectStatAsync(member, ct);
        publication.FlushChanges();
        if (PolledOnce || (Publication.Analysis.Leader is not null && MajorityIsUp))
        {
            firstAnswers.TrySetResult();
        }
    }

    /// <summary>Some volumes can lose at most one more unit: the next scan must not wait for the whole
    /// interval.</summary>
    private bool VolumesAtRisk => Publication.Snapshot.VolumeScan?.CountWithDataLeft(left => left <= 1) > 0;

    private bool MajorityIsUp => Publication.Snapshot.Members.Count(member => member.Up) * 2 > cluster.Members.Length;

    /// <summary>The other reads go to the leader, or else to the next member. They start once a leader and a majority
    /// have answered, or once every member was polled.</summary>
    private async Task ReadAfterFirstAnswersAsync(Task firstAnswers, TimeSpan phase, CancellationToken ct)
    {
        try
        {
            await firstAnswers.WaitAsync(ct);
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
                (asked, _) => QuorumInDoubt || !asked || collector.HasUnconfirmedSwitches,
                ct
            ),
            ReadAsync(
                config.DiskInterval,
                phase,
                CollectDisksAsync,
                (succeeded, early) => DisksChanged || ShouldCatchUp(succeeded, early),
                ct
            ),
            ReadAsync(config.ServiceInterval, phase, collector.CollectServicesAsync, ShouldCatchUp, ct),
        ];
        if (schedulers is not null)
        {
            // The services, read a moment later, name the schedulers.
            reads.Add(
                ReadAsync(
                    config.SchedulerInterval,
                    phase,
                    schedulers.CollectAsync,
                    (known, _) => !known && Publication.Snapshot.Services.Services.ContainsKey(ServiceRecord.Scheduler),
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
                        && Publication.Snapshot.At - Publication.Snapshot.VolumeScan!.At
                            > config.VolumeScanInterval / 6,
                    ct
                )
            );
        }
        await Task.WhenAll(reads);
    }

    /// <summary>Switch reads detect both the loss and the recovery of the quorum: while it is in doubt they run at
    /// every tick. The other reads would only hang as well. They catch up when the quorum is back, and only once: a
    /// read that fails for another reason would fail again and load the quorum.</summary>
    private bool QuorumInDoubt =>
        Publication.Snapshot.LinearizableReadUp is false
        || Publication.Analysis is { NamedLeader: 0 } or { QuorumMargin: < 0 };

    /// <summary>The disk counts of /stat have changed since the lists were read: which disks these are must not wait
    /// for the interval.</summary>
    private bool DisksChanged =>
        !QuorumInDoubt && DiskCounts.FromAnalysis(Publication.Analysis) is { } counts && counts != _listedCounts;

    private Task<bool> CollectDisksAsync(CancellationToken ct)
    {
        _listedCounts = DiskCounts.FromAnalysis(Publication.Analysis) ?? _listedCounts;
        return collector.CollectDisksAsync(ct);
    }

    private bool ShouldCatchUp(bool succeeded, int early) =>
        !succeeded && early == 0 && Publication.Snapshot.LinearizableReadUp is true && !QuorumInDoubt;

    private Task ReadAsync(
        TimeSpan interval,
        TimeSpan phase,
        Func<CancellationToken, Task<bool>> read,
        Func<bool, int, bool> shouldReadEarly,
        CancellationToken ct
    )
    {
        var tick = interval < config.PollInterval ? interval : config.PollInterval;
        // The first reads of all clusters run at the start. Later reads are spread over the whole interval, as the
        // polls are spread over the poll interval.
        var first = interval * (1 - (phase / config.PollInterval));
        var due = new ScheduledRead(interval, first, tick / 2, read, shouldReadEarly, time);
        return scheduler.RunAsync(tick, TimeSpan.Zero, due.TickAsync, ct);
    }
}
