using System.Collections.Immutable;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Html;

/// <summary>How far back the plots of a page go.</summary>
internal sealed record PlotRange(string Key, string Words, TimeSpan Span)
{
    private static readonly PlotRange Whole = new("6h", "6 h", TimeSpan.FromHours(6));

    private static readonly PlotRange[] All =
    [
        new("10m", "10 min", TimeSpan.FromMinutes(10)),
        new("1h", "1 h", TimeSpan.FromHours(1)),
        Whole,
    ];

    /// <summary>Parses ?range=; any other value selects all samples.</summary>
    public static PlotRange Parse(string text) => Array.Find(All, range => range.Key == text) ?? Whole;

    public ImmutableArray<Sample> Filter(ImmutableArray<Sample> samples, DateTimeOffset now) =>
        samples.RemoveAll(sample => now - sample.At > Span);

    /// <summary>Links to the ranges.</summary>
    public Markup Choice(string cluster) =>
        Markup.From(
            $"""
            <nav class="ranges" aria-label="Range of the plots" data-key="ranges"><ul><li>Plots</li>
            {All.Select(range =>
                Markup.From($"<li>{Link(range, cluster)}</li>")
            )}</ul></nav>
            """
        );

    private Markup Link(PlotRange range, string cluster)
    {
        var current = range == this ? Markup.From($" aria-current=\"true\"") : null;
        var asked = range == Whole ? "" : $"&range={range.Key}";
        return Markup.From($"""<a href="?cluster={Uri.EscapeDataString(cluster)}{asked}"{current}>{range.Words}</a>""");
    }
}
