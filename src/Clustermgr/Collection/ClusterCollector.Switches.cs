using System.Collections.Concurrent;
using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

/// <summary>The switches of the tasks.</summary>
public sealed partial class ClusterCollector
{
    /// <summary>A member that answers all its keys within it needs no second connection: kept until the next round, a
    /// thousand of them are 10 MiB.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    private ImmutableArray<string> _spared = [];

    /// <summary>The scheduler no longer vouches for a key that the last round left out, so that it may have another
    /// value now.</summary>
    public bool SwitchesInDoubt =>
        state.Snapshot.Switches.Any(entry => _spared.Contains(entry.Key) && !IsVouchedFor(entry));

    private bool IsVouchedFor(SwitchRecord entry) => TaskSwitches.IsVouchedFor(entry, state.Snapshot.Scheduler);

    /// <summary>Nothing is wrong and no disk is under way: only then may a switch be seen to go off some seconds later.
    /// </summary>
    private bool IsCalm =>
        state.Analysis.Findings.IsEmpty
        && !state.Snapshot.Disks.Disks.Any(disk => disk.State is "broken" or "repairing" or "dropping");

    private bool IsSpared(SwitchRecord entry) =>
        state.Snapshot.LinearizableReadUp is true
        && IsVouchedFor(entry)
        && clock.Now - state.Snapshot.Scheduler.ReadAt <= state.Snapshot.Rules.TaskInterval * 1.5
        && clock.Now - entry.AnsweredAt < TaskSwitches.RereadAfter;

    /// <summary>The keys that one member does not answer are asked of the next, those that it was not asked for first:
    /// so a key that hangs holds back no other.</summary>
    /// <remarks>Keys that the scheduler vouches for are read again only every few minutes: each costs the cluster a
    /// round of its quorum. The others show every time whether there is one.</remarks>
    /// <returns>False when there was nobody to ask.</returns>
    public async Task<bool> CollectSwitchesAsync(CancellationToken ct)
    {
        _spared = IsCalm ? [.. state.Snapshot.Switches.Where(IsSpared).Select(entry => entry.Key)] : [];
        var outcomes = new ConcurrentDictionary<string, Outcome>(StringComparer.Ordinal);
        var asked = new HashSet<int>();
        IReadOnlyCollection<string> left = [.. TaskSwitches.Keys.Except(_spared, StringComparer.Ordinal)];
        while (left.Count > 0 && AskingOrder.Next(state.Analysis, asked.Contains) is { } member)
        {
            asked.Add(member);
            left = await CollectSwitchesAsync(member, left, outcomes, ct);
        }
        state.Fold(before => before.FoldQuorum(ReachedQuorum(outcomes.Values)));
        return !outcomes.IsEmpty;
    }

    /// <summary>Asks one member for keys, one after another on each connection: who waits for one would do so within
    /// its deadline, and be called late for it. A timeout ends that connection's part, so a hung member costs one. Only
    /// where one connection takes long is there another.</summary>
    /// <returns>The keys that another may know: those that were not asked for, then those that failed.</returns>
    private async Task<IReadOnlyCollection<string>> CollectSwitchesAsync(
        int member,
        IEnumerable<string> keys,
        ConcurrentDictionary<string, Outcome> outcomes,
        CancellationToken ct
    )
    {
        var (left, failed) = (new ConcurrentQueue<string>(keys), new ConcurrentQueue<string>());
        var first = ReadAsync();
        if (!first.IsCompleted && state.Snapshot.LinearizableReadUp is not false)
        {
            await Task.WhenAny(first, clock.DelayAsync(s_patience, ct));
        }
        await Task.WhenAll([
            first,
            .. Enumerable.Range(1, ReadLanes.LinearizableConnections - 1).Select(_ => ReadAsync()),
        ]);
        return [.. left, .. failed];

        async Task ReadAsync()
        {
            var late = false;
            while (!late && left.TryDequeue(out var key))
            {
                var answer = await AskAsync(
                    member,
                    Endpoint.Config,
                    client => client.GetSwitchAsync(key, ct),
                    (before, reading, at) => before.Fold(key, reading, at)
                );
                outcomes[key] = answer.Outcome;
                late = answer.Outcome == Outcome.Timeout;
                if (!AskingOrder.Settles(state.Analysis, member, answer.Outcome))
                {
                    failed.Enqueue(key);
                }
            }
        }
    }

    /// <summary>True: some read reached a quorum. False: reads were denied or hung. Null: nothing that tells, such as a
    /// refused token.</summary>
    private static bool? ReachedQuorum(ICollection<Outcome> outcomes) =>
        outcomes.Contains(Outcome.Ok) ? true
        : outcomes.Any(outcome => outcome is Outcome.ReadIndex or Outcome.NoLeader or Outcome.Timeout) ? false
        : null;
}
