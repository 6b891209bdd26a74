using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>The events of several clusters as one list.</summary>
internal static class EventFeed
{
    /// <summary>Newest first: of the events after <paramref name="after"/> the newest
    /// <paramref name="limit"/>.</summary>
    public static ImmutableArray<ClusterEvent> Newest(
        IEnumerable<ClusterHistory> clusters,
        EventSequence sequence,
        ulong after,
        int limit
    )
    {
        ulong upTo;
        lock (sequence.Gate)
        {
            upTo = sequence.Last; // a concurrent event of one cluster must not hide an older one of another
        }
        var newest = new PriorityQueue<ClusterEvent, ulong>();
        foreach (
            var (history, last) in clusters
                .Select(history => (history, history.NewestEventId))
                .OrderByDescending(entry => entry.NewestEventId)
        )
        {
            // All remaining clusters have only older events.
            if (last <= after || (newest.Count == limit && last < newest.Peek().Id))
            {
                break;
            }
            foreach (var entry in history.Events().Where(entry => entry.Id > after && entry.Id <= upTo))
            {
                newest.Enqueue(entry, entry.Id);
                if (newest.Count > limit)
                {
                    newest.Dequeue();
                }
            }
        }
        return [.. newest.UnorderedItems.Select(item => item.Element).OrderByDescending(entry => entry.Id)];
    }
}

/// <summary>Something that happened to a cluster.</summary>
/// <param name="Id">Increases over time, across all clusters and restarts.</param>
/// <param name="At">To the millisecond.</param>
internal sealed record ClusterEvent(ulong Id, DateTimeOffset At, string Cluster, ClusterChange Change);

/// <summary>Assigns the IDs of the events of all clusters, in the order of the events.</summary>
internal sealed class EventSequence
{
    /// <summary>Held while an ID is assigned and its event is stored, so that a reader who has seen an ID has missed
    /// none before it.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The newest id; read and written under <see cref="Gate"/>.</summary>
    public ulong Last { get; private set; }

    /// <summary>The time in microseconds, but at least one more than the last ID: a script that remembers an ID can
    /// continue after a restart of this program.</summary>
    public ulong Next(DateTimeOffset at) => Last = Math.Max(Last + 1, (ulong)Math.Max(0, Micros(at)));

    public static long Micros(DateTimeOffset at) =>
        (at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
