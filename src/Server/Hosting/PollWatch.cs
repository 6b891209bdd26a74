using ClustermgrExporter.Polling;

namespace ClustermgrExporter.Hosting;

/// <summary>Whether the polls go on: what serves and does not poll any more shows old answers for good.</summary>
/// <param name="clusters">When each last heard something, by whatever clock, and how often it is polled.</param>
internal sealed class PollWatch(
    Func<IEnumerable<(DateTimeOffset HeardAt, TimeSpan Interval)>> clusters,
    TimeProvider time
)
{
    public PollWatch(ClusterRegistry registry, TimeProvider time)
        : this(() => registry.Clusters.Select(cluster => (cluster.State.Snapshot.At, cluster.Interval)), time) { }

    /// <summary>Of the longest interval of all clusters, and some time for a busy machine.</summary>
    private const int MissedIntervals = 3;

    private static readonly TimeSpan s_least = TimeSpan.FromMinutes(1);

    private DateTimeOffset? _newest;
    private long _movedAt = time.GetTimestamp();

    /// <summary>False when no cluster heard an answer or a failure for long. To be asked again and again.</summary>
    public bool Move()
    {
        var (newest, interval) = (default(DateTimeOffset?), TimeSpan.Zero);
        foreach (var (at, each) in clusters())
        {
            newest = newest is null || at > newest ? at : newest;
            interval = each > interval ? each : interval;
        }
        if (newest is null || newest != _newest)
        {
            (_newest, _movedAt) = (newest, time.GetTimestamp());
            return true;
        }
        return time.GetElapsedTime(_movedAt) < (interval * MissedIntervals) + s_least;
    }
}
