using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>The newest events of one cluster, with their texts as UTF-8: strings take two bytes per character and a
/// header.</summary>
internal sealed class EventTape(string cluster)
{
    public const int MostEvents = 200;

    /// <summary>About 110 events of the usual length.</summary>
    public const int MostBytes = 9 << 10;

    // A sentence may quote a member's answer, which can have any length.
    private const int LongestSubject = 120,
        LongestSentence = 480,
        LongestRow = 32 + (3 * (LongestSubject + LongestSentence + 2));

    private static readonly string[] s_kinds = ["leader", "member", "quorum", "disk", "switch", "finding"];

    private readonly ByteTape _tape = new(MostBytes);
    private ulong _beforeOldest,
        _newest;
    private int _count;

    public ulong Newest => _newest;

    public void Add(ulong id, DateTimeOffset at, Change change)
    {
        var row = new TapeWriter(stackalloc byte[LongestRow]);
        row.Number(id - _newest);
        // nearly always 0, since IDs are derived from the time
        row.Signed(at.ToUnixTimeMilliseconds() - (long)(id / 1000));
        row.Byte((byte)((Array.IndexOf(s_kinds, change.Kind) << 1) | (change.Bad ? 1 : 0)));
        row.Text(Shortened(change.Subject, LongestSubject));
        row.Text(Shortened(change.Sentence, LongestSentence));
        while (_count == MostEvents || !_tape.Fits(row.Length))
        {
            DropOldest();
        }
        _tape.Append(row.Written);
        _newest = id;
        _count++;
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<ClusterEvent> Read()
    {
        var events = ImmutableArray.CreateBuilder<ClusterEvent>(_count);
        var reader = new TapeReader(_tape.Bytes);
        for (var id = _beforeOldest; events.Count < _count; id = events[^1].Id)
        {
            events.Add(Next(ref reader, id));
        }
        return events.MoveToImmutable();
    }

    private void DropOldest()
    {
        var reader = new TapeReader(_tape.Bytes);
        _beforeOldest = Next(ref reader, _beforeOldest).Id;
        _tape.Drop(reader.Position);
        _count--;
    }

    private ClusterEvent Next(ref TapeReader reader, ulong before)
    {
        var id = before + reader.Number();
        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)(id / 1000) + reader.Signed());
        var kind = reader.Byte();
        var subject = reader.Text();
        return new(id, at, cluster, new Change(s_kinds[kind >> 1], subject, (kind & 1) != 0, reader.Text()));
    }

    private static string Shortened(string text, int most) => text.Length <= most ? text : $"{text.AsSpan(0, most)}…";
}
