using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Called for each completed request to a member.</summary>
public delegate void RequestEnded(in EndedRequest request);

/// <param name="Detail">What went wrong, as a sentence; "" for nothing.</param>
public readonly record struct EndedRequest(
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
    RequestEnded? requested = null
)
{
    public ClusterState State => state;

    public async Task CollectStatAsync(int member, CancellationToken ct)
    {
        try
        {
            var answer = Dated(await clients[member].GetStatAsync(ct));
            state.Fold(before => before.Fold(member, answer));
            // Whether the answer was forwarded follows from what is known of the other members, so the outcome is that
            // after folding.
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
            // A bug in this program must not keep the member's last good values: it counts as a failed poll.
            state.Fold(before =>
                before.Fold(
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
    /// Asks one member after another, in <see cref="AskingOrder"/>, until one has a value.
    /// </summary>
    /// <param name="fold">Folds the value into the snapshot, in one step with the count of its request, since every
    /// step is judged and rendered. Null when the values are collected first.</param>
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

    /// <summary>Replaces the client's wall-clock time by the steady clock, on which ages are judged.</summary>
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
}
