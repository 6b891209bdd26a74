using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>What the cluster's scheduler says.</summary>
/// <param name="Host">That answered last; null before.</param>
/// <param name="ReadAt">Null where nothing is known, or not any more.</param>
/// <param name="Failure">Why the last round brought nothing; null where it did.</param>
internal sealed record SchedulerDocument(
    string? Host,
    string? ReadAt,
    string? Failure,
    ImmutableArray<TaskDocument> Tasks,
    ImmutableArray<DiskProgressDocument> Disks
)
{
    public static SchedulerDocument Create(ClusterAnalysis analysis)
    {
        var (snapshot, scheduler) = (analysis.Snapshot, analysis.Snapshot.Scheduler);
        return new(
            scheduler.Host.Length > 0 ? scheduler.Host : null,
            JsonText.Time(snapshot.Wall(scheduler.ReadAt)),
            scheduler.Detail.Length > 0 ? scheduler.Detail : null,
            [.. scheduler.Reading is { } reading ? reading.Tasks.Select(TaskDocument.Create) : []],
            [.. ProgressFacts.UnderWay(analysis).Select(disk => DiskProgressDocument.Create(analysis, disk))]
        );
    }
}

/// <param name="Total">Jobs of the disks that are under way.</param>
internal sealed record TaskDocument(
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
    public static TaskDocument Create(TaskReading task) =>
        new(task.Task, task.Enabled, task.Preparing, task.Working, task.Finishing, task.Total, task.Done, task.Errors);
}

/// <param name="JobsPerMinute">As observed; null while it is too early to tell.</param>
/// <param name="SecondsLeft">At that rate; null where it is not known.</param>
/// <param name="AdvancedAt">When jobs were last seen to become done; when the disk was first seen, until then.</param>
/// <param name="Outlook">In a few words.</param>
internal sealed record DiskProgressDocument(
    string Id,
    string Task,
    long Total,
    long Done,
    double? JobsPerMinute,
    long? SecondsLeft,
    string AdvancedAt,
    string Outlook
)
{
    public static DiskProgressDocument Create(ClusterAnalysis analysis, DiskProgress disk) =>
        new(
            JsonText.Id(disk.Disk),
            disk.Task,
            disk.Total,
            disk.Done,
            ProgressFacts.PerMinute(analysis, disk) is { } rate ? Math.Round(rate, 3) : null,
            ProgressFacts.Left(analysis, disk) is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
            JsonText.Time(analysis.Snapshot.Wall(disk.AdvancedAt)),
            ProgressFacts.Outlook(analysis, disk)
        );
}
