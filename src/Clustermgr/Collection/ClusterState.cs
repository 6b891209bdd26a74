using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Called with the previous and the new judgement, one call at a time.</summary>
public delegate void Judged(ClusterAnalysis before, ClusterAnalysis after);

/// <summary>The state of one cluster. Answers are folded in one at a time, and each result is judged at once.</summary>
/// <param name="start">The initial snapshot.</param>
/// <param name="judged">Called after each fold; null for no callback.</param>
/// <param name="clock">The clock of the answers' instants.</param>
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
