using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>Space and disks of one node type, as the leader reports them.</summary>
internal sealed record NodeTypeDocument(
    string NodeType,
    long? TotalBytes,
    long? FreeBytes,
    long? UsedBytes,
    long? WritableBytes,
    long? ReadonlyBytes,
    long? ReservedBytes,
    long? Nodes,
    long? Disks,
    ImmutableArray<IdcDocument> Idcs
)
{
    public static NodeTypeDocument Create((string Type, SpaceReading Space) node)
    {
        var (type, space) = node;
        return new(
            type,
            space.Total,
            space.Free,
            space.Used,
            space.Writable,
            space.Readonly,
            space.Reserved,
            space.Nodes,
            space.Disks,
            [.. space.Idcs.Select(IdcDocument.Create)]
        );
    }
}

/// <summary>Disks of one IDC. The states overlap.</summary>
internal sealed record IdcDocument(
    string Idc,
    long? Total,
    long? Available,
    long? Usable,
    long? Readonly,
    long? Expired,
    long? Broken,
    long? Repairing,
    long? Repaired,
    long? Dropping,
    long? Dropped,
    long? Chunks,
    long? ChunksFree
)
{
    public static IdcDocument Create(IdcReading idc) =>
        new(
            idc.Idc,
            idc.Total,
            idc.Available,
            ClusterFacts.Usable(idc),
            idc.Readonly,
            idc.Expired,
            idc.Broken,
            idc.Repairing,
            idc.Repaired,
            idc.Dropping,
            idc.Dropped,
            idc.Chunks,
            idc.ChunksFree
        );
}

/// <summary>The disks that are not normal.</summary>
internal sealed record AbnormalDisksDocument(string? ReadAt, bool Truncated, ImmutableArray<DiskDocument> Rows)
{
    public static AbnormalDisksDocument Create(ClusterSnapshot snapshot) =>
        new(
            JsonText.FormatTime(snapshot.ToWallClock(snapshot.Disks.ReadAt)),
            snapshot.Disks.Truncated,
            [
                .. snapshot.Disks.Disks.Select(record => new DiskDocument(
                    JsonText.FormatId(record.Disk.Id),
                    record.Disk.Host,
                    record.Disk.Path,
                    record.Disk.Idc,
                    record.Disk.Rack,
                    record.State,
                    JsonText.FormatTime(snapshot.ToWallClock(record.Since)),
                    snapshot.Disks.Replaced.TryGetValue(record.Disk.Id, out var replaced) ? replaced : null
                )),
            ]
        );
}

internal sealed record DiskDocument(
    string Id,
    string? Host,
    string? Path,
    string? Idc,
    string? Rack,
    string State,
    string? Since,
    bool? Replaced
);

internal sealed record VolumesDocument(
    long? Total,
    long? Idle,
    long? Allocatable,
    long? Active,
    long? Locked,
    long? Unlocking
)
{
    public static VolumesDocument Create(VolumeReading volumes) =>
        new(volumes.Total, volumes.Idle, volumes.Allocatable, volumes.Active, volumes.Locked, volumes.Unlocking);
}
