using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Is told of a judgement and of the one before it, one at a time.</summary>
public delegate void Judged(ClusterAnalysis before, ClusterAnalysis after);

/// <summary>What is known of one cluster: answers are folded in one at a time, and each is judged at once.</summary>
/// <param name="start">What is known already.</param>
/// <param name="judged">Null where nobody else looks.</param>
/// <param name="clock">Whose instants the answers have.</param>
public sealed class ClusterState(ClusterSnapshot start, SteadyClock clock, Judged? judged = null)
{
    private readonly Lock _folding = new();
    private volatile ClusterAnalysis _analysis = ClusterAnalysis.FromSnapshot(start);

    public ClusterSnapshot Snapshot => _analysis.Snapshot;

    public ClusterAnalysis Analysis => _analysis;

    public void Fold(Func<ClusterSnapshot, ClusterSnapshot> answer)
    {
        lock (_folding)
        {
            var before = _analysis;
            var after = ClusterAnalysis.FromSnapshot(
                answer(before.Snapshot) with
                {
                    Adrift = clock.Adrift,
                    Raised = before.Findings,
                }
            );
            _analysis = after;
            judged?.Invoke(before, after);
        }
    }
}
