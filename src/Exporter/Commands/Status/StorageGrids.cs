using System.Globalization;
using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Disks, space and volumes, from the leader's figures; empty when no leader answers.</summary>
internal static class StorageGrids
{
    public static IEnumerable<ReportTable> Disks(StatReading? leader)
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
    public static ReportTable Progress(ClusterAnalysis analysis) =>
        new(
            "repairs and drops",
            StatusDocument
                .Columns("DISK", "TASK", "JOBS", "DONE")
                .Add(new ReportColumn("A MINUTE", DropOrder: 1, IsVolatile: true))
                .Add(new ReportColumn("OUTLOOK")),
            [
                .. ProgressFacts
                    .GetDisksInProgress(analysis)
                    .Select(disk => new ReportRow(
                        $"{disk.Disk} {disk.Task}",
                        [
                            CellText.Number<ulong>(disk.Disk),
                            disk.Task,
                            CellText.Number<long>(disk.Total),
                            CellText.Number<long>(disk.Done),
                            ProgressFacts.GetJobsPerMinute(analysis, disk) is { } rate
                                ? rate.ToString("0.#", CultureInfo.InvariantCulture)
                                : CellText.Unknown,
                            ProgressFacts.DescribeOutlook(analysis, disk),
                        ]
                    )),
            ]
        );

    public static ReportTable NotNormal(DiskRecords disks) =>
        new(
            "disks that are not normal",
            StatusDocument.Columns("DISK", "STATE", "IDC", "RACK", "HOST", "PATH"),
            [
                .. disks.Disks.Select(record => new ReportRow(
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

    public static ReportTable Space(StatReading? leader)
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
        return new ReportTable(
            "space",
            StatusDocument.Columns("SPACE", "TOTAL", "USED", "FREE", "WRITABLE", "READONLY", "RESERVED"),
            [
                .. types.Select(type => new ReportRow(
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
    public static ReportTable CreateScanGrid(VolumeScan? scan) =>
        new(
            "scanned volumes",
            StatusDocument.Columns("CODE", "UNITS MISSING", "VOLUMES", "DATA SURVIVES", "WRITES SURVIVE"),
            [
                .. (scan?.Counts.AsEnumerable() ?? []).Select(count =>
                {
                    var ((number, missing), volumes) = count;
                    var mode = CodeMode.Find(number);
                    return new ReportRow(
                        $"{number} {missing}",
                        [
                            CodeMode.GetName(number),
                            CellText.Number(missing),
                            CellText.Number<long>(volumes),
                            FormatLeft(mode?.DataLeft(missing), "may be lost"),
                            FormatLeft(mode?.WritesLeft(missing), "stopped"),
                        ]
                    );
                }),
            ]
        );

    /// <summary>The effect of a removal on the volumes, by code mode.</summary>
    public static ReportTable CreateImpactGrid(RemovalImpact? impact) =>
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
                .. (impact?.Modes ?? []).Select(mode => new ReportRow(
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
    public static ReportTable Worst(RemovalImpact? impact) =>
        new(
            "worst volumes without it",
            StatusDocument.Columns("VOLUME", "CODE", "UNITS MISSING THEN", "DATA SURVIVES"),
            [
                .. (impact?.Worst ?? []).Select(one => new ReportRow(
                    CellText.Number<ulong>(one.Volume.Id),
                    [
                        CellText.Number<ulong>(one.Volume.Id),
                        CodeMode.GetName(one.Volume.CodeMode),
                        CellText.Number(one.Missing),
                        FormatLeft(CodeMode.Find(one.Volume.CodeMode)?.DataLeft(one.Missing), "lost"),
                    ]
                )),
            ]
        );

    private static ReportCell Harm(long volumes, TextStyle style) =>
        new(CellText.Number<long>(volumes), volumes > 0 ? style : TextStyle.None);

    private static ReportCell FormatLeft(int? left, string gone) =>
        left switch
        {
            null => CellText.Unknown,
            < 0 => new ReportCell(gone, TextStyle.Page),
            0 => new ReportCell("none more", TextStyle.Page),
            { } more => $"{CellText.Number(more)} more",
        };

    public static ReportTable Volumes(StatReading? leader) =>
        new(
            "volumes",
            StatusDocument.Columns("VOLUMES", "ALLOCATABLE", "IDLE", "ACTIVE", "LOCKED", "UNLOCKING"),
            leader?.Volumes is { } volumes
                ?
                [
                    new ReportRow(
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
    private static ReportTable Disks(string type, string freeTitle, Func<IdcReading, long?> free, SpaceReading space) =>
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
                new(freeTitle, DropOrder: 1),
                new("REPAIRED", DropOrder: 2),
                new("DROPPED", DropOrder: 3),
                new("READONLY", DropOrder: 4),
            ],
            [
                .. space.Idcs.Select(idc => new ReportRow(
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
