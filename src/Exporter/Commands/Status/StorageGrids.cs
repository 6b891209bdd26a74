using System.Globalization;
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

    /// <summary>How far each disk is that is repaired or dropped.</summary>
    public static Grid Progress(ClusterAnalysis analysis) =>
        new(
            "repairs and drops",
            StatusDocument
                .Columns("DISK", "TASK", "JOBS", "DONE")
                .Add(new Column("A MINUTE", Spare: 1, Moves: true))
                .Add(new Column("OUTLOOK")),
            [
                .. ProgressFacts
                    .UnderWay(analysis)
                    .Select(disk => new Row(
                        $"{disk.Disk} {disk.Task}",
                        [
                            CellText.Number<ulong>(disk.Disk),
                            disk.Task,
                            CellText.Number<long>(disk.Total),
                            CellText.Number<long>(disk.Done),
                            ProgressFacts.PerMinute(analysis, disk) is { } rate
                                ? rate.ToString("0.#", CultureInfo.InvariantCulture)
                                : CellText.Unknown,
                            ProgressFacts.Outlook(analysis, disk),
                        ]
                    )),
            ]
        );

    public static Grid NotNormal(DiskRecords disks) =>
        new(
            "disks that are not normal",
            StatusDocument.Columns("DISK", "STATE", "IDC", "RACK", "HOST", "PATH"),
            [
                .. disks.Disks.Select(record => new Row(
                    CellText.Number<ulong>(record.Disk.Id),
                    [
                        CellText.Number<ulong>(record.Disk.Id),
                        record.State,
                        CellText.Text(record.Disk.Idc),
                        CellText.Text(record.Disk.Rack),
                        CellText.Text(record.Disk.Host),
                        CellText.Text(record.Disk.Path),
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
            StatusDocument.Columns("SPACE", "TOTAL", "USED", "FREE", "WRITABLE", "READONLY", "RESERVED"),
            [
                .. types.Select(type => new Row(
                    type.Name,
                    [
                        type.Name,
                        CellText.Bytes(type.Space.Total),
                        CellText.Bytes(type.Space.Used),
                        CellText.Bytes(type.Space.Free),
                        CellText.Bytes(type.Space.Writable),
                        CellText.Bytes(type.Space.Readonly),
                        CellText.Bytes(type.Space.Reserved),
                    ]
                )),
            ]
        );
    }

    public static Grid Volumes(StatReading? leader) =>
        new(
            "volumes",
            StatusDocument.Columns("VOLUMES", "ALLOCATABLE", "IDLE", "ACTIVE", "LOCKED", "UNLOCKING"),
            leader?.Volumes is { } volumes
                ?
                [
                    new Row(
                        "",
                        [
                            CellText.Number(volumes.Total),
                            CellText.Number(volumes.Allocatable),
                            CellText.Number(volumes.Idle),
                            CellText.Number(volumes.Active),
                            CellText.Number(volumes.Locked),
                            CellText.Number(volumes.Unlocking),
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
                        CellText.Number(idc.Total),
                        CellText.Number(ClusterFacts.Usable(idc)),
                        CellText.Number(idc.Expired),
                        CellText.Number(idc.Broken),
                        CellText.Number(idc.Repairing),
                        CellText.Number(idc.Dropping),
                        CellText.Number(free(idc)),
                        CellText.Number(idc.Repaired),
                        CellText.Number(idc.Dropped),
                        CellText.Number(idc.Readonly),
                    ]
                )),
            ]
        );
}
