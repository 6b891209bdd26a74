using Clustermgr.Analysis;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Called with the previous and the new judgement, one call at a time.</summary>
public delegate void AnalysisObserver(ClusterAnalysis before, ClusterAnalysis after);

/// <summary>The state of one cluster. Answers are folded in one at a time, and each result is judged at once.</summary>
/// <param name="start">The initial snapshot.</param>
/// <param name="analysisObserver">Called after each fold; null for no callback.</param>
/// <param name="clock">The clock of the answers' instants.</param>
public sealed class ClusterState(ClusterSnapshot start, SteadyClock clock, AnalysisObserver? analysisObserver = null)
{
    private readonly Lock _applying = new();
    private volatile ClusterAnalysis _analysis = ClusterAnalysis.FromSnapshot(start);

    public ClusterSnapshot Snapshot => _analysis.Snapshot;

    public ClusterAnalysis Analysis => _analysis;

    public void Apply(Func<ClusterSnapshot, ClusterSnapshot> answer)
    {
        lock (_applying)
        {
            var before = _analysis;
            var after = ClusterAnalysis.FromSnapshot(
                answer(before.Snapshot) with
                {
                    WallClockOffset = clock.WallClockOffset,
                    PreviousFindings = before.Findings,
                }
            );
            _analysis = after;
            analysisObserver?.Invoke(before, after);
        }
    }
}
