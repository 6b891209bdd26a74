using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>The last whole scan of the volumes.</summary>
/// <param name="Unknown">Of a code mode that is unknown here.</param>
/// <param name="Worst">That have the least left to lose, at most 20.</param>
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
                JsonText.Time(snapshot.Wall(scan.At)),
                Math.Round((scan.At - scan.BeganAt).TotalSeconds, 3),
                scan.Pages,
                scan.Bytes,
                scan.Volumes,
                scan.Degraded,
                scan.WithDataLeft(left => left <= 0),
                scan.WithDataLeft(left => left == 1),
                scan.Unknown,
                [
                    .. scan.Counts.Select(count =>
                    {
                        var ((number, missing), volumes) = count;
                        var mode = CodeMode.Find(number);
                        return new VolumeCountDocument(
                            CodeMode.NameOf(number),
                            missing,
                            volumes,
                            mode?.DataLeft(missing),
                            mode?.WritesLeft(missing)
                        );
                    }),
                ],
                [
                    .. scan.Worst.Select(volume => new WorstVolumeDocument(
                        JsonText.Id(volume.Id),
                        CodeMode.NameOf(volume.CodeMode),
                        volume.Missing
                    )),
                ]
            );
}

/// <param name="Missing">Units that cannot be written.</param>
/// <param name="DataLeft">Units that may still be lost before data is; −1: data may be lost; null for a code mode that
/// is unknown here.</param>
/// <param name="WritesLeft">Before writes stop, likewise.</param>
internal sealed record VolumeCountDocument(string CodeMode, int Missing, long Volumes, int? DataLeft, int? WritesLeft);

internal sealed record WorstVolumeDocument(string Id, string CodeMode, int Missing);

/// <summary>Free chunks by host, of the last listing of the normal disks.</summary>
/// <param name="Hosts">That have disks which take writes.</param>
/// <param name="Sparse">Hosts with less than a tenth of the median.</param>
/// <param name="Fullest">Those of them with the fewest, at most 64.</param>
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
                JsonText.Time(snapshot.Wall(chunks.At)),
                chunks.Hosts.Count,
                median,
                chunks.Sparse.Length,
                [
                    .. chunks
                        .Sparse.Take(Thresholds.ShortHosts)
                        .Select(host => new HostSpaceDocument(host.Host, host.Idc, host.Disks, host.Free)),
                ]
            );
}

/// <param name="Disks">That take writes.</param>
/// <param name="Free">Chunks.</param>
internal sealed record HostSpaceDocument(string Host, string Idc, int Disks, long Free);
