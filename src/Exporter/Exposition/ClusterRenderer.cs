using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Exposition;

/// <summary>From a judgement to the lines of /metrics.</summary>
internal static class ClusterRenderer
{
    public static ClusterPage Render(ClusterAnalysis analysis)
    {
        var families = Catalogue.Cluster;
        using var lines = new LineWriter(families.Length, analysis.Snapshot.Cluster);
        foreach (var family in families) lines.Write(family, analysis);
        return new ClusterPage(analysis.Snapshot.Cluster, lines.Finish());
    }
}
