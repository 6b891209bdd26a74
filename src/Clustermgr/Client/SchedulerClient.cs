using Clustermgr.Analysis;
using Clustermgr.Parsing;
using Refit;

namespace Clustermgr.Client;

/// <summary>The client of one scheduler, which never sends clustermgr's token. Every failure is returned as an answer
/// with an outcome and a sentence; only cancellation by the caller throws.</summary>
public sealed class SchedulerClient
{
    private static readonly ResponseFormat<SchedulerReading> Stats = new(SchedulerParser.ParseStats);

    private static readonly ResponseFormat<MigrationReading> Migration = new(
        SchedulerParser.ParseMigration,
        (status, error) =>
            status == 500
            && error.StartsWith("not ", StringComparison.Ordinal)
            && error.EndsWith(" disk", StringComparison.Ordinal)
                ? new MigrationReading(null, null)
                : null
    );

    private readonly ISchedulerReads _api;
    private readonly ApiCaller _caller;

    /// <param name="transport">The caller disposes it.</param>
    public SchedulerClient(HttpMessageHandler transport, Uri url, TimeSpan timeout, int maxBodyBytes, TimeProvider time)
    {
        Url = url;
        _api = HttpApi.Create<ISchedulerReads>(transport, url, timeout, time);
        _caller = new ApiCaller(new ClientOptions(url, null, timeout, maxBodyBytes) { Tokenless = true }, time);
    }

    public Uri Url { get; }

    public Task<Answer<SchedulerReading>> GetStatsAsync(CancellationToken ct) =>
        _caller.AskAsync(Stats, (_, stop) => _api.GetStatsAsync(stop), ct);

    /// <param name="task">disk_repair or disk_drop.</param>
    public Task<Answer<MigrationReading>> GetMigrationAsync(string task, ulong disk, CancellationToken ct) =>
        _caller.AskAsync(Migration, (_, stop) => _api.GetMigratingAsync(task, disk, stop), ct);
}

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
