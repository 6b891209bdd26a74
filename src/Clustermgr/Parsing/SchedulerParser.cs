using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>
/// Parses /stats/leader and /stats/disk/migrating. Releases differ in their fields, and the figures per minute are
/// texts for people: known fields are read, others are skipped. A negative count makes the answer invalid.
/// </summary>
internal static class SchedulerParser
{
    /// <summary>Older releases lack these two and have the tasks at the top.</summary>
    private const int Blobnode = 0,
        Shard = 1,
        FirstTask = 2;

    private const int Enable = 0,
        Preparing = 1,
        Working = 2,
        Finishing = 3,
        Total = 4,
        Repaired = 5,
        Dropped = 6,
        RepairingDisks = 7,
        DroppingDisks = 8,
        Errors = 9;

    private const int MigratingTotal = 0,
        Migrated = 1;

    private static readonly string[] TaskNames =
    [
        TaskReading.DiskRepair,
        TaskReading.DiskDrop,
        "balance",
        "manual_migrate",
        "volume_inspect",
        "shard_repair",
        "blob_delete",
        "shard_disk_repair",
    ];

    private static readonly JsonShape Root = new(
        "",
        [
            .. ((string[])["blobnode", "shard", .. TaskNames]).Select(name => new JsonField(
                FieldType.Nested,
                name,
                InSnake: Presence.Optional
            )),
        ]
    );

    private static readonly JsonShape Task = new(
        "task.",
        Optional(FieldType.Flag, "enable"),
        Optional(FieldType.Count, "preparing_cnt"),
        Optional(FieldType.Count, "worker_doing_cnt"),
        Optional(FieldType.Count, "finishing_cnt"),
        Optional(FieldType.Count, "total_tasks_cnt"),
        Optional(FieldType.Count, "repaired_tasks_cnt"),
        Optional(FieldType.Count, "dropped_tasks_cnt"),
        Optional(FieldType.Rows, "repairing_disks"),
        Optional(FieldType.Rows, "dropping_disks"),
        Optional(FieldType.Count, "total_err_cnt")
    );

    private static readonly JsonShape Migration = new(
        "",
        new(FieldType.Count, "total_tasks_cnt"),
        new(FieldType.Count, "migrated_tasks_cnt")
    );

    public static SchedulerReading? ParseStats(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(utf8, ReadStats, out reason);

    public static MigrationReading? ParseMigration(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(utf8, ReadMigration, out reason);

    private static JsonField Optional(FieldType type, string name) => new(type, name, InSnake: Presence.Optional);

    private static SchedulerReading ReadStats(ref Utf8JsonReader reader)
    {
        var log = StrictList.CreateLog(in reader);
        var tasks = new List<TaskReading>();
        ReadTasks(ref reader, log, tasks, nested: false);
        if (tasks.Count == 0)
        {
            throw new InvalidBodyException("no task of a scheduler is in it");
        }
        return new SchedulerReading(
            tasks.GroupBy(task => task.Task).Any(task => task.Count() > 1)
                ? throw new InvalidBodyException("a task comes twice")
                : [.. tasks.OrderBy(task => Array.IndexOf(TaskNames, task.Task))]
        );
    }

    private static void ReadTasks(ref Utf8JsonReader reader, SchemaLog log, List<TaskReading> tasks, bool nested)
    {
        var row = new JsonRow(Root, log);
        while (row.Next(ref reader))
        {
            if (row.Slot is not (Blobnode or Shard))
            {
                tasks.Add(ReadTask(ref reader, log, TaskNames[row.Slot - FirstTask]));
            }
            else if (nested)
            {
                reader.Skip();
            }
            else
            {
                ReadTasks(ref reader, log, tasks, nested: true);
            }
        }
    }

    private static TaskReading ReadTask(ref Utf8JsonReader reader, SchemaLog log, string name)
    {
        var row = new JsonRow(Task, log);
        ImmutableArray<ulong> disks = [];
        while (row.Next(ref reader))
        {
            if (row.Slot is RepairingDisks or DroppingDisks)
            {
                disks = ReadIds(ref reader, log);
            }
        }
        var total = row.Int64(Total);
        var done = row.Int64(Repaired) ?? row.Int64(Dropped);
        if (done > total)
        {
            throw new InvalidBodyException($"{name} has {done} of {total} jobs done");
        }
        return new TaskReading(
            name,
            row.Flag(Enable),
            row.Int64(Preparing),
            row.Int64(Working),
            row.Int64(Finishing),
            total,
            done,
            row.Int64(Errors)
        )
        {
            Disks = disks,
        };
    }

    private static ImmutableArray<ulong> ReadIds(ref Utf8JsonReader reader, SchemaLog log)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }
        var ids = ImmutableArray.CreateBuilder<ulong>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out var id))
            {
                throw InvalidBodyException.At(in reader, "a disk's id is not a number");
            }
            if (ids.Count == Thresholds.MaxDiskRows)
            {
                log.Cut();
                continue;
            }
            ids.Add(id);
        }
        return [.. ids.Distinct().Order()];
    }

    private static MigrationReading ReadMigration(ref Utf8JsonReader reader)
    {
        var log = StrictList.CreateLog(in reader);
        var row = new JsonRow(Migration, log);
        while (row.Next(ref reader)) { }
        StrictList.ThrowIfIncomplete(log);
        var total = row.Int64(MigratingTotal)!.Value;
        var done = row.Int64(Migrated)!.Value;
        return done <= total
            ? new MigrationReading(total, done)
            : throw new InvalidBodyException($"{done} of {total} jobs are done");
    }
}
