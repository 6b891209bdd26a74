using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>Which disks are not normal, and since when.</summary>
internal static class DiskFamilies
{
    private const string Absent = "Absent before the first complete reading and once it is stale.";

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Info(
            "clustermgr_disk_info",
            "disk_id host path idc rack state",
            "Each disk that is broken, repairing, repaired, dropping or dropped, at most 500 a cluster.",
            $"/disk/list, /disk/droppinglist. {Absent}",
            (lines, analysis) =>
            {
                foreach (var (disk, state, _) in GetDisks(analysis))
                {
                    lines.Add(true, Id(disk), disk.Host, disk.Path, disk.Idc, disk.Rack, state);
                }
            }
        ),
        Gauge(
            "clustermgr_disk_state_since_timestamp_seconds",
            "disk_id",
            "Unix time at which this exporter first saw the disk's present state.",
            $"clustermgr keeps none. {Absent}",
            (lines, analysis) =>
            {
                foreach (var (disk, _, since) in GetDisks(analysis))
                {
                    lines.Add(SampleValue.Time(analysis.Snapshot.ToWallClock(since)), Id(disk));
                }
            }
        ),
        Gauge(
            "clustermgr_disk_replaced",
            "disk_id",
            "1 if a normal disk is registered at the path of a repaired one, 0 if nobody has replaced it.",
            "/disk/list?status=1&host=, of eight hosts a round; while it is 0 again every 10 minutes. Absent for a disk that is not "
                + $"repaired, or was not asked about yet. {Absent}",
            (lines, analysis) =>
            {
                foreach (var (disk, _, _) in GetDisks(analysis))
                {
                    if (analysis.Snapshot.Disks.Replaced.TryGetValue(disk.Id, out var replaced))
                    {
                        lines.Add(replaced, Id(disk));
                    }
                }
            }
        ),
        PerCluster(
            "clustermgr_disk_info_truncated",
            "1 if more disks are not normal than clustermgr_disk_info holds.",
            $"Also where a list stopped before its end. {Absent}",
            analysis => analysis.Snapshot.Disks is { ReadAt: not null } disks ? disks.Truncated : (bool?)null
        ),
    ];

    private static ImmutableArray<DiskRecord> GetDisks(ClusterAnalysis analysis) =>
        analysis.Snapshot.Disks is { ReadAt: not null } disks ? disks.Disks : [];

    private static string Id(DiskReading disk) => disk.Id.ToString(CultureInfo.InvariantCulture);
}
