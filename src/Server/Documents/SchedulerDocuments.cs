using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>What the cluster's scheduler says.</summary>
/// <param name="Host">Scheduler that answered last; null before the first answer.</param>
/// <param name="ReadAt">Null before the first answer, and once it is stale.</param>
/// <param name="Failure">Why the last round failed; null if it succeeded.</param>
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
        var snapshot = analysis.Snapshot;
        var scheduler = analysis.Snapshot.Scheduler;
        return new(
            scheduler.Host.Length > 0 ? scheduler.Host : null,
            JsonText.FormatTime(snapshot.ToWallClock(scheduler.ReadAt)),
            scheduler.Detail.Length > 0 ? scheduler.Detail : null,
            [.. scheduler.Reading is { } reading ? reading.Tasks.Select(TaskDocument.Create) : []],
            [.. ProgressFacts.GetDisksInProgress(analysis).Select(disk => DiskProgressDocument.Create(analysis, disk))]
        );
    }
}

/// <param name="Total">Jobs of all disks that are being repaired or dropped.</param>
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

/// <param name="JobsPerMinute">Observed rate; null while there is too little data.</param>
/// <param name="SecondsLeft">Estimate from that rate; null if unknown.</param>
/// <param name="AdvancedAt">When a job was last seen to finish; before that, when the disk was first seen.</param>
/// <param name="Outlook">The estimate in a few words.</param>
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
            JsonText.FormatId(disk.Disk),
            disk.Task,
            disk.Total,
            disk.Done,
            ProgressFacts.GetJobsPerMinute(analysis, disk) is { } rate ? Math.Round(rate, 3) : null,
            ProgressFacts.EstimateRemaining(analysis, disk) is { } left ? (long)Math.Ceiling(left.TotalSeconds) : null,
            JsonText.FormatTime(analysis.Snapshot.ToWallClock(disk.AdvancedAt)),
            ProgressFacts.DescribeOutlook(analysis, disk)
        );
}
