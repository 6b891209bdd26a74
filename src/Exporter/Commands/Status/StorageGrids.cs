using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Disks, space and volumes, by the leader's figures; empty where none answers.</summary>
internal static class StorageGrids
{
    public static IEnumerable<Grid> Disks(StatReading? leader)
    {
        if (leader?.Blobnodes is { Idcs.IsEmpty: false } blobnodes)
        {
            yield return Disks("blobnodes", "CHUNKS FREE", idc => idc.ChunksFree, blobnodes);
        }
        if (leader?.Shardnodes is { Idcs.IsEmpty: false } shardnodes)
        {
            yield return Disks("shardnodes", "SHARDS FREE", idc => idc.ShardsFree, shardnodes);
        }
    }

    public static Grid NotNormal(DiskRecords disks) =>
        new(
            "disks that are not normal",
            StatusSheet.Columns("DISK", "STATE", "IDC", "RACK", "HOST", "PATH"),
            [
                .. disks.Disks.Select(record => new Row(
                    Shown.Number<ulong>(record.Disk.Id),
                    [
                        Shown.Number<ulong>(record.Disk.Id),
                        record.State,
                        Shown.Text(record.Disk.Idc),
                        Shown.Text(record.Disk.Rack),
                        Shown.Text(record.Disk.Host),
                        Shown.Text(record.Disk.Path),
                    ]
                )),
            ]
        );

    public static Grid Space(StatReading? leader)
    {
        var types = new List<(string Name, SpaceReading Space)>();
        if (leader?.Blobnodes is { } blobnodes)
        {
            types.Add(("blobnodes", blobnodes));
        }
        // Master always answers with the block: without a disk it would look like one that is full.
        if (leader?.Shardnodes is { Idcs.IsEmpty: false } shardnodes)
        {
            types.Add(("shardnodes", shardnodes));
        }
        return new Grid(
            "space",
            StatusSheet.Columns("SPACE", "TOTAL", "USED", "FREE", "WRITABLE", "READONLY", "RESERVED"),
            [
                .. types.Select(type => new Row(
                    type.Name,
                    [
                        type.Name,
                        Shown.Bytes(type.Space.Total),
                        Shown.Bytes(type.Space.Used),
                        Shown.Bytes(type.Space.Free),
                        Shown.Bytes(type.Space.Writable),
                        Shown.Bytes(type.Space.Readonly),
                        Shown.Bytes(type.Space.Reserved),
                    ]
                )),
            ]
        );
    }

    public static Grid Volumes(StatReading? leader) =>
        new(
            "volumes",
            StatusSheet.Columns("VOLUMES", "ALLOCATABLE", "IDLE", "ACTIVE", "LOCKED", "UNLOCKING"),
            leader?.Volumes is { } volumes
                ?
                [
                    new Row(
                        "",
                        [
                            Shown.Number(volumes.Total),
                            Shown.Number(volumes.Allocatable),
                            Shown.Number(volumes.Idle),
                            Shown.Number(volumes.Active),
                            Shown.Number(volumes.Locked),
                            Shown.Number(volumes.Unlocking),
                        ]
                    ),
                ]
                : []
        );

    /// <summary>The states overlap; usable are those that take writes.</summary>
    private static Grid Disks(string type, string freeTitle, Func<IdcReading, long?> free, SpaceReading space) =>
        new(
            $"{type} by IDC",
            [
                new($"{type.ToUpperInvariant()} IN"),
                new("TOTAL"),
                new("USABLE"),
                new("EXPIRED"),
                new("BROKEN"),
                new("REPAIRING"),
                new("DROPPING"),
                new(freeTitle, Spare: 1),
                new("REPAIRED", Spare: 2),
                new("DROPPED", Spare: 3),
                new("READONLY", Spare: 4),
            ],
            [
                .. space.Idcs.Select(idc => new Row(
                    idc.Idc,
                    [
                        idc.Idc,
                        Shown.Number(idc.Total),
                        Shown.Number(Facts.Usable(idc)),
                        Shown.Number(idc.Expired),
                        Shown.Number(idc.Broken),
                        Shown.Number(idc.Repairing),
                        Shown.Number(idc.Dropping),
                        Shown.Number(free(idc)),
                        Shown.Number(idc.Repaired),
                        Shown.Number(idc.Dropped),
                        Shown.Number(idc.Readonly),
                    ]
                )),
            ]
        );
}
