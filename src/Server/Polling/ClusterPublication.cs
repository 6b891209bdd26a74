using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Polling;

/// <summary>
/// What everybody reads of one cluster, behind one volatile swap: readers take the newest page and wait for no poll.
/// Every answer is published at once: the page is never older than what was heard.
/// </summary>
internal sealed class ClusterPublication
{
    private readonly ChangeLog _changes;
    private readonly RenderFault _fault;
    private volatile ClusterPage _page;

    /// <param name="start">What is known already.</param>
    /// <param name="history">Takes what happens.</param>
    /// <param name="changes">Is told of each change, once.</param>
    public ClusterPublication(ClusterAnalysis start, ClusterHistory history, ChangeLog changes)
    {
        (_changes, _fault, History) = (changes, changes.TellFault, history);
        _page = new ClusterPage(start, _fault);
    }

    public ClusterPage Page => _page;

    public ClusterSnapshot Snapshot => _page.Analysis.Snapshot;

    public ClusterAnalysis Analysis => _page.Analysis;

    public ClusterHistory History { get; }

    /// <summary>Called for one judgement at a time.</summary>
    public void Publish(ClusterAnalysis before, ClusterAnalysis after)
    {
        _page = new ClusterPage(after, _fault);
        foreach (var change in ClusterChanges.Between(before, after))
        {
            History.Add(change, after.Snapshot.At);
            _changes.Tell(change);
        }
        History.Add(after);
    }

    /// <summary>Called after each poll.</summary>
    public void Polled() => _changes.TellHeld();

    /// <summary>Called after the last poll.</summary>
    public void End() => _changes.TellHeld(ends: true);
}
