using ClustermgrExporter.Clusters;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling.History;
using ClustermgrExporter.Timing;

namespace ClustermgrExporter.Polling;

/// <summary>One cluster's judgement and its sample lines, made together and swapped together.</summary>
internal sealed record Published(ClusterAnalysis Analysis, ClusterPage Page);

/// <summary>
/// What is known of one cluster, behind one volatile swap: polls fold answers in, one at a time; readers take the newest
/// <see cref="Published"/> and never wait.
/// </summary>
/// <param name="start">Nothing is known yet.</param>
/// <param name="history">Takes what happens.</param>
/// <param name="changed">Is told of each change, once.</param>
/// <param name="clock">Whose instants the answers have.</param>
internal sealed class ClusterState(ClusterSnapshot start, ClusterHistory history, Action<Change> changed, SteadyClock clock)
{
    private readonly Lock _folding = new();
    private volatile Published _published = Render(ClusterAnalysis.Of(start), null);

    public Published Published => _published;

    public ClusterSnapshot Snapshot => _published.Analysis.Snapshot;

    public ClusterAnalysis Analysis => _published.Analysis;

    public ClusterHistory History => history;

    /// <summary>Every answer is published at once: the page is never older than what was heard.</summary>
    public void Fold(Func<ClusterSnapshot, ClusterSnapshot> answer)
    {
        lock (_folding)
        {
            var before = _published.Analysis;
            var after = ClusterAnalysis.Of(answer(before.Snapshot) with { Adrift = clock.Adrift, Raised = before.Findings });
            _published = Render(after, _published.Page);
            foreach (var change in ClusterChanges.Between(before, after))
            {
                history.Add(change, after.Snapshot.At);
                changed(change);
            }
            history.Add(after);
        }
    }

    private static Published Render(ClusterAnalysis analysis, ClusterPage? before) => new(analysis, ClusterRenderer.Render(analysis, before));
}
