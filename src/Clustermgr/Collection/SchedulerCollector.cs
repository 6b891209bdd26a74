using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>
/// Reads the progress of repairs and drops from a cluster's scheduler and folds it into the state of the cluster. The
/// scheduler's hosts come from the cluster's list of services or from the configuration. One host is asked at a time,
/// the next when it fails; while none answers, attempts become less frequent.
/// </summary>
/// <param name="connect">Creates a client that never sends clustermgr's token.</param>
public sealed class SchedulerCollector(
    ClusterConfig cluster,
    ExporterConfig config,
    Func<Uri, SchedulerClient> connect,
    ClusterState state,
    SteadyClock clock,
    RequestObserver? requestObserver = null
)
{
    /// <summary>Maximum number of disks that are read in one round, one request each.</summary>
    public const int MaxDisks = 32;

    /// <summary>Maximum pause between rounds while no host answers.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(5);

    private readonly Dictionary<ulong, DateTimeOffset> _asked = [];
    private ImmutableArray<Uri> _hosts = [];
    private DateTimeOffset _notBefore;
    private int _failures;
    private SchedulerClient? _last;

    /// <summary>Runs one round; does nothing while it waits after failures.</summary>
    /// <returns>False when no host is known.</returns>
    public async Task<bool> CollectAsync(CancellationToken ct)
    {
        if (Hosts(out var reason) is not { Length: > 0 } hosts)
        {
            _hosts = [];
            if (state.Snapshot.Scheduler is not { Outcome: null } known || known.Detail != reason)
            {
                state.Apply(before => before.ApplySchedulerFailure(null, reason, clock.Now));
            }
            return false;
        }
        if (!hosts.SequenceEqual(_hosts))
        {
            _hosts = hosts;
            _failures = 0;
            _notBefore = default;
        }
        if (clock.Now < _notBefore)
        {
            return true;
        }
        if (await AskAsync(hosts, ct) is { } failure)
        {
            state.Apply(before => before.ApplySchedulerFailure(failure.Outcome, failure.Detail, failure.At));
            // What is known must not go stale for a single failure.
            var pause = config.SchedulerInterval * Math.Pow(2, Math.Clamp(++_failures - config.StaleAfter, 0, 16));
            _notBefore = clock.Now + (pause < MaxPause ? pause : MaxPause) - (config.SchedulerInterval / 2);
        }
        else
        {
            _failures = 0;
            _notBefore = default;
        }
        return true;
    }

    /// <returns>The last failure when no host answers; null when one does.</returns>
    private async Task<Answer<SchedulerReading>?> AskAsync(ImmutableArray<Uri> hosts, CancellationToken ct)
    {
        Answer<SchedulerReading>? failure = null;
        // The host that answered last is asked first, which saves connections and forwards.
        foreach (var host in hosts.OrderBy(host => host != _last?.Url))
        {
            var client = _last?.Url == host ? _last : connect(host);
            var answer = WithSteadyTime(await client.GetStatsAsync(ct));
            NotifyCompleted(client, answer);
            if (answer.Value is { } reading)
            {
                _last = client;
                await FollowAsync(client, reading, answer.At, ct);
                return null;
            }
            failure = answer;
        }
        return failure;
    }

    /// <summary>Reads the progress of each disk in progress, those first that were not read for the longest.</summary>
    /// <param name="said">When <paramref name="reading"/> was received.</param>
    private async Task FollowAsync(
        SchedulerClient client,
        SchedulerReading reading,
        DateTimeOffset said,
        CancellationToken ct
    )
    {
        var disks = GetDisksInProgress(reading);
        foreach (var gone in _asked.Keys.Except(disks.Keys).ToList())
        {
            _asked.Remove(gone);
        }
        var read = new Dictionary<ulong, MigrationReading>();
        foreach (
            var disk in disks.Keys.OrderBy(disk => _asked.GetValueOrDefault(disk)).ThenBy(disk => disk).Take(MaxDisks)
        )
        {
            if (clock.Now - said >= config.SchedulerInterval)
            {
                break; // the others next time: the first reading must not become stale
            }
            var answer = WithSteadyTime(await client.GetMigrationAsync(disks[disk], disk, ct));
            NotifyCompleted(client, answer);
            _asked[disk] = answer.At;
            if (answer.Value is { } migration)
            {
                read[disk] = migration;
            }
            else if (answer.Outcome is not (Outcome.Invalid or Outcome.HttpError))
            {
                break; // it no longer answers: the others would time out too
            }
        }
        var rounds = Math.Max(1, (disks.Count + MaxDisks - 1) / MaxDisks);
        var at = clock.Now;
        state.Apply(before =>
            before.Apply(
                new SchedulerAnswer(
                    client.Url.GetLeftPart(UriPartial.Authority),
                    reading,
                    [
                        .. disks.Select(disk => new MigratingDisk(
                            disk.Key,
                            disk.Value,
                            read.GetValueOrDefault(disk.Key)
                        )),
                    ],
                    at
                )
                {
                    SaidAt = said,
                    Oldest = at - (config.StaleAfter * rounds * config.SchedulerInterval),
                }
            )
        );
    }

    /// <summary>The disks in progress according to the scheduler and to clustermgr; either may be late.</summary>
    private SortedDictionary<ulong, string> GetDisksInProgress(SchedulerReading reading)
    {
        var disks = new SortedDictionary<ulong, string>();
        foreach (var record in state.Snapshot.Disks.Disks)
        {
            if (record.State is "repairing" or "dropping")
            {
                disks[record.Disk.Id] = record.State == "repairing" ? TaskReading.DiskRepair : TaskReading.DiskDrop;
            }
        }
        foreach (var task in (string[])[TaskReading.DiskDrop, TaskReading.DiskRepair])
        {
            foreach (var disk in reading.Task(task)?.Disks ?? [])
            {
                disks[disk] = task;
            }
        }
        return disks;
    }

    /// <param name="reason">Why there is no host, as a sentence without its full stop.</param>
    private ImmutableArray<Uri> Hosts(out string reason)
    {
        reason = "";
        if (!cluster.Schedulers.IsDefaultOrEmpty)
        {
            return cluster.Schedulers;
        }
        var services = state.Snapshot.Services.Services;
        // The list of services needs a quorum; without one the known hosts are still asked.
        if (services.IsEmpty && !_hosts.IsEmpty)
        {
            return _hosts;
        }
        if (!services.TryGetValue(ServiceRecord.Scheduler, out var registered))
        {
            reason = "no scheduler is registered, as far as is known";
            return [];
        }
        var hosts = ImmutableArray.CreateBuilder<Uri>();
        foreach (var host in registered.Hosts)
        {
            if (MemberUrl.ParseAddress(host, out _) is not { } address)
            {
                reason = "no registered scheduler has an address that can be asked";
            }
            // A loopback address of another machine cannot be reached from here.
            else if (address.IsLoopback && !cluster.Members.All(member => MemberUrl.ReachesThisMachine(member.Url)))
            {
                reason = "the registered schedulers have loopback addresses; list them as schedulers";
            }
            else
            {
                hosts.Add(address.Url);
            }
        }
        return hosts.ToImmutable();
    }

    private Answer<T> WithSteadyTime<T>(Answer<T> answer)
        where T : class => answer with { At = clock.Now };

    private void NotifyCompleted<T>(SchedulerClient client, Answer<T> answer)
        where T : class =>
        requestObserver?.Invoke(
            new CompletedRequest(
                cluster.Name,
                client.Url.Authority,
                Endpoint.Scheduler,
                answer.Outcome,
                answer.Took,
                answer.Detail
            )
        );
}
