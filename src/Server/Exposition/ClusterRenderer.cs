using Clustermgr.Analysis;

namespace ClustermgrExporter.Exposition;

/// <summary>Renders an analysis as the sample lines of /metrics.</summary>
internal static class ClusterRenderer
{
    /// <summary>All lines of a cluster, split by family.</summary>
    /// <param name="fault">Called for a family that could not be written, which then has no lines.</param>
    public static FamilyLines Render(ClusterAnalysis analysis, RenderFault? fault = null)
    {
        var families = Catalogue.Cluster;
        using var lines = new LineWriter(families.Length, analysis.Snapshot.Cluster);
        foreach (var family in families)
        {
            lines.Write(family, analysis, fault);
        }
        return lines.Finish();
    }
}

/// <summary>Reports that the lines of a family are missing because of a bug in this program.</summary>
internal delegate void RenderFault(string family, Exception fault);

/// <summary>
/// One analysis of a cluster, and its lines in /metrics. The lines are rendered when they are first read, not at every
/// answer of a member: of a dozen analyses between two scrapes only one is read. Immutable, like the analysis, so no
/// scrape sees half of a poll.
/// </summary>
/// <param name="analysis">The analysis to render.</param>
/// <param name="fault">Called for a family that could not be written.</param>
internal sealed class ClusterPage(ClusterAnalysis analysis, RenderFault? fault = null)
{
    private volatile FamilyLines? _kept;

    public ClusterAnalysis Analysis => analysis;

    /// <summary>The cluster label.</summary>
    public string Cluster => analysis.Snapshot.Cluster;

    /// <summary>Identifies this page without keeping it alive.</summary>
    public object Identity { get; } = new();

    /// <summary>Indexed as <see cref="Catalogue.Cluster"/>. Rendered once, also for concurrent readers, and kept as
    /// long as the page.</summary>
    public FamilyLines Lines
    {
        get
        {
            if (_kept is { } made)
            {
                return made;
            }
            lock (Identity)
            {
                return _kept ??= ClusterRenderer.Render(analysis, fault);
            }
        }
    }

    /// <summary>The lines of one family, for a reader that reads all families once: nothing is cached.</summary>
    /// <param name="scratch">Must be set to this cluster. The result is valid until its next use.</param>
    public ReadOnlySpan<byte> GetLinesUncached(int family, LineWriter scratch) =>
        _kept is { } made ? made.GetLines(family).Span : scratch.Render(Catalogue.Cluster[family], analysis, fault);
}
