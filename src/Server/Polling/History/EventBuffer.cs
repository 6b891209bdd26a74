using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>The newest events of one cluster, with their texts as UTF-8: strings take two bytes per character and a
/// header.</summary>
internal sealed class EventBuffer(string cluster)
{
    public const int MaxEvents = 200;

    /// <summary>About 110 events of the usual length.</summary>
    public const int MaxBytes = 9 << 10;

    // A sentence may quote a member's answer, which can have any length.
    private const int MaxSubjectBytes = 120,
        MaxSentenceBytes = 480,
        MaxRowBytes = 32 + (3 * (MaxSubjectBytes + MaxSentenceBytes + 2));

    private static readonly string[] Kinds = ["leader", "member", "quorum", "disk", "switch", "finding"];

    private readonly RowBuffer _rows = new(MaxBytes);
    private ulong _beforeOldest,
        _newest;
    private int _count;

    public ulong Newest => _newest;

    public void Add(ulong id, DateTimeOffset at, ClusterChange change)
    {
        var row = new VarintWriter(stackalloc byte[MaxRowBytes]);
        row.WriteVarint(id - _newest);
        // nearly always 0, since IDs are derived from the time
        row.WriteZigzag(at.ToUnixTimeMilliseconds() - (long)(id / 1000));
        row.WriteByte((byte)((Array.IndexOf(Kinds, change.Kind) << 1) | (change.Bad ? 1 : 0)));
        row.WriteString(Truncate(change.Subject, MaxSubjectBytes));
        row.WriteString(Truncate(change.Sentence, MaxSentenceBytes));
        while (_count == MaxEvents || !_rows.Fits(row.Length))
        {
            DropOldest();
        }
        _rows.Append(row.Written);
        _newest = id;
        _count++;
    }

    /// <summary>Oldest first.</summary>
    public ImmutableArray<ClusterEvent> Read()
    {
        var events = ImmutableArray.CreateBuilder<ClusterEvent>(_count);
        var reader = new VarintReader(_rows.Bytes);
        for (var id = _beforeOldest; events.Count < _count; id = events[^1].Id)
        {
            events.Add(Next(ref reader, id));
        }
        return events.MoveToImmutable();
    }

    private void DropOldest()
    {
        var reader = new VarintReader(_rows.Bytes);
        _beforeOldest = Next(ref reader, _beforeOldest).Id;
        _rows.Drop(reader.Position);
        _count--;
    }

    private ClusterEvent Next(ref VarintReader reader, ulong before)
    {
        var id = before + reader.ReadVarint();
        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)(id / 1000) + reader.ReadZigzag());
        var kind = reader.ReadByte();
        var subject = reader.ReadString();
        return new(id, at, cluster, new ClusterChange(Kinds[kind >> 1], subject, (kind & 1) != 0, reader.ReadString()));
    }

    private static string Truncate(string text, int maxLength) =>
        text.Length <= maxLength ? text : $"{text.AsSpan(0, maxLength)}…";
}
