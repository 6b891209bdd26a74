using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>{disks:[…], marker} of /disk/list and /disk/droppinglist.</summary>
internal static class DiskPageParser
{
    private const int List = 0,
        Marker = 1;

    /// <summary>A page has at most 200 rows, but the dropping list is a single page: further rows are left out and
    /// counted.</summary>
    private const int MaxRows = 2 * Thresholds.MaxDiskRows;

    private const int Id = 0,
        Host = 1,
        Path = 2,
        Idc = 3,
        Rack = 4,
        Status = 5,
        Readonly = 6,
        FreeChunks = 7;

    private static readonly JsonShape Page = new(
        "",
        new(FieldType.Rows, "disks"),
        new(FieldType.Unsigned, "marker", InSnake: Presence.ZeroWhenAbsent)
    );

    private static readonly JsonShape Disk = Shape();

    /// <summary>A disk without a count of chunks makes the list invalid: its host would seem to have too few.</summary>
    private static readonly JsonShape DiskWithChunks = Shape(new JsonField(FieldType.Count, "free_chunk_cnt"));

    /// <summary>Parses a page without the chunks, which change all the time: two answers are equal while no disk
    /// changes its state.</summary>
    public static DiskPage? Parse(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(utf8, (ref Utf8JsonReader reader) => Read(ref reader, ReadDisk), out reason);

    public static DiskPage? ParseWithChunks(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(
            utf8,
            (ref Utf8JsonReader reader) => Read(ref reader, ReadDiskWithChunks),
            out reason
        );

    private static DiskPage Read(ref Utf8JsonReader reader, RowReader<DiskReading> readDisk)
    {
        var log = StrictList.CreateLog(in reader);
        var row = new JsonRow(Page, log);
        ImmutableArray<DiskReading> disks = [];
        while (row.Next(ref reader))
        {
            disks = StrictList.Read(ref reader, log, Disk.Path, readDisk, MaxRows);
        }
        StrictList.ThrowIfIncomplete(log);
        return new DiskPage(disks, row.UInt64(Marker) ?? 0) { Cuts = log.Cuts };
    }

    private static DiskReading ReadDisk(ref Utf8JsonReader reader, SchemaLog log) => ReadDisk(ref reader, log, false);

    private static DiskReading ReadDiskWithChunks(ref Utf8JsonReader reader, SchemaLog log) =>
        ReadDisk(ref reader, log, true);

    private static DiskReading ReadDisk(ref Utf8JsonReader reader, SchemaLog log, bool chunks)
    {
        var row = new JsonRow(chunks ? DiskWithChunks : Disk, log);
        string host = "",
            path = "",
            idc = "",
            rack = "";
        while (row.Next(ref reader))
        {
            var text = MemberText.Read(in reader, log);
            switch (row.Slot)
            {
                case Host:
                    host = text;
                    break;
                case Path:
                    path = text;
                    break;
                case Idc:
                    idc = text;
                    break;
                case Rack:
                    rack = text;
                    break;
            }
        }
        var status = row.Int64(Status) is { } word and >= (int)DiskStatus.Normal and <= (int)DiskStatus.Dropped
            ? (DiskStatus)word
            : DiskStatus.Unknown;
        return new DiskReading(row.UInt64(Id) ?? 0, host, path, idc, rack, status, row.Flag(Readonly) ?? false)
        {
            FreeChunks = chunks ? row.Int64(FreeChunks) : null,
        };
    }

    private static JsonShape Shape(params JsonField[] more) =>
        new(
            "disks[].",
            [
                new(FieldType.Unsigned, "disk_id"),
                new(FieldType.Text, "host"),
                new(FieldType.Text, "path"),
                new(FieldType.Text, "idc"),
                new(FieldType.Text, "rack", InSnake: Presence.Optional),
                new(FieldType.Signed, "status"),
                new(FieldType.Flag, "readonly"),
                .. more,
            ]
        );
}
