using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>How far repairs and drops are, by the cluster's scheduler.</summary>
internal static class SchedulerFamilies
{
    private const string Absent =
        "Absent where no scheduler is asked or answers, and once its answer is stale (after stale_after intervals of "
        + "scheduler_interval).";

    private const string DiskSource =
        "/stats/disk/migrating of each disk that is repaired or dropped, 32 a round. All gone when the last job is done and the "
        + "disk is repaired.";

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Gauge(
            "clustermgr_task_enabled",
            "task",
            "1 if the scheduler has read the task's switch as enabled, 0 if not.",
            $"/stats/leader: enable. It notices a change 5 to 15 s late. {Absent}",
            (lines, analysis) => Each(lines, analysis, static task => task.Enabled)
        ),
        Gauge(
            "clustermgr_task_jobs",
            "task stage",
            "Jobs of a background task by stage: preparing, working, finishing.",
            $"/stats/leader: preparing_cnt, worker_doing_cnt, finishing_cnt. {Absent}",
            WriteStages
        ),
        Gauge(
            "clustermgr_task_migration_jobs",
            "task state",
            "Jobs of all disks that are repaired or dropped now: total, and done of them.",
            $"/stats/leader: total_tasks_cnt, repaired_tasks_cnt, dropped_tasks_cnt. Both fall to 0 when the last disk is done: the end "
                + $"looks like nothing to do. {Absent}",
            WriteMigrations
        ),
        Gauge(
            "clustermgr_disk_migration_jobs",
            "disk_id task state",
            "Jobs of one disk that is repaired or dropped now: total, and done of them.",
            $"{DiskSource} {Absent}",
            (lines, analysis) =>
            {
                foreach (var disk in analysis.Snapshot.Scheduler.Disks.Values)
                {
                    lines.Add(disk.Total, Id(disk), disk.Task, "total");
                    lines.Add(disk.Done, Id(disk), disk.Task, "done");
                }
            }
        ),
        Gauge(
            "clustermgr_disk_migration_advanced_timestamp_seconds",
            "disk_id task",
            "Unix time at which this exporter last saw jobs of the disk become done; when it first saw it, until then.",
            $"{DiskSource} {Absent}",
            (lines, analysis) =>
            {
                foreach (var disk in analysis.Snapshot.Scheduler.Disks.Values)
                {
                    lines.Add(SampleValue.Time(analysis.Snapshot.ToWallClock(disk.AdvancedAt)), Id(disk), disk.Task);
                }
            }
        ),
        Counter(
            "clustermgr_task_errors_total",
            "task",
            "Errors that a task of the leading scheduler met, since that one was started.",
            "/stats/leader: total_err_cnt of shard_repair and blob_delete; those of the other schedulers are not in it. "
                + Absent,
            (lines, analysis) => Each(lines, analysis, static task => task.Errors)
        ),
    ];

    private static ImmutableArray<TaskReading> Tasks(ClusterAnalysis analysis) =>
        analysis.Snapshot.Scheduler.Reading?.Tasks ?? [];

    private static void Each(LineWriter lines, ClusterAnalysis analysis, Func<TaskReading, SampleValue> value)
    {
        foreach (var task in Tasks(analysis))
        {
            lines.Add(value(task), task.Task);
        }
    }

    private static void WriteStages(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var task in Tasks(analysis))
        {
            lines.Add(task.Preparing, task.Task, "preparing");
            lines.Add(task.Working, task.Task, "working");
            lines.Add(task.Finishing, task.Task, "finishing");
        }
    }

    private static void WriteMigrations(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var task in Tasks(analysis))
        {
            lines.Add(task.Total, task.Task, "total");
            lines.Add(task.Done, task.Task, "done");
        }
    }

    private static string Id(DiskProgress disk) => disk.Disk.ToString(CultureInfo.InvariantCulture);
}
