using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Html;

/// <summary>Term and lag over the last hours.</summary>
internal static class RaftPlots
{
    public static Markup Render(ClusterAnalysis analysis, ImmutableArray<Sample> samples)
    {
        var at = analysis.Snapshot.WallClockAt;
        var now = Sample.FromAnalysis(analysis);
        var terms = samples.Select(sample => (sample.At, sample.Term)).Append((At: at, now.Term)).ToList();
        // Terms have 64 bits: the plot draws the difference to the smallest term, and its text has the term itself.
        var least = terms.Min(point => point.Term) ?? 0;
        var term = new Plot(
            "Term",
            new PlotLine("term", "data", [.. terms.Select(point => (point.At, (double?)(point.Term - least)))])
        )
        {
            Stairs = true,
            Format = height => $"{least + (ulong)height}",
        };
        var lag = new Plot(
            "Largest lag of a voter, in entries",
            new PlotLine(
                "lag",
                "data",
                [.. samples.Select(sample => (sample.At, (double?)sample.LagEntries)), (at, now.LagEntries)]
            )
        )
        {
            FromZero = true,
            Format = HtmlText.Count,
        };
        return Markup.Join([term.Render(), lag.Render()]);
    }
}
