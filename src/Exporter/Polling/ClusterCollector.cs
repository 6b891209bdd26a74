using System.Collections.Immutable;
using ClustermgrExporter.Clustermgr;
using ClustermgrExporter.Clusters;
using Serilog;
using Serilog.Events;

namespace ClustermgrExporter.Polling;

/// <summary>Asks the members of one cluster and folds every answer into its state as it comes.</summary>
internal sealed class ClusterCollector(ImmutableArray<ClustermgrClient> clients, ClusterState state, ILogger log)
{
    public ClusterState State => state;

    public async Task CollectStatAsync(int member, CancellationToken ct)
    {
        try
        {
            var answer = await clients[member].GetStatAsync(ct);
            Tell(member, Endpoint.Stat, answer);
            state.Fold(before => before.Fold(member, answer));
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // A fault of ours must not leave the member's last good values standing: it counts as a failed poll.
            state.Fold(before => before.Fold(member, new Answer<StatReading>(
                Outcome.Invalid, null, "a fault of this program, which its log tells", before.At, TimeSpan.Zero)));
            throw;
        }
    }

    /// <summary>All keys side by side, so that one that hangs holds back no other.</summary>
    /// <returns>False when there was nobody to ask.</returns>
    public async Task<bool> CollectSwitchesAsync(CancellationToken ct)
    {
        var outcomes = await Task.WhenAll(TaskSwitches.Keys.Select(key => CollectSwitchAsync(key, ct)));
        state.Fold(before => before.FoldQuorum(ReachedQuorum(outcomes)));
        return outcomes.Any(outcome => outcome is not null);
    }

    /// <returns>True when every list was read.</returns>
    public async Task<bool> CollectDisksAsync(CancellationToken ct)
    {
        var lists = new Dictionary<DiskListKind, DiskList>();
        var kinds = Enum.GetValues<DiskListKind>();
        foreach (var kind in kinds)
        {
            var (outcome, list) = await ReadDiskListAsync(kind, ct);
            if (list is not null) lists.Add(kind, list);
            // Without a quorum every list would hang as this one did.
            if (outcome is not Outcome.Ok && state.Snapshot.LinearizableReadUp is not true) break;
        }
        state.Fold(before => before.Fold(lists));
        return lists.Count == kinds.Length;
    }

    /// <summary>The registered instances, and of each service that has some, the live ones.</summary>
    /// <returns>True when all was read.</returns>
    public async Task<bool> CollectServicesAsync(CancellationToken ct)
    {
        var registered = await AskAsync(Endpoint.Services, client => client.ListServicesAsync(ct), (before, list, _) => before.FoldRegistered(
            list.Instances.Select(instance => ServiceRecord.Word(instance.Name)).ToImmutableHashSet(StringComparer.Ordinal)));
        if (registered?.Value is not { } page) return false;
        var byName = page.Instances.GroupBy(instance => instance.Name, StringComparer.Ordinal);
        var read = await Task.WhenAll(byName.Select(service => CollectServiceAsync(service.Key, service, ct)));
        return read.All(succeeded => succeeded);
    }

    private async Task<Outcome?> CollectSwitchAsync(string key, CancellationToken ct)
    {
        var answer = await AskAsync(
            Endpoint.Config, client => client.GetSwitchAsync(key, ct), (before, reading, at) => before.Fold(key, reading, at));
        return answer?.Outcome;
    }

    private async Task<(Outcome?, DiskList?)> ReadDiskListAsync(DiskListKind kind, CancellationToken ct)
    {
        var rows = ImmutableArray.CreateBuilder<DiskReading>();
        ulong marker = 0;
        while (true)
        {
            var from = marker;
            var answer = await AskAsync(Endpoint.Disks, client => kind == DiskListKind.Dropping
                ? client.ListDroppingDisksAsync(ct)
                : client.ListDisksAsync(StatusOf(kind), from, ct));
            if (answer is not { Value: { } page, At: var at }) return (answer?.Outcome, null);
            rows.AddRange(page.Disks);
            var truncated = rows.Count > Thresholds.DiskRows;
            // The last page still has a marker: only an empty page ends the list. A marker that stands still never would.
            if (kind != DiskListKind.Dropping && !truncated && page.Disks.Length > 0 && page.Marker > marker)
            {
                marker = page.Marker;
                continue;
            }
            return (Outcome.Ok, new DiskList(at, rows.DrainToImmutable(), truncated));
        }
    }

    private async Task<bool> CollectServiceAsync(string name, IEnumerable<ServiceInstance> registered, CancellationToken ct)
    {
        var live = await AskAsync(Endpoint.Services, client => client.GetServiceAsync(name, ct), (before, page, at) =>
        {
            var record = ServiceRecord.Of(ServiceRecord.Word(name), registered, page.Instances, at);
            return before.Fold(record.Service, record);
        });
        return live?.Value is not null;
    }

    /// <summary>
    /// Asks the leader if known, then members that follow one, then the others that answer, until one has a value: any
    /// member serves these reads, each at the cost of a round of the quorum. 907 or 908 from a member that follows the
    /// leader is the cluster's word, and another knows no better; from one that is cut off it is its own.
    /// </summary>
    /// <param name="fold">What the value changes: with the count of its request in one step, since every step is judged
    /// and rendered. Null where values are gathered first.</param>
    /// <returns>The value or the last failure; null when no member answers at all.</returns>
    private async Task<Answer<T>?> AskAsync<T>(
        Endpoint endpoint, Func<ClustermgrClient, Task<Answer<T>>> ask,
        Func<ClusterSnapshot, T, DateTimeOffset, ClusterSnapshot>? fold = null)
        where T : class
    {
        Answer<T>? last = null;
        var asked = new List<int>();
        while (Next(asked) is { } member)
        {
            asked.Add(member);
            var answer = await ask(clients[member]);
            Tell(member, endpoint, answer);
            state.Fold(before =>
            {
                var counted = before.Tally(member, endpoint, answer.Outcome, answer.At, answer.Took);
                return answer.Value is { } value && fold is not null ? fold(counted, value, answer.At) : counted;
            });
            last = answer;
            var denied = answer.Outcome is Outcome.ReadIndex or Outcome.NoLeader;
            if (answer.Outcome == Outcome.Ok || (denied && Rank(state.Analysis, member) < CutOff)) break;
        }
        return last;
    }

    /// <summary>Every request, for who looks for something at debug level; else only changes are told.</summary>
    private void Tell<T>(int member, Endpoint endpoint, Answer<T> answer) where T : class
    {
        if (!log.IsEnabled(LogEventLevel.Debug)) return;
        var snapshot = state.Snapshot;
        log.ForContext("cluster", snapshot.Cluster).ForContext("member", snapshot.Members[member].Name)
            .ForContext("seconds", answer.Took.TotalSeconds).ForContext("outcome", Words.Of(answer.Outcome))
            .Debug("asked for {Endpoint:l}{Detail:l}", Words.Of(endpoint), answer.Detail.Length > 0 ? $": {answer.Detail}" : "");
    }

    private int? Next(List<int> asked)
    {
        var analysis = state.Analysis;
        var left = Enumerable.Range(0, clients.Length).Where(i => analysis.Snapshot.Members[i].Up && !asked.Contains(i));
        return left.OrderBy(i => Rank(analysis, i)).Select(i => (int?)i).FirstOrDefault();
    }

    private const int CutOff = 2;

    private static int Rank(ClusterAnalysis analysis, int member)
    {
        var record = analysis.Snapshot.Members[member];
        return ReferenceEquals(record, analysis.Leader) ? 0 : Leadership.Follows(analysis.Snapshot, record) ? 1 : CutOff;
    }

    /// <summary>True: some read reached a quorum. False: reads were denied or hung. Null: nothing that tells, such as a
    /// refused token.</summary>
    private static bool? ReachedQuorum(Outcome?[] outcomes) =>
        outcomes.Contains(Outcome.Ok) ? true
        : outcomes.Any(outcome => outcome is Outcome.ReadIndex or Outcome.NoLeader or Outcome.Timeout) ? false
        : null;

    private static DiskStatus StatusOf(DiskListKind kind) => kind switch
    {
        DiskListKind.Broken => DiskStatus.Broken,
        DiskListKind.Repairing => DiskStatus.Repairing,
        DiskListKind.Repaired => DiskStatus.Repaired,
        DiskListKind.Dropped => DiskStatus.Dropped,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a status"),
    };
}
