using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Called for each completed request to a member.</summary>
public delegate void RequestObserver(in CompletedRequest request);

/// <param name="Detail">What went wrong, as a sentence; "" for nothing.</param>
public readonly record struct CompletedRequest(
    string Cluster,
    string Member,
    Endpoint Endpoint,
    Outcome Outcome,
    TimeSpan Took,
    string Detail
);

/// <summary>Reads from the members of one cluster and folds every answer into its state as it arrives.</summary>
public sealed partial class ClusterCollector(
    ImmutableArray<ClustermgrClient> clients,
    ClusterState state,
    SteadyClock clock,
    RequestObserver? requestObserver = null
)
{
    public ClusterState State => state;

    public async Task CollectStatAsync(int member, CancellationToken ct)
    {
        try
        {
            var answer = WithSteadyTime(await clients[member].GetStatAsync(ct));
            state.Apply(before => before.Apply(member, answer));
            // Whether the answer was forwarded follows from what is known of the other members, so the outcome is that
            // after folding.
            NotifyCompleted(
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
            // A bug in this program must not keep the member's last good values: it counts as a failed poll.
            state.Apply(before =>
                before.Apply(
                    member,
                    new Answer<StatReading>(
                        Outcome.Invalid,
                        null,
                        "a bug in this program; see its log",
                        before.At,
                        TimeSpan.Zero
                    )
                )
            );
            throw;
        }
    }

    /// <summary>
    /// Asks one member after another, in <see cref="MemberSelector"/>, until one has a value.
    /// </summary>
    /// <param name="apply">Folds the value into the snapshot, in one step with the count of its request, since every
    /// step is judged and rendered. Null when the values are collected first.</param>
    /// <returns>The value or the last failure; null when no member answers at all.</returns>
    private async Task<Answer<T>?> AskAsync<T>(
        Endpoint endpoint,
        ReadRound round,
        Func<ClustermgrClient, Task<Answer<T>>> ask,
        Func<ClusterSnapshot, T, DateTimeOffset, ClusterSnapshot>? apply = null
    )
        where T : class
    {
        Answer<T>? last = null;
        var asked = new HashSet<int>();
        while (
            MemberSelector.SelectNext(state.Analysis, member => asked.Contains(member) || round.IsExcluded(member))
                is { } member
        )
        {
            asked.Add(member);
            var answer = await AskAsync(member, endpoint, ask, apply);
            round.Count(member, answer.Outcome);
            last = answer;
            if (MemberSelector.IsFinal(state.Analysis, member, answer.Outcome))
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
        Func<ClusterSnapshot, T, DateTimeOffset, ClusterSnapshot>? apply
    )
        where T : class
    {
        var answer = WithSteadyTime(await ask(clients[member]));
        NotifyCompleted(member, endpoint, answer);
        state.Apply(before =>
        {
            var counted = before.CountRequest(member, endpoint, answer.Outcome, answer.At, answer.Took);
            return answer.Value is { } value && apply is not null ? apply(counted, value, answer.At) : counted;
        });
        return answer;
    }

    /// <summary>Replaces the client's wall-clock time by the steady clock, on which ages are judged.</summary>
    private Answer<T> WithSteadyTime<T>(Answer<T> answer)
        where T : class => answer with { At = clock.Now };

    private void NotifyCompleted<T>(int member, Endpoint endpoint, Answer<T> answer)
        where T : class
    {
        if (requestObserver is null)
        {
            return;
        }
        var snapshot = state.Snapshot;
        requestObserver(
            new CompletedRequest(
                snapshot.Cluster,
                snapshot.Members[member].Name,
                endpoint,
                answer.Outcome,
                answer.Took,
                answer.Detail
            )
        );
    }
}
