using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>The last complete scan of the volumes.</summary>
/// <param name="Unknown">Volumes whose code mode this program does not know.</param>
/// <param name="Worst">The volumes that can lose the fewest further units, at most 20.</param>
internal sealed record VolumeScanDocument(
    string At,
    double Seconds,
    int Pages,
    long Bytes,
    long Volumes,
    long Degraded,
    long NothingLeft,
    long OneLeft,
    long Unknown,
    ImmutableArray<VolumeCountDocument> Counts,
    ImmutableArray<WorstVolumeDocument> Worst
)
{
    public static VolumeScanDocument? Create(ClusterSnapshot snapshot) =>
        snapshot.VolumeScan is not { } scan
            ? null
            : new(
                JsonText.FormatTime(snapshot.ToWallClock(scan.At)),
                Math.Round((scan.At - scan.BeganAt).TotalSeconds, 3),
                scan.Pages,
                scan.Bytes,
                scan.Volumes,
                scan.Degraded,
                scan.CountWithDataLeft(left => left <= 0),
                scan.CountWithDataLeft(left => left == 1),
                scan.Unknown,
                [
                    .. scan.Counts.Select(count =>
                    {
                        var ((number, missing), volumes) = count;
                        var mode = CodeMode.Find(number);
                        return new VolumeCountDocument(
                            CodeMode.GetName(number),
                            missing,
                            volumes,
                            mode?.DataLeft(missing),
                            mode?.WritesLeft(missing)
                        );
                    }),
                ],
                [
                    .. scan.Worst.Select(volume => new WorstVolumeDocument(
                        JsonText.FormatId(volume.Id),
                        CodeMode.GetName(volume.CodeMode),
                        volume.Missing
                    )),
                ]
            );
}

/// <param name="Missing">Units that cannot be written.</param>
/// <param name="DataLeft">Units that may still be lost without data loss; −1 if data may already be lost; null for an
/// unknown code mode.</param>
/// <param name="WritesLeft">The same, before writes stop.</param>
internal sealed record VolumeCountDocument(string CodeMode, int Missing, long Volumes, int? DataLeft, int? WritesLeft);

internal sealed record WorstVolumeDocument(string Id, string CodeMode, int Missing);

/// <summary>Free chunks by host, from the last listing of the normal disks.</summary>
/// <param name="Hosts">Number of hosts with writable disks.</param>
/// <param name="Sparse">Hosts with less than a tenth of the median.</param>
/// <param name="Fullest">The sparse hosts with the fewest free chunks, at most 64.</param>
internal sealed record HostChunksDocument(
    string At,
    int Hosts,
    long MedianFree,
    int Sparse,
    ImmutableArray<HostSpaceDocument> Fullest
)
{
    public static HostChunksDocument? Create(ClusterSnapshot snapshot) =>
        snapshot.HostChunks is not { Median: { } median } chunks
            ? null
            : new(
                JsonText.FormatTime(snapshot.ToWallClock(chunks.At)),
                chunks.Hosts.Count,
                median,
                chunks.Sparse.Length,
                [
                    .. chunks
                        .Sparse.Take(Thresholds.MaxSparseHosts)
                        .Select(host => new HostSpaceDocument(host.Host, host.Idc, host.Disks, host.Free)),
                ]
            );
}

/// <param name="Disks">Number of writable disks.</param>
/// <param name="Free">Free chunks.</param>
internal sealed record HostSpaceDocument(string Host, string Idc, int Disks, long Free);
