using ClustermgrExporter.Polling;

namespace ClustermgrExporter.Hosting;

/// <summary>Detects stalled polls: a process that serves but no longer polls would show old answers forever.</summary>
/// <param name="clusters">For each cluster, the time of its last answer or failure, by any clock, and its poll
/// interval.</param>
internal sealed class PollWatchdog(
    Func<IEnumerable<(DateTimeOffset HeardAt, TimeSpan Interval)>> clusters,
    TimeProvider time
)
{
    public PollWatchdog(ClusterRegistry registry, TimeProvider time)
        : this(() => registry.Clusters.Select(cluster => (cluster.Publication.Snapshot.At, cluster.Interval)), time) { }

    /// <summary>In poll intervals of the slowest cluster; <see cref="MinTolerance"/> is added for a busy
    /// machine.</summary>
    private const int MissedIntervals = 3;

    private static readonly TimeSpan MinTolerance = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _newest;
    private long _progressAt = time.GetTimestamp();

    /// <summary>Returns false if no cluster has had an answer or a failure for too long. Call it
    /// periodically.</summary>
    public bool CheckProgress()
    {
        var newest = default(DateTimeOffset?);
        var interval = TimeSpan.Zero;
        foreach (var (at, each) in clusters())
        {
            newest = newest is null || at > newest ? at : newest;
            interval = each > interval ? each : interval;
        }
        if (newest is null || newest != _newest)
        {
            _newest = newest;
            _progressAt = time.GetTimestamp();
            return true;
        }
        return time.GetElapsedTime(_progressAt) < (interval * MissedIntervals) + MinTolerance;
    }
}
