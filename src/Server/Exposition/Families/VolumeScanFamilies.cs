using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>How many units volumes may still lose, and which hosts have few free chunks, by the last scan.</summary>
internal static class VolumeScanFamilies
{
    private const string Absent =
        "Absent without volume_scan_interval, before the first whole scan, and once it is stale.";

    private const string DiskSource =
        "/disk/list of normal disks, read with the volumes: host, idc, free_chunk_cnt, without those that are read-only "
        + "or dropping. Absent too where they could not be listed.";

    private const string Source = "/volume/list: code_mode, health_score (−k: k units cannot be written).";

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Gauge(
            "clustermgr_volumes_degraded",
            "code_mode missing",
            "Volumes of which units cannot be written, by code mode and how many.",
            $"{Source} An unknown code mode is shown as its number. {Absent}",
            (lines, analysis) =>
            {
                foreach (var ((mode, missing), volumes) in Counts(analysis).Where(count => count.Key.Missing > 0))
                {
                    lines.Add(volumes, CodeMode.GetName(mode), missing.ToString(CultureInfo.InvariantCulture));
                }
            }
        ),
        Gauge(
            "clustermgr_volumes_tolerance",
            "code_mode of left",
            "Volumes by how many units may still be lost: of=data before data is, of=writes before writes stop.",
            $"{Source} left=-1: it may have happened already. With local parity a worst case, since it is not known which units "
                + $"are missing. Absent for code modes that are unknown here. {Absent}",
            WriteTolerance
        ),
        PerCluster(
            "clustermgr_volumes_unknown_code_mode",
            "Volumes of a code mode that is unknown here, of which nothing is guessed.",
            $"{Source} Numbers from 240 on are a site's own. {Absent}",
            analysis => analysis.Snapshot.VolumeScan?.Unknown
        ),
        PerCluster(
            "clustermgr_volume_scan_timestamp_seconds",
            "Unix time at which the last whole scan of the volumes ended.",
            Absent,
            analysis =>
                analysis.Snapshot.VolumeScan is { } scan
                    ? SampleValue.Time(analysis.Snapshot.ToWallClock(scan.At))
                    : default
        ),
        PerCluster(
            "clustermgr_volume_scan_duration_seconds",
            "How long the last whole scan of the volumes took, with its pauses.",
            Absent,
            analysis => analysis.Snapshot.VolumeScan is { } scan ? (scan.At - scan.BeganAt).TotalSeconds : (double?)null
        ),
        PerCluster(
            "clustermgr_hosts_short_of_chunks",
            "Blobnodes that have less than a tenth of the median of free chunks.",
            $"{DiskSource} 0 where the median is below ten. {Absent}",
            analysis =>
                analysis.Snapshot.HostChunks is { Median: not null } chunks ? chunks.Sparse.Length : (double?)null
        ),
        PerCluster(
            "clustermgr_host_chunks_free_median",
            "Free chunks of the blobnode in the middle, on disks that take writes.",
            $"{DiskSource} {Absent}",
            analysis => analysis.Snapshot.HostChunks?.Median
        ),
        Gauge(
            "clustermgr_host_chunks_free",
            "idc host",
            "Free chunks of a blobnode that has less than a tenth of the median.",
            $"{DiskSource} The 64 with the fewest; absent for all others. {Absent}",
            (lines, analysis) =>
            {
                foreach (var host in analysis.Snapshot.HostChunks?.Sparse.Take(Thresholds.MaxSparseHosts) ?? [])
                {
                    lines.Add(host.Free, host.Idc, host.Host);
                }
            }
        ),
    ];

    private static ImmutableSortedDictionary<(int CodeMode, int Missing), long> Counts(ClusterAnalysis analysis) =>
        analysis.Snapshot.VolumeScan?.Counts ?? ImmutableSortedDictionary<(int CodeMode, int Missing), long>.Empty;

    private static void WriteTolerance(LineWriter lines, ClusterAnalysis analysis)
    {
        var known = Counts(analysis)
            .Select(count => (Mode: CodeMode.Find(count.Key.CodeMode), count.Key.Missing, Volumes: count.Value))
            .Where(count => count.Mode is not null)
            .ToList();
        foreach (var mode in known.GroupBy(count => count.Mode!))
        {
            Write(mode, "data", missing => mode.Key.DataLeft(missing));
            Write(mode, "writes", missing => mode.Key.WritesLeft(missing));
        }

        void Write(
            IGrouping<CodeMode, (CodeMode? Mode, int Missing, long Volumes)> mode,
            string of,
            Func<int, int> left
        )
        {
            // The values that alerts use are always written, also as 0, so that an alert ends at once when its cause is
            // gone.
            var volumes = new SortedDictionary<int, long>
            {
                [-1] = 0,
                [0] = 0,
                [1] = 0,
            };
            foreach (var (_, missing, count) in mode)
            {
                volumes[left(missing)] = volumes.GetValueOrDefault(left(missing)) + count;
            }
            foreach (var (still, count) in volumes)
            {
                lines.Add(count, mode.Key.Name, of, still.ToString(CultureInfo.InvariantCulture));
            }
        }
    }
}
