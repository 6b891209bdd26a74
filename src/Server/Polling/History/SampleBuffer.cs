using System.Collections.Immutable;

namespace ClustermgrExporter.Polling.History;

/// <summary>
/// The newest samples of one cluster, delta-encoded: about 8 bytes each instead of 80, which matters with a thousand
/// clusters. If every figure changes all the time, fewer than six hours fit.
/// </summary>
internal sealed class SampleBuffer
{
    /// <summary>Six hours, one a minute.</summary>
    public const int MaxSamples = 360;

    public const int MaxBytes = 6 << 10;

    private const int Figures = 4,
        StepSeconds = 60;

    // Flags, the time and the figures, each at its longest.
    private const int MaxRowBytes = 1 + (10 * (1 + Figures));

    private readonly RowBuffer _rows = new(MaxBytes);
    private readonly DeltaBase _beforeOldest = new(),
        _newest = new();
    private int _count;

    public void Add(Sample sample)
    {
        var row = new VarintWriter(stackalloc byte[MaxRowBytes]);
        Write(ref row, sample, _newest);
        while (_count == MaxSamples || !_rows.Fits(row.Length))
        {
            DropOldest();
        }
        _rows.Append(row.Written);
        _count++;
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<Sample> Read()
    {
        var samples = ImmutableArray.CreateBuilder<Sample>(_count);
        var mark = new DeltaBase(_beforeOldest);
        var reader = new VarintReader(_rows.Bytes);
        while (samples.Count < _count)
        {
            samples.Add(Next(ref reader, mark));
        }
        return samples.MoveToImmutable();
    }

    private void DropOldest()
    {
        var reader = new VarintReader(_rows.Bytes);
        Next(ref reader, _beforeOldest);
        _rows.Drop(reader.Position);
        _count--;
    }

    private static void Write(ref VarintWriter row, Sample sample, DeltaBase mark)
    {
        ReadOnlySpan<ulong?> now =
        [
            sample.Term,
            sample.LagEntries,
            (ulong?)sample.TotalBytes,
            (ulong?)sample.WritableBytes,
        ];
        byte flags = 0;
        for (var i = 0; i < Figures; i++)
        {
            if (now[i] is not { } figure)
            {
                continue;
            }
            flags |= (byte)(1 << i);
            if (figure != mark.Figures[i])
            {
                flags |= (byte)(1 << (Figures + i));
            }
        }
        var at = sample.At.ToUnixTimeSeconds();
        row.WriteByte(flags);
        row.WriteZigzag(at - mark.At - StepSeconds);
        mark.At = at;
        for (var i = 0; i < Figures; i++)
        {
            if ((flags & (1 << (Figures + i))) == 0)
            {
                continue;
            }
            row.WriteZigzag(unchecked((long)(now[i]!.Value - mark.Figures[i]))); // wraps around, and back again
            mark.Figures[i] = now[i]!.Value;
        }
    }

    private static Sample Next(ref VarintReader reader, DeltaBase mark)
    {
        var flags = reader.ReadByte();
        mark.At += reader.ReadZigzag() + StepSeconds;
        for (var i = 0; i < Figures; i++)
        {
            if ((flags & (1 << (Figures + i))) != 0)
            {
                mark.Figures[i] = unchecked(mark.Figures[i] + (ulong)reader.ReadZigzag());
            }
        }
        return new(
            DateTimeOffset.FromUnixTimeSeconds(mark.At),
            Figure(0),
            Figure(1),
            (long?)Figure(2),
            (long?)Figure(3)
        );

        ulong? Figure(int i) => (flags & (1 << i)) != 0 ? mark.Figures[i] : null;
    }

    /// <summary>Base of the deltas: the time and the last known value of each figure.</summary>
    private sealed class DeltaBase
    {
        public DeltaBase() { }

        public DeltaBase(DeltaBase other)
        {
            At = other.At;
            other.Figures.CopyTo(Figures, 0);
        }

        public long At { get; set; }

        public ulong[] Figures { get; } = new ulong[SampleBuffer.Figures];
    }
}
