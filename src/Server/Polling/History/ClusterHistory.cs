using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>
/// Recent samples and events of one cluster, in at most <see cref="SampleBuffer.MaxBytes"/> and
/// <see cref="EventBuffer.MaxBytes"/>. A sample is stored once a minute, an event when something changes; objects are
/// created only when they are read.
/// </summary>
internal sealed class ClusterHistory(string cluster, EventSequence sequence)
{
    private SampleBuffer? _samples;
    private EventBuffer? _events;
    private long _minute;

    /// <summary>Difference between the wall clock and the steady clock of the stored instants.</summary>
    private TimeSpan _wallOffset;

    /// <param name="at">Steady time of the snapshot.</param>
    public void Add(ClusterChange change, DateTimeOffset at)
    {
        lock (sequence.Gate)
        {
            (_events ??= new EventBuffer(cluster)).Add(sequence.Next(at), at, change);
        }
    }

    /// <summary>Stores a sample unless the current minute already has one.</summary>
    public void Add(ClusterAnalysis analysis)
    {
        _wallOffset = analysis.Snapshot.WallClockOffset;
        var minute = analysis.Snapshot.At.UtcTicks / TimeSpan.TicksPerMinute;
        if (minute <= _minute || !analysis.Snapshot.PolledOnce)
        {
            return;
        }
        _minute = minute;
        lock (sequence.Gate)
        {
            (_samples ??= new SampleBuffer()).Add(Sample.FromAnalysis(analysis));
        }
    }

    /// <summary>Oldest first, in wall-clock time.</summary>
    public ImmutableArray<Sample> Samples()
    {
        lock (sequence.Gate)
        {
            return [.. _samples?.Read().Select(sample => sample with { At = sample.At + _wallOffset }) ?? []];
        }
    }

    /// <inheritdoc cref="Samples"/>
    public ImmutableArray<ClusterEvent> Events()
    {
        lock (sequence.Gate)
        {
            return [.. _events?.Read().Select(entry => entry with { At = entry.At + _wallOffset }) ?? []];
        }
    }

    /// <summary>The id of the newest event; 0 where there is none.</summary>
    public ulong NewestEventId
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
