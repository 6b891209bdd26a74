using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>
/// Asks a cluster's scheduler how far repairs and drops are, and folds it into the state of the cluster. Who it is, the
/// cluster's own list of services says, or the configuration. One host is asked at a time, the next when it fails;
/// where none answers, less and less often.
/// </summary>
/// <param name="connect">Never with the token of clustermgr.</param>
public sealed class SchedulerCollector(
    ClusterConfig cluster,
    ExporterConfig config,
    Func<Uri, SchedulerClient> connect,
    ClusterState state,
    SteadyClock clock,
    RequestEnded? requested = null
)
{
    /// <summary>Of disks that are under way, in one round: a request each.</summary>
    public const int MostDisks = 32;

    /// <summary>From one round to the next where no host answers.</summary>
    private static readonly TimeSpan s_mostPause = TimeSpan.FromMinutes(5);

    private readonly Dictionary<ulong, DateTimeOffset> _asked = [];
    private ImmutableArray<Uri> _hosts = [];
    private DateTimeOffset _notBefore;
    private int _failures;
    private SchedulerClient? _last;

    /// <summary>Asks nobody where it is too early for hosts that did not answer.</summary>
    /// <returns>False where no host is known.</returns>
    public async Task<bool> CollectAsync(CancellationToken ct)
    {
        if (Hosts(out var reason) is not { Length: > 0 } hosts)
        {
            _hosts = [];
            if (state.Snapshot.Scheduler is not { Outcome: null } known || known.Detail != reason)
            {
                state.Fold(before => before.FoldScheduler(null, reason, clock.Now));
            }
            return false;
        }
        if (!hosts.SequenceEqual(_hosts))
        {
            (_hosts, _failures, _notBefore) = (hosts, 0, default);
        }
        if (clock.Now < _notBefore)
        {
            return true;
        }
        if (await AskAsync(hosts, ct) is { } failure)
        {
            state.Fold(before => before.FoldScheduler(failure.Outcome, failure.Detail, failure.At));
            // What is known must not go stale for a single failure.
            var pause = config.SchedulerInterval * Math.Pow(2, Math.Clamp(++_failures - config.StaleAfter, 0, 16));
            _notBefore = clock.Now + (pause < s_mostPause ? pause : s_mostPause) - (config.SchedulerInterval / 2);
        }
        else
        {
            (_failures, _notBefore) = (0, default);
        }
        return true;
    }

    /// <returns>The last failure where no host answers; null where one does.</returns>
    private async Task<Answer<SchedulerReading>?> AskAsync(ImmutableArray<Uri> hosts, CancellationToken ct)
    {
        Answer<SchedulerReading>? failure = null;
        // Who answered last is asked first: connections and forwards are spared.
        foreach (var host in hosts.OrderBy(host => host != _last?.Url))
        {
            var client = _last?.Url == host ? _last : connect(host);
            var answer = Dated(await client.GetStatsAsync(ct));
            Tell(client, answer);
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

    /// <summary>Asks for each disk that is under way, those first that were not asked for the longest.</summary>
    /// <param name="said">When it said what <paramref name="reading"/> is.</param>
    private async Task FollowAsync(
        SchedulerClient client,
        SchedulerReading reading,
        DateTimeOffset said,
        CancellationToken ct
    )
    {
        var disks = UnderWay(reading);
        foreach (var gone in _asked.Keys.Except(disks.Keys).ToList())
        {
            _asked.Remove(gone);
        }
        var read = new Dictionary<ulong, MigrationReading>();
        foreach (
            var disk in disks.Keys.OrderBy(disk => _asked.GetValueOrDefault(disk)).ThenBy(disk => disk).Take(MostDisks)
        )
        {
            if (clock.Now - said >= config.SchedulerInterval)
            {
                break; // the others next time: what it said first must not grow old
            }
            var answer = Dated(await client.GetMigrationAsync(disks[disk], disk, ct));
            Tell(client, answer);
            _asked[disk] = answer.At;
            if (answer.Value is { } migration)
            {
                read[disk] = migration;
            }
            else if (answer.Outcome is not (Outcome.Invalid or Outcome.HttpError))
            {
                break; // it does not answer any more: the others would wait as long
            }
        }
        var rounds = Math.Max(1, (disks.Count + MostDisks - 1) / MostDisks);
        var at = clock.Now;
        state.Fold(before =>
            before.Fold(
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

    /// <summary>As the scheduler lists them, and as clustermgr has them: either may be late.</summary>
    private SortedDictionary<ulong, string> UnderWay(SchedulerReading reading)
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

    /// <param name="reason">Why there is none; a sentence without its end.</param>
    private ImmutableArray<Uri> Hosts(out string reason)
    {
        reason = "";
        if (!cluster.Schedulers.IsDefaultOrEmpty)
        {
            return cluster.Schedulers;
        }
        var services = state.Snapshot.Services.Services;
        // Which services there are only a quorum tells: without one those that were known are asked on.
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
            // What is there is another machine's, seen from here.
            else if (address.IsLoopback && !cluster.Members.All(member => MemberUrl.ReachesThisMachine(member.Url)))
            {
                reason = "the registered schedulers have addresses within their own machine; list them as schedulers";
            }
            else
            {
                hosts.Add(address.Url);
            }
        }
        return hosts.ToImmutable();
    }

    private Answer<T> Dated<T>(Answer<T> answer)
        where T : class => answer with { At = clock.Now };

    private void Tell<T>(SchedulerClient client, Answer<T> answer)
        where T : class =>
        requested?.Invoke(
            new EndedRequest(
                cluster.Name,
                client.Url.Authority,
                Endpoint.Scheduler,
                answer.Outcome,
                answer.Took,
                answer.Detail
            )
        );
}
