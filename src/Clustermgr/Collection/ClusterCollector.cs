using System.Collections.Concurrent;
using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Is told of each request to a member that has ended.</summary>
public delegate void RequestEnded(in EndedRequest request);

/// <param name="Detail">What went wrong, a sentence; "" where nothing did.</param>
public readonly record struct EndedRequest(
    string Cluster,
    string Member,
    Endpoint Endpoint,
    Outcome Outcome,
    TimeSpan Took,
    string Detail
);

/// <summary>Asks the members of one cluster and folds every answer into its state as it comes.</summary>
public sealed partial class ClusterCollector(
    ImmutableArray<ClustermgrClient> clients,
    ClusterState state,
    SteadyClock clock,
    RequestEnded? requested = null
)
{
    /// <summary>A member that answers all its keys within it needs no second connection: kept until the next round, a
    /// thousand of them are 10 MiB.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(250);

    public ClusterState State => state;

    public async Task CollectStatAsync(int member, CancellationToken ct)
    {
        try
        {
            var answer = Dated(await clients[member].GetStatAsync(ct));
            state.Fold(before => before.Fold(member, answer));
            // Only what is known of the others tells an answer that was forwarded.
            Tell(
                member,
                Endpoint.Stat,
                answer with
                {
                    Outcome = state.Snapshot.Members[member].Outcome ?? answer.Outcome,
                }
            );
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            // A fault of ours must not leave the member's last good values standing: it counts as a failed poll.
            state.Fold(before =>
                before.Fold(
                    member,
                    new Answer<StatReading>(
                        Outcome.Invalid,
                        null,
                        "a fault of this program, which its log tells",
                        before.At,
                        TimeSpan.Zero
                    )
                )
            );
            throw;
        }
    }

    /// <summary>The keys that one member does not answer are asked of the next, those that it was not asked for first:
    /// so a key that hangs holds back no other.</summary>
    /// <returns>False when there was nobody to ask.</returns>
    public async Task<bool> CollectSwitchesAsync(CancellationToken ct)
    {
        var outcomes = new ConcurrentDictionary<string, Outcome>(StringComparer.Ordinal);
        var asked = new HashSet<int>();
        IReadOnlyCollection<string> left = TaskSwitches.Keys;
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

    /// <summary>
    /// Asks one member after another, in <see cref="AskingOrder"/>, until one has a value.
    /// </summary>
    /// <param name="fold">What the value changes: with the count of its request in one step, since every step is judged
    /// and rendered. Null where values are gathered first.</param>
    /// <returns>The value or the last failure; null when no member answers at all.</returns>
    private async Task<Answer<T>?> AskAsync<T>(
        Endpoint endpoint,
        ReadRound round,
        Func<ClustermgrClient, Task<Answer<T>>> ask,
        Func<ClusterSnapshot, T, DateTimeOffset, ClusterSnapshot>? fold = null
    )
        where T : class
    {
        Answer<T>? last = null;
        var asked = new HashSet<int>();
        while (AskingOrder.Next(state.Analysis, member => asked.Contains(member) || round.GaveUp(member)) is { } member)
        {
            asked.Add(member);
            var answer = await AskAsync(member, endpoint, ask, fold);
            round.Count(member, answer.Outcome);
            last = answer;
            if (AskingOrder.Settles(state.Analysis, member, answer.Outcome))
            {
                break;
            }
        }
        return last;
    }

    private async Task<Answer<T>> AskAsync<T>(
        int member,
        Endpoint endpoint,
        Func<ClustermgrClient, Task<Answer<T>>> ask,
        Func<ClusterSnapshot, T, DateTimeOffset, ClusterSnapshot>? fold
    )
        where T : class
    {
        var answer = Dated(await ask(clients[member]));
        Tell(member, endpoint, answer);
        state.Fold(before =>
        {
            var counted = before.Tally(member, endpoint, answer.Outcome, answer.At, answer.Took);
            return answer.Value is { } value && fold is not null ? fold(counted, value, answer.At) : counted;
        });
        return answer;
    }

    /// <summary>By the clock that ages are judged by: the client's is the wall's.</summary>
    private Answer<T> Dated<T>(Answer<T> answer)
        where T : class => answer with { At = clock.Now };

    private void Tell<T>(int member, Endpoint endpoint, Answer<T> answer)
        where T : class
    {
        if (requested is null)
        {
            return;
        }
        var snapshot = state.Snapshot;
        requested(
            new EndedRequest(
                snapshot.Cluster,
                snapshot.Members[member].Name,
                endpoint,
                answer.Outcome,
                answer.Took,
                answer.Detail
            )
        );
    }

    /// <summary>True: some read reached a quorum. False: reads were denied or hung. Null: nothing that tells, such as a
    /// refused token.</summary>
    private static bool? ReachedQuorum(ICollection<Outcome> outcomes) =>
        outcomes.Contains(Outcome.Ok) ? true
        : outcomes.Any(outcome => outcome is Outcome.ReadIndex or Outcome.NoLeader or Outcome.Timeout) ? false
        : null;
}
