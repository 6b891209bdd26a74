using System.Collections.Concurrent;
using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

/// <summary>Reads of the task switches.</summary>
public sealed partial class ClusterCollector
{
    /// <summary>A member that answers all its keys within this time needs no second connection. Kept until the next
    /// round, a thousand second connections are 10 MiB.</summary>
    private static readonly TimeSpan SecondConnectionDelay = TimeSpan.FromMilliseconds(250);

    private ImmutableArray<string> _skipped = [];

    /// <summary>True when the scheduler no longer vouches for a key that the last round left out, so that its value may
    /// have changed.</summary>
    public bool HasUnconfirmedSwitches =>
        state.Snapshot.Switches.Any(entry => _skipped.Contains(entry.Key) && !IsConfirmed(entry));

    private bool IsConfirmed(SwitchRecord entry) => TaskSwitches.IsConfirmedBy(entry, state.Snapshot.Scheduler);

    /// <summary>True when there is no finding and no disk is broken, repaired or dropped. Only then may a switched-off
    /// task be noticed some seconds later.</summary>
    private bool IsHealthy =>
        state.Analysis.Findings.IsEmpty
        && !state.Snapshot.Disks.Disks.Any(disk => disk.State is "broken" or "repairing" or "dropping");

    private bool CanSkip(SwitchRecord entry) =>
        state.Snapshot.LinearizableReadUp is true
        && IsConfirmed(entry)
        && clock.Now - state.Snapshot.Scheduler.ReadAt <= state.Snapshot.Settings.TaskInterval * 1.5
        && clock.Now - entry.AnsweredAt < TaskSwitches.RereadAfter;

    /// <summary>Reads the switches. Keys that one member does not answer are read from the next member, unread keys
    /// first, so that a key that hangs does not block the others.</summary>
    /// <remarks>Keys that the scheduler vouches for are read again only every few minutes, since each read costs the
    /// cluster a quorum round. The other keys are read every time and show whether there is a quorum.</remarks>
    /// <returns>False when no member could be asked.</returns>
    public async Task<bool> CollectSwitchesAsync(CancellationToken ct)
    {
        _skipped = IsHealthy ? [.. state.Snapshot.Switches.Where(CanSkip).Select(entry => entry.Key)] : [];
        var outcomes = new ConcurrentDictionary<string, Outcome>(StringComparer.Ordinal);
        var asked = new HashSet<int>();
        IReadOnlyCollection<string> left = [.. TaskSwitches.Keys.Except(_skipped, StringComparer.Ordinal)];
        while (left.Count > 0 && MemberSelector.SelectNext(state.Analysis, asked.Contains) is { } member)
        {
            asked.Add(member);
            left = await CollectSwitchesAsync(member, left, outcomes, ct);
        }
        state.Apply(before => before.ApplyQuorum(ReachedQuorum(outcomes.Values)));
        return !outcomes.IsEmpty;
    }

    /// <summary>
    /// Reads keys from one member, one after another on each connection: waiting for a connection would count against a
    /// read's deadline. A timeout ends the reads on its connection, so a hung member costs one timeout. A second
    /// connection is used only when the first takes long.
    /// </summary>
    /// <returns>The keys to read from another member: the unread ones first, then those that failed.</returns>
    private async Task<IReadOnlyCollection<string>> CollectSwitchesAsync(
        int member,
        IEnumerable<string> keys,
        ConcurrentDictionary<string, Outcome> outcomes,
        CancellationToken ct
    )
    {
        var left = new ConcurrentQueue<string>(keys);
        var failed = new ConcurrentQueue<string>();
        var first = ReadAsync();
        if (!first.IsCompleted && state.Snapshot.LinearizableReadUp is not false)
        {
            await Task.WhenAny(first, clock.DelayAsync(SecondConnectionDelay, ct));
        }
        await Task.WhenAll([
            first,
            .. Enumerable.Range(1, MemberConnectionPools.LinearizableConnections - 1).Select(_ => ReadAsync()),
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
                    (before, reading, at) => before.Apply(key, reading, at)
                );
                outcomes[key] = answer.Outcome;
                late = answer.Outcome == Outcome.Timeout;
                if (!MemberSelector.IsFinal(state.Analysis, member, answer.Outcome))
                {
                    failed.Enqueue(key);
                }
            }
        }
    }

    /// <summary>True when some read reached a quorum, false when reads were denied or hung, null when they were
    /// inconclusive, such as a refused token.</summary>
    private static bool? ReachedQuorum(ICollection<Outcome> outcomes) =>
        outcomes.Contains(Outcome.Ok) ? true
        : outcomes.Any(outcome => outcome is Outcome.ReadIndex or Outcome.NoLeader or Outcome.Timeout) ? false
        : null;
}
