using System.Collections.Immutable;

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
            upTo = sequence.Last; // what comes meanwhile to one cluster must not hide what came to another
        }
        var newest = new PriorityQueue<ClusterEvent, ulong>();
        foreach (
            var (history, last) in clusters
                .Select(history => (history, history.Newest))
                .OrderByDescending(entry => entry.Newest)
        )
        {
            // From here on all clusters have only what is older still.
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
