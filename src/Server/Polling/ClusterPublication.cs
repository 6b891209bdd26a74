using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Polling;

/// <summary>One cluster's judgement and its sample lines, made together and swapped together.</summary>
internal sealed record Published(ClusterAnalysis Analysis, ClusterPage Page);

/// <summary>
/// What everybody reads of one cluster, behind one volatile swap: readers take the newest <see cref="Published"/> and
/// never wait. Every answer is published at once: the page is never older than what was heard.
/// </summary>
/// <param name="start">What is known already.</param>
/// <param name="history">Takes what happens.</param>
/// <param name="changes">Is told of each change, once.</param>
internal sealed class ClusterPublication(ClusterAnalysis start, ClusterHistory history, ChangeLog changes)
{
    private volatile Published _published = new(start, ClusterRenderer.Render(start, null));

    public Published Published => _published;

    public ClusterSnapshot Snapshot => _published.Analysis.Snapshot;

    public ClusterAnalysis Analysis => _published.Analysis;

    public ClusterHistory History => history;

    /// <summary>Called for one judgement at a time.</summary>
    public void Publish(ClusterAnalysis before, ClusterAnalysis after)
    {
        _published = new Published(after, ClusterRenderer.Render(after, _published.Page));
        foreach (var change in ClusterChanges.Between(before, after))
        {
            history.Add(change, after.Snapshot.At);
            changes.Tell(change);
        }
        history.Add(after);
    }

    /// <summary>Called after each poll.</summary>
    public void Polled() => changes.TellHeld();

    /// <summary>Called after the last poll.</summary>
    public void End() => changes.TellHeld(ends: true);
}
