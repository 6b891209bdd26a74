using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>/stats/leader of a scheduler: the background tasks that it knows, by name.</summary>
public sealed record SchedulerReading(ImmutableArray<TaskReading> Tasks)
{
    /// <summary>Returns null when the scheduler has no such task.</summary>
    public TaskReading? Task(string name) => Tasks.FirstOrDefault(task => task.Task == name);

    /// <summary>Compares arrays by their contents, which records compare by reference.</summary>
    public bool Equals(SchedulerReading? other) => other is not null && Tasks.SequenceEqual(other.Tasks);

    public override int GetHashCode() => Tasks.Length;
}

/// <summary>One task as the scheduler reports it. Fields that are missing from the answer are null.</summary>
/// <param name="Task">disk_repair, disk_drop, balance, …: the names of the switches, and manual_migrate.</param>
/// <param name="Enabled">The switch as last read by the scheduler, 5 to 15 s late.</param>
/// <param name="Preparing">Number of jobs over all disks, as are the next two.</param>
/// <param name="Total">Number of jobs of the disks in progress. All counts fall to 0 when the last disk is
/// done.</param>
/// <param name="Done">Finished jobs of <paramref name="Total"/>.</param>
/// <param name="Errors">Errors since the scheduler was started.</param>
public sealed record TaskReading(
    string Task,
    bool? Enabled,
    long? Preparing,
    long? Working,
    long? Finishing,
    long? Total,
    long? Done,
    long? Errors
)
{
    public const string DiskRepair = "disk_repair",
        DiskDrop = "disk_drop";

    /// <summary>Ids of the disks in progress, at most <see cref="Thresholds.MaxDiskRows"/>.</summary>
    public ImmutableArray<ulong> Disks { get; init; } = [];

    public bool Equals(TaskReading? other) =>
        other is not null
        && (Task, Enabled, Preparing, Working, Finishing, Total, Done, Errors)
            == (
                other.Task,
                other.Enabled,
                other.Preparing,
                other.Working,
                other.Finishing,
                other.Total,
                other.Done,
                other.Errors
            )
        && Disks.SequenceEqual(other.Disks);

    public override int GetHashCode() => HashCode.Combine(Task, Total, Done);
}

/// <summary>/stats/disk/migrating of one disk.</summary>
/// <param name="Total">Null, as is <paramref name="Done"/>, when the disk is not being repaired or dropped; that is not
/// a failure.</param>
public sealed record MigrationReading(long? Total, long? Done);
