using System.Globalization;

namespace Clustermgr.Analysis;

/// <summary>Progress of disk repairs and drops for pages, API and command line: jobs done, rate and time
/// left.</summary>
public static class ProgressFacts
{
    /// <summary>Disks that are repaired or dropped now, by id.</summary>
    public static IEnumerable<DiskProgress> GetDisksInProgress(ClusterAnalysis analysis) =>
        analysis.Snapshot.Scheduler.Disks.Values;

    /// <summary>Jobs a minute; null while it is too early to tell.</summary>
    public static double? GetJobsPerMinute(ClusterAnalysis analysis, DiskProgress disk) =>
        disk.Rate(analysis.Snapshot.At) * 60;

    /// <summary>Time until the last job is done; null when unknown and while the task is switched off.</summary>
    public static TimeSpan? EstimateRemaining(ClusterAnalysis analysis, DiskProgress disk) =>
        IsStalled(analysis, disk) || DescribeSwitch(analysis, disk) is not null
            ? null
            : disk.EstimateRemaining(analysis.Snapshot.At);

    /// <summary>True when jobs are left and none was finished for <see cref="Thresholds.StalledAfter"/>.</summary>
    public static bool IsStalled(ClusterAnalysis analysis, DiskProgress disk) =>
        !disk.IsDone && analysis.Snapshot.At - disk.AdvancedAt >= Thresholds.StalledAfter;

    /// <summary>Describes the expected progress of a disk in a few words.</summary>
    public static string DescribeOutlook(ClusterAnalysis analysis, DiskProgress disk)
    {
        var off = DescribeSwitch(analysis, disk);
        return disk switch
        {
            { IsDone: true } when off is not null =>
                $"all jobs are done; the last step waits for {disk.Task}, which is {off}",
            { IsDone: true } => "all jobs are done; the last step is left",
            _ when off is not null =>
                $"{(IsStalled(analysis, disk) ? "stands still" : "no new job begins")}: {disk.Task} is {off}",
            _ when IsStalled(analysis, disk) => "stands still",
            { Total: 0 } => "no job is listed",
            _ when EstimateRemaining(analysis, disk) is { } left => $"{FormatApproximate(left)} left",
            _ => "too early to tell how long",
        };
    }

    /// <summary>The state of the task's switch when it is known and not enabled; else null.</summary>
    private static string? DescribeSwitch(ClusterAnalysis analysis, DiskProgress disk) =>
        analysis.Snapshot.Switches.FirstOrDefault(entry => entry.Key == disk.Task) is { Reading: not null } entry
        && TaskSwitches.GetState(entry.Key, entry.Reading) is not SwitchState.Enabled and var state
            ? LabelNames.ToLabel(state)
            : null;

    /// <summary>Why the progress of repairs and drops is unknown; null when it is known or no disk is being repaired or
    /// dropped.</summary>
    public static string? DescribeUnknown(ClusterAnalysis analysis)
    {
        var snapshot = analysis.Snapshot;
        var scheduler = analysis.Snapshot.Scheduler;
        if (
            scheduler.Reading is not null
            || snapshot.Settings.SchedulerInterval == TimeSpan.Zero
            || !snapshot.Disks.Disks.Any(disk => disk.State is "repairing" or "dropping")
        )
        {
            return null;
        }
        return scheduler switch
        {
            { Outcome: { } outcome, Detail: "" } => $"no scheduler answers ({LabelNames.ToLabel(outcome)})",
            { Outcome: not null, Detail: var detail } => $"no scheduler answers ({detail})",
            { Detail: "" } => "no scheduler has answered yet",
            { Detail: var reason } => reason,
        };
    }

    /// <summary>"about 1h20m".</summary>
    public static string FormatApproximate(TimeSpan time) =>
        time switch
        {
            { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"about {time.TotalDays:0} days"),
            { TotalHours: >= 1 } => $"about {(int)time.TotalHours}h{time.Minutes:00}m",
            { TotalMinutes: >= 1 } => $"about {(int)Math.Ceiling(time.TotalMinutes)}m",
            _ => "less than a minute",
        };
}
