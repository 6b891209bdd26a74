using System.Collections.Immutable;
using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Polling.History;

/// <summary>
/// What happened to one cluster lately, in bounded memory: <see cref="SampleTape.MostBytes"/> and
/// <see cref="EventTape.MostBytes"/> at its fullest. It is written when something changes and once a minute, and made into
/// objects only for who looks.
/// </summary>
internal sealed class ClusterHistory(string cluster, EventSequence sequence)
{
    private SampleTape? _samples;
    private EventTape? _events;
    private long _minute;

    public void Add(Change change, DateTimeOffset at)
    {
        lock (sequence.Gate) (_events ??= new EventTape(cluster)).Add(sequence.Next(at), at, change);
    }

    /// <summary>Keeps a sample where none of this minute was kept yet.</summary>
    public void Add(ClusterAnalysis analysis)
    {
        var minute = analysis.Snapshot.At.UtcTicks / TimeSpan.TicksPerMinute;
        // Answers come in slightly out of order; only a clock that was set back goes back further.
        if (minute == _minute || minute == _minute - 1 || !analysis.Snapshot.PolledOnce) return;
        _minute = minute;
        lock (sequence.Gate) (_samples ??= new SampleTape()).Add(Sample.Of(analysis));
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<Sample> Samples()
    {
        lock (sequence.Gate) return _samples?.Read() ?? [];
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<ClusterEvent> Events()
    {
        lock (sequence.Gate) return _events?.Read() ?? [];
    }

    /// <summary>The id of the newest event; 0 where there is none.</summary>
    public ulong Newest
    {
        get
        {
            lock (sequence.Gate) return _events?.Newest ?? 0;
        }
    }
}
