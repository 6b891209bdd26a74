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
}
