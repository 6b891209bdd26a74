using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>One row of /volume/list, as far as it is read.</summary>
/// <param name="Missing">Units that cannot be written: −health_score.</param>
public readonly record struct VolumeRow(ulong Id, int CodeMode, int Missing)
{
    /// <summary>Where its units are; empty when they were not requested.</summary>
    public ImmutableArray<VolumeUnit> Units { get; init; } = [];
}

/// <param name="Host">URL of the blobnode.</param>
public readonly record struct VolumeUnit(ulong DiskId, string Host);

/// <summary>One page of volumes. An empty one is the last.</summary>
/// <param name="Marker">Where the next page starts.</param>
/// <param name="Bytes">Size of the answer.</param>
public sealed record VolumePage(ImmutableArray<VolumeRow> Volumes, ulong Marker, int Bytes) : IListPage
{
    public bool IsEmpty => Volumes.IsEmpty;

    public static readonly VolumePage Empty = new([], 0, 0);
}

/// <summary>The result of a complete volume scan.</summary>
/// <param name="BeganAt">When its first page was requested.</param>
/// <param name="At">When its last page arrived.</param>
public sealed record VolumeScan(DateTimeOffset BeganAt, DateTimeOffset At) : IListScan<VolumePage, VolumeScan>
{
    private const int MaxWorst = 20;

    /// <summary>Maximum number of combinations of code mode and missing units; a cluster has a few dozen.</summary>
    private const int MaxCounts = 1024;

    public int Pages { get; init; }

    public long Bytes { get; init; }

    /// <summary>Volumes by code mode and units that cannot be written.</summary>
    public ImmutableSortedDictionary<(int CodeMode, int Missing), long> Counts { get; init; } =
        ImmutableSortedDictionary<(int CodeMode, int Missing), long>.Empty;

    /// <summary>Degraded volumes with the fewest units left to lose, worst first, at most 20.</summary>
    public ImmutableArray<VolumeRow> Worst { get; init; } = [];

    public bool IsWithinLimits => Counts.Count <= MaxCounts;

    public long Volumes => Counts.Values.Sum();

    public long Degraded => Counts.Where(count => count.Key.Missing > 0).Sum(count => count.Value);

    /// <summary>Number of volumes with an unknown code mode.</summary>
    public long Unknown => Counts.Where(count => CodeMode.Find(count.Key.CodeMode) is null).Sum(count => count.Value);

    /// <summary>Counts volumes by the number of units that may still be lost before data is lost.</summary>
    public long CountWithDataLeft(Func<int, bool> left) =>
        Counts
            .Where(count => CodeMode.Find(count.Key.CodeMode) is { } mode && left(mode.DataLeft(count.Key.Missing)))
            .Sum(count => count.Value);

    public VolumeScan Complete(DateTimeOffset at) => this with { At = at };

    public bool IsComplete(ClusterAnalysis analysis) =>
        Volumes >= (analysis.Leader?.Reading?.Volumes?.Total ?? 0) * IListScan<VolumePage, VolumeScan>.MinShareOfTotal;

    public VolumeScan Add(VolumePage page, DateTimeOffset at)
    {
        var counts = Counts.ToBuilder();
        foreach (var volume in page.Volumes)
        {
            var key = (volume.CodeMode, volume.Missing);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        var degraded = page.Volumes.Where(volume => volume.Missing > 0).Select(volume => volume with { Units = [] });
        return this with
        {
            At = at,
            Pages = Pages + 1,
            Bytes = Bytes + page.Bytes,
            Counts = counts.ToImmutable(),
            Worst =
            [
                .. Worst
                    .Concat(degraded)
                    .OrderBy(volume => CodeMode.Find(volume.CodeMode)?.DataLeft(volume.Missing) ?? int.MaxValue)
                    .ThenByDescending(volume => volume.Missing)
                    .ThenBy(volume => volume.Id)
                    .Take(MaxWorst),
            ],
        };
    }
}
