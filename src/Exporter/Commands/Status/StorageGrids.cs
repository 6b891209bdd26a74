using System.Globalization;
using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Disks, space and volumes, from the leader's figures; empty when no leader answers.</summary>
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

    /// <summary>The progress of disks that are being repaired or dropped.</summary>
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
                        disks.Replaced.TryGetValue(record.Disk.Id, out var replaced)
                            ? $"{record.State}, {(replaced ? "replaced" : "not replaced")}"
                            : record.State,
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
        // Master always sends the block: without a disk it would look full.
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

    /// <summary>Volumes that lack units, by what they may still lose.</summary>
    public static Grid Scanned(VolumeScan? scan) =>
        new(
            "scanned volumes",
            StatusDocument.Columns("CODE", "UNITS MISSING", "VOLUMES", "DATA SURVIVES", "WRITES SURVIVE"),
            [
                .. (scan?.Counts.AsEnumerable() ?? []).Select(count =>
                {
                    var ((number, missing), volumes) = count;
                    var mode = CodeMode.Find(number);
                    return new Row(
                        $"{number} {missing}",
                        [
                            CodeMode.NameOf(number),
                            CellText.Number(missing),
                            CellText.Number<long>(volumes),
                            Left(mode?.DataLeft(missing), "may be lost"),
                            Left(mode?.WritesLeft(missing), "stopped"),
                        ]
                    );
                }),
            ]
        );

    /// <summary>The effect of a removal on the volumes, by code mode.</summary>
    public static Grid Without(WhatIf? without) =>
        new(
            "volumes without it",
            StatusDocument.Columns(
                "WITHOUT IT",
                "VOLUMES AFFECTED",
                "NOTHING LEFT TO LOSE",
                "DATA LOST",
                "WRITES STOP"
            ),
            [
                .. (without?.Modes ?? []).Select(mode => new Row(
                    mode.CodeMode,
                    [
                        mode.CodeMode,
                        CellText.Number<long>(mode.Affected),
                        Harm(mode.NothingLeft, TextStyle.Ticket),
                        Harm(mode.DataLost, TextStyle.Page),
                        Harm(mode.WritesStop, TextStyle.Page),
                    ]
                )),
            ]
        );

    /// <summary>The volumes that would have nothing left.</summary>
    public static Grid Worst(WhatIf? without) =>
        new(
            "worst volumes without it",
            StatusDocument.Columns("VOLUME", "CODE", "UNITS MISSING THEN", "DATA SURVIVES"),
            [
                .. (without?.Worst ?? []).Select(one => new Row(
                    CellText.Number<ulong>(one.Volume.Id),
                    [
                        CellText.Number<ulong>(one.Volume.Id),
                        CodeMode.NameOf(one.Volume.CodeMode),
                        CellText.Number(one.Missing),
                        Left(CodeMode.Find(one.Volume.CodeMode)?.DataLeft(one.Missing), "lost"),
                    ]
                )),
            ]
        );

    private static Cell Harm(long volumes, TextStyle style) =>
        new(CellText.Number<long>(volumes), volumes > 0 ? style : TextStyle.None);

    private static Cell Left(int? left, string gone) =>
        left switch
        {
            null => CellText.Unknown,
            < 0 => new Cell(gone, TextStyle.Page),
            0 => new Cell("none more", TextStyle.Page),
            { } more => $"{CellText.Number(more)} more",
        };

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
