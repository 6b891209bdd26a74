using System.Collections.Immutable;

namespace ClustermgrExporter.Polling.History;

/// <summary>
/// The newest samples of one cluster, delta-encoded: about 8 bytes each instead of 80, which matters with a thousand
/// clusters. If every figure changes all the time, fewer than six hours fit.
/// </summary>
internal sealed class SampleTape
{
    /// <summary>Six hours, one a minute.</summary>
    public const int MostSamples = 360;

    public const int MostBytes = 6 << 10;

    private const int Figures = 4,
        Step = 60;

    // Flags, the time and the figures, each at its longest.
    private const int LongestRow = 1 + (10 * (1 + Figures));

    private readonly ByteTape _tape = new(MostBytes);
    private readonly Mark _beforeOldest = new(),
        _newest = new();
    private int _count;

    public void Add(Sample sample)
    {
        var row = new TapeWriter(stackalloc byte[LongestRow]);
        Write(ref row, sample, _newest);
        while (_count == MostSamples || !_tape.Fits(row.Length))
        {
            DropOldest();
        }
        _tape.Append(row.Written);
        _count++;
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<Sample> Read()
    {
        var samples = ImmutableArray.CreateBuilder<Sample>(_count);
        var mark = new Mark(_beforeOldest);
        var reader = new TapeReader(_tape.Bytes);
        while (samples.Count < _count)
        {
            samples.Add(Next(ref reader, mark));
        }
        return samples.MoveToImmutable();
    }

    private void DropOldest()
    {
        var reader = new TapeReader(_tape.Bytes);
        Next(ref reader, _beforeOldest);
        _tape.Drop(reader.Position);
        _count--;
    }

    private static void Write(ref TapeWriter row, Sample sample, Mark mark)
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
        row.Byte(flags);
        row.Signed(at - mark.At - Step);
        mark.At = at;
        for (var i = 0; i < Figures; i++)
        {
            if ((flags & (1 << (Figures + i))) == 0)
            {
                continue;
            }
            row.Signed(unchecked((long)(now[i]!.Value - mark.Figures[i]))); // wraps around, and back again
            mark.Figures[i] = now[i]!.Value;
        }
    }

    private static Sample Next(ref TapeReader reader, Mark mark)
    {
        var flags = reader.Byte();
        mark.At += reader.Signed() + Step;
        for (var i = 0; i < Figures; i++)
        {
            if ((flags & (1 << (Figures + i))) != 0)
            {
                mark.Figures[i] = unchecked(mark.Figures[i] + (ulong)reader.Signed());
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
    private sealed class Mark
    {
        public Mark() { }

        public Mark(Mark other)
        {
            At = other.At;
            other.Figures.CopyTo(Figures, 0);
        }

        public long At { get; set; }

        public ulong[] Figures { get; } = new ulong[SampleTape.Figures];
    }
}
