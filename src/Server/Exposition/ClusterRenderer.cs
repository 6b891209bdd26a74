using Clustermgr.Analysis;

namespace ClustermgrExporter.Exposition;

/// <summary>From a judgement to the lines of /metrics.</summary>
internal static class ClusterRenderer
{
    /// <summary>All lines of a cluster, cut by family.</summary>
    /// <param name="fault">Told of a family that could not be written, which then has no lines.</param>
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

/// <summary>Is told that a fault of this program left out the lines of a family.</summary>
internal delegate void RenderFault(string family, Exception fault);

/// <summary>
/// One judgement of a cluster, and what /metrics says of it. Lines are written when a reader asks for them, and not at
/// every answer of a member: of a dozen judgements between two scrapes only one is read. Immutable, as its judgement
/// is, so no scrape sees half of a poll.
/// </summary>
/// <param name="analysis">What is to be said.</param>
/// <param name="fault">Told of a family that could not be written.</param>
internal sealed class ClusterPage(ClusterAnalysis analysis, RenderFault? fault = null)
{
    private volatile FamilyLines? _kept;

    public ClusterAnalysis Analysis => analysis;

    /// <summary>The cluster label.</summary>
    public string Cluster => analysis.Snapshot.Cluster;

    /// <summary>Stands for this page where somebody wants to know it again without keeping it alive.</summary>
    public object Identity { get; } = new();

    /// <summary>By the index of <see cref="Catalogue.Cluster"/>. Made once, however many ask at the same time, and kept
    /// as long as the page.</summary>
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

    /// <summary>The lines of one family, for a reader who goes over all of them once: nothing is kept.</summary>
    /// <param name="scratch">Begins its lines with this cluster; what is returned lives until its next use.</param>
    public ReadOnlySpan<byte> Passing(int family, LineWriter scratch) =>
        _kept is { } made ? made.Of(family).Span : scratch.Only(Catalogue.Cluster[family], analysis, fault);
}
