using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The lists that together contain the disks that are not normal, worst first, because the row limit cuts from
/// the end.</summary>
public enum DiskListKind
{
    Broken,
    Repairing,
    Dropping,
    Repaired,
    Dropped,
}

/// <summary>One list as one member answered it.</summary>
public sealed record DiskList(DateTimeOffset ReadAt, ImmutableArray<DiskReading> Rows, bool Truncated)
{
    /// <summary>Number of rows left out and texts shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }
}

/// <summary>The disks that are not normal, from the newest answer of each list.</summary>
public sealed record DiskRecords
{
    public static readonly DiskRecords None = new();

    public ImmutableSortedDictionary<DiskListKind, DiskList> Lists { get; init; } =
        ImmutableSortedDictionary<DiskListKind, DiskList>.Empty;

    /// <summary>By ascending id, one row a disk, at most <see cref="Thresholds.MaxDiskRows"/>.</summary>
    public ImmutableArray<DiskRecord> Disks { get; init; } = [];

    /// <summary>True when there were more disks than the limit, or when a list may be incomplete.</summary>
    public bool Truncated { get; init; }

    /// <summary>When this exporter first saw a disk in a state. Kept while lists are stale, so that an outage does not
    /// reset it; removed when a list was read that does not contain the disk.</summary>
    public ImmutableDictionary<(ulong Id, string State), DateTimeOffset> FirstSeen { get; init; } =
        ImmutableDictionary<(ulong Id, string State), DateTimeOffset>.Empty;

    /// <summary>For repaired disks, by id: whether a normal disk is registered at the same path of the same host. Disks
    /// that were not checked are absent.</summary>
    public ImmutableDictionary<ulong, bool> Replaced { get; init; } = ImmutableDictionary<ulong, bool>.Empty;

    /// <summary>When the newest list was read; null unless both the broken and the repairing disks are known, since an
    /// empty table would otherwise say that nothing is wrong.</summary>
    public DateTimeOffset? ReadAt =>
        Has(DiskListKind.Broken) && Has(DiskListKind.Repairing) ? Lists.Values.Max(list => list.ReadAt) : null;

    public bool Has(DiskListKind kind) => Lists.ContainsKey(kind);

    /// <summary>
    /// Applies the lists of one round. Broken and repairing disks are applied together or not at all, so that a disk
    /// that moves between the two lists does not disappear.
    /// </summary>
    public DiskRecords Apply(IReadOnlyDictionary<DiskListKind, DiskList> round, DateTimeOffset at)
    {
        var both = round.ContainsKey(DiskListKind.Broken) && round.ContainsKey(DiskListKind.Repairing);
        return WithLists(
            Lists.SetItems(
                round.Where(list => both || list.Key is not (DiskListKind.Broken or DiskListKind.Repairing))
            ),
            at
        );
    }

    /// <summary>Merges the lists. A disk in several lists (it moved between two requests, or is also dropping) gets the
    /// state that was read last; dropping is a flag, so any status takes precedence.</summary>
    public DiskRecords WithLists(ImmutableSortedDictionary<DiskListKind, DiskList> lists, DateTimeOffset at)
    {
        var states = new SortedDictionary<ulong, (DiskReading Disk, DiskListKind Kind)>();
        var cut = false;
        foreach (var (kind, list) in lists)
        {
            cut |= list.Truncated;
            foreach (var disk in list.Rows)
            {
                var seen = states.TryGetValue(disk.Id, out var other);
                if (seen && kind == DiskListKind.Dropping)
                {
                    continue;
                }
                if (seen && other.Kind != DiskListKind.Dropping && lists[other.Kind].ReadAt > list.ReadAt)
                {
                    continue;
                }
                if (!seen && states.Count >= Thresholds.MaxDiskRows)
                {
                    cut = true;
                    break;
                }
                states[disk.Id] = (disk, kind);
            }
        }
        DiskRecord[] disks =
        [
            .. states.Values.Select(entry => new DiskRecord(
                entry.Disk,
                ToLabel(entry.Kind),
                FirstSeen.TryGetValue((entry.Disk.Id, ToLabel(entry.Kind)), out var since) ? since : at
            )),
        ];
        var unread = Enum.GetValues<DiskListKind>().Where(kind => !lists.ContainsKey(kind)).Select(ToLabel).ToHashSet();
        var remembered = FirstSeen
            .Where(seen => unread.Contains(seen.Key.State))
            .Concat(disks.Select(disk => KeyValuePair.Create((disk.Disk.Id, disk.State), disk.Since)));
        return new DiskRecords
        {
            Lists = lists,
            Disks = [.. disks],
            Truncated = cut,
            FirstSeen = remembered.ToImmutableDictionary(),
            Replaced = Replaced.IsEmpty
                ? Replaced
                : Replaced.RemoveRange(
                    Replaced.Keys.Except(disks.Where(disk => disk.IsRepaired).Select(disk => disk.Disk.Id))
                ),
        };
    }

    /// <returns>The status to filter disk/list by; null for the dropping list, which has its own path.</returns>
    public static DiskStatus? ToDiskStatus(DiskListKind kind) =>
        kind switch
        {
            DiskListKind.Broken => DiskStatus.Broken,
            DiskListKind.Repairing => DiskStatus.Repairing,
            DiskListKind.Dropping => null,
            DiskListKind.Repaired => DiskStatus.Repaired,
            DiskListKind.Dropped => DiskStatus.Dropped,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a list of disks"),
        };

    public static string ToLabel(DiskListKind kind) =>
        kind switch
        {
            DiskListKind.Broken => "broken",
            DiskListKind.Repairing => "repairing",
            DiskListKind.Dropping => "dropping",
            DiskListKind.Repaired => "repaired",
            DiskListKind.Dropped => "dropped",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}

/// <param name="State">broken, repairing, dropping, repaired or dropped.</param>
/// <param name="Since">When this exporter first saw that state.</param>
public sealed record DiskRecord(DiskReading Disk, string State, DateTimeOffset Since)
{
    public bool IsRepaired => State == DiskRecords.ToLabel(DiskListKind.Repaired);

    public bool IsDropping => State == DiskRecords.ToLabel(DiskListKind.Dropping);
}

/// <summary>Number of disks that are not normal, from the leader's figures. Blobnode disks only, since only they are
/// listed.</summary>
public readonly record struct DiskCounts(long Broken, long Repairing, long Repaired, long Dropping, long Dropped)
{
    /// <summary>Returns null while no leader answers with these figures.</summary>
    public static DiskCounts? FromAnalysis(ClusterAnalysis analysis)
    {
        if (analysis.Leader?.Reading?.Blobnodes is not { } blobnodes)
        {
            return null;
        }
        long Sum(Func<IdcReading, long?> count) => blobnodes.Idcs.Sum(idc => count(idc) ?? 0);
        return new DiskCounts(
            Sum(idc => idc.Broken),
            Sum(idc => idc.Repairing),
            Sum(idc => idc.Repaired),
            Sum(idc => idc.Dropping),
            Sum(idc => idc.Dropped)
        );
    }
}

/// <summary>status of a disk, as /disk/list has it. Dropping is a flag beside it, not a status.</summary>
public enum DiskStatus
{
    Unknown = 0,
    Normal = 1,
    Broken = 2,
    Repairing = 3,
    Repaired = 4,
    Dropped = 5,
}

/// <summary>One row of /disk/list or /disk/droppinglist.</summary>
public sealed record DiskReading(
    ulong Id,
    string Host,
    string Path,
    string Idc,
    string Rack,
    DiskStatus Status,
    bool Readonly
)
{
    /// <summary>Null when it was not requested.</summary>
    public long? FreeChunks { get; init; }
}

/// <summary>One page of disks. An empty page is the last one, whatever its marker.</summary>
/// <param name="Marker">Where the next page starts.</param>
public sealed record DiskPage(ImmutableArray<DiskReading> Disks, ulong Marker) : IListPage
{
    public bool IsEmpty => Disks.IsEmpty;

    /// <summary>Number of rows left out and texts shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }
}
