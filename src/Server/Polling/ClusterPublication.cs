using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Polling;

/// <summary>
/// The published state of one cluster, replaced by one volatile write: readers take the newest page and never wait for
/// a poll. Every answer is published immediately, so the page is never older than the last answer.
/// </summary>
internal sealed class ClusterPublication
{
    private readonly ChangeLog _changes;
    private readonly RenderFault _fault;
    private volatile ClusterPage _page;

    /// <param name="start">What is already known about the cluster.</param>
    /// <param name="history">Records changes and samples.</param>
    /// <param name="changes">Logs each change once.</param>
    public ClusterPublication(ClusterAnalysis start, ClusterHistory history, ChangeLog changes)
    {
        _changes = changes;
        _fault = changes.LogFault;
        History = history;
        _page = new ClusterPage(start, _fault);
    }

    public ClusterPage Page => _page;

    public ClusterSnapshot Snapshot => _page.Analysis.Snapshot;

    public ClusterAnalysis Analysis => _page.Analysis;

    public ClusterHistory History { get; }

    /// <summary>Publishes an analysis. Calls must not overlap.</summary>
    public void Publish(ClusterAnalysis before, ClusterAnalysis after)
    {
        _page = new ClusterPage(after, _fault);
        foreach (var change in ClusterChanges.Between(before, after))
        {
            History.Add(change, after.Snapshot.At);
            _changes.LogChange(change);
        }
        History.Add(after);
    }

    /// <summary>Called after each poll.</summary>
    public void FlushChanges() => _changes.LogHeld();

    /// <summary>Called after the last poll.</summary>
    public void Close() => _changes.LogHeld(ends: true);
}
