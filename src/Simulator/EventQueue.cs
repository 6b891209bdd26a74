namespace ClustermgrSimulator;

/// <summary>A queue of timed callbacks, in the order in which they are due. One timer serves all entries of a
/// cluster.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<Entry, (long Due, long Order)> _entries = new();
    private long _order;

    /// <summary>When the next entry is due; null when there is none.</summary>
    public DateTimeOffset? NextDue
    {
        get
        {
            while (_entries.TryPeek(out var entry, out _) && entry.Callback is null)
            {
                _entries.Dequeue();
            }
            return _entries.TryPeek(out var next, out _) ? next.Due : null;
        }
    }

    public Entry Add(DateTimeOffset due, Action callback)
    {
        var entry = new Entry(due) { Callback = callback };
        _entries.Enqueue(entry, (due.UtcTicks, ++_order));
        return entry;
    }

    /// <summary>Removes and returns the next entry that is due by then; null when there is none.</summary>
    public Entry? Take(DateTimeOffset by)
    {
        if (NextDue is not { } due || due > by)
        {
            return null;
        }
        return _entries.Dequeue();
    }

    internal sealed class Entry(DateTimeOffset due)
    {
        public DateTimeOffset Due => due;

        /// <summary>Null once cancelled.</summary>
        public Action? Callback { get; set; }

        public void Cancel() => Callback = null;
    }
}
