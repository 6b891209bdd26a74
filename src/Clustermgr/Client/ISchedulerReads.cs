using Refit;

namespace Clustermgr.Client;

/// <summary>The read endpoints of a cluster's scheduler, which requires no token. A follower forwards both to its
/// leader, and answers 502 with an empty body while the leader is dead.</summary>
public interface ISchedulerReads
{
    /// <summary>All tasks, with the jobs of all disks together.</summary>
    [Get("/stats/leader")]
    Task<HttpResponseMessage> GetStatsAsync(CancellationToken ct);

    /// <summary>The jobs of one disk; 500 "not repairing disk" when it is not in progress.</summary>
    /// <param name="taskType">disk_repair or disk_drop.</param>
    [Get("/stats/disk/migrating")]
    Task<HttpResponseMessage> GetMigratingAsync(
        [AliasAs("task_type")] string taskType,
        [AliasAs("disk_id")] ulong diskId,
        CancellationToken ct
    );
}
