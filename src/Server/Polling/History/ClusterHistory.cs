using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>
/// What happened to one cluster lately, in bounded memory: <see cref="SampleTape.MostBytes"/> and
/// <see cref="EventTape.MostBytes"/> at its fullest. It is written when something changes and once a minute, and made
/// into objects only for who looks.
/// </summary>
internal sealed class ClusterHistory(string cluster, EventSequence sequence)
{
    private SampleTape? _samples;
    private EventTape? _events;
    private long _minute;

    /// <summary>How far the wall clock is from the clock of the instants that are kept.</summary>
    private TimeSpan _adrift;

    /// <param name="at">As the snapshot has it.</param>
    public void Add(Change change, DateTimeOffset at)
    {
        lock (sequence.Gate)
        {
            (_events ??= new EventTape(cluster)).Add(sequence.Next(at), at, change);
        }
    }

    /// <summary>Keeps a sample where none of this minute was kept yet.</summary>
    public void Add(ClusterAnalysis analysis)
    {
        _adrift = analysis.Snapshot.Adrift;
        var minute = analysis.Snapshot.At.UtcTicks / TimeSpan.TicksPerMinute;
        if (minute <= _minute || !analysis.Snapshot.PolledOnce)
        {
            return;
        }
        _minute = minute;
        lock (sequence.Gate)
        {
            (_samples ??= new SampleTape()).Add(Sample.FromAnalysis(analysis));
        }
    }

    /// <summary>Oldest first, at the times of the wall clock.</summary>
    public ImmutableArray<Sample> Samples()
    {
        lock (sequence.Gate)
        {
            return [.. _samples?.Read().Select(sample => sample with { At = sample.At + _adrift }) ?? []];
        }
    }

    /// <inheritdoc cref="Samples"/>
    public ImmutableArray<ClusterEvent> Events()
    {
        lock (sequence.Gate)
        {
            return [.. _events?.Read().Select(entry => entry with { At = entry.At + _adrift }) ?? []];
        }
    }

    /// <summary>The id of the newest event; 0 where there is none.</summary>
    public ulong Newest
    {
        get
        {
            lock (sequence.Gate)
            {
                return _events?.Newest ?? 0;
            }
        }
    }
}
