using Clustermgr.Analysis;

namespace ClustermgrExporter.Exposition;

/// <summary>From a judgement to the lines of /metrics.</summary>
internal static class ClusterRenderer
{
    /// <param name="analysis">What is to be said.</param>
    /// <param name="before">The cluster's page until now, which lends what did not change; null where there is
    /// none.</param>
    public static ClusterPage Render(ClusterAnalysis analysis, ClusterPage? before = null)
    {
        var families = Catalogue.Cluster;
        using var lines = new LineWriter(families.Length, analysis.Snapshot.Cluster);
        foreach (var family in families)
        {
            lines.Write(family, analysis);
        }
        return new ClusterPage(analysis.Snapshot.Cluster, lines.Finish(before?.Lines));
    }
}

/// <summary>All that one poll of one cluster has to say, as finished bytes. Immutable, so no scrape sees half of one.
/// </summary>
/// <param name="Cluster">The cluster label.</param>
/// <param name="Lines">By the index of <see cref="Catalogue.Cluster"/>.</param>
internal sealed record ClusterPage(string Cluster, FamilyLines Lines);
