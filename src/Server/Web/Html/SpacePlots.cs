using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Html;

/// <summary>Space as gauges, and over time as a plot.</summary>
internal static class SpacePlots
{
    public static Markup Gauges(ClusterAnalysis analysis)
    {
        var types = ClusterFacts
            .NodeTypes(analysis.Leader?.Reading)
            .Where(node => node.Space.Total is not null && DiskTables.IsInUse(node))
            .ToList();
        return types.Count == 0
            ? Markup.From($"""<p class="none" data-key="gauge">Not known: no member answers as leader.</p>""")
            : Markup.From($"{types.Select(node => Gauge(node.Type, node.Space, types.Count > 1))}{Explained}");
    }

    private static readonly Markup Explained = Markup.FromHtml(
        """
        <p class="quiet" data-key="explained"><small>Writable is what data may still take of what is free, as clustermgr
        counts it: the rest is for parity, or lies where no new stripe fits.</small></p>

        """
    );

    public static Markup Render(ClusterAnalysis analysis, ImmutableArray<Sample> samples)
    {
        var at = analysis.Snapshot.WallClockAt;
        var space = analysis.Leader?.Reading?.Blobnodes;
        return new Plot(
            "Blobnodes: total and writable",
            new PlotLine(
                "total",
                "calm",
                [.. samples.Select(sample => (sample.At, (double?)sample.TotalBytes)), (at, space?.Total)]
            ),
            new PlotLine(
                "writable",
                "data",
                [.. samples.Select(sample => (sample.At, (double?)sample.WritableBytes)), (at, space?.Writable)]
            )
        )
        {
            FromZero = true,
            Format = bytes => ByteSizeText.Format((long)bytes),
        }.Render();
    }

    /// <summary>Used, free and read-only are parts of the whole; writable is what data may take of what is free. Each
    /// has its own bar.</summary>
    private static Markup Gauge(string type, SpaceReading space, bool named)
    {
        (string Name, long? Bytes, string Class, bool Always)[] figures =
        [
            ("used", space.Used, "strong", true),
            ("free", space.Free, "calm", true),
            ("writable", space.Writable, "data", true),
            ("read-only", space.Readonly, "calm", false),
            ("reserved", space.Reserved, "calm", false),
        ];
        var total = space.Total!.Value;
        return Markup.From(
            $"""
            <dl class="gauge" data-key="{type}"><div><dt>{(
                named ? $"{type}s, total" : "total"
            )}</dt><dd><span class="num">{HtmlText.Bytes(total)}</span></dd></div>{figures
                .Where(figure => figure.Always || figure.Bytes > 0)
                .Select(figure => Figure(figure.Name, figure.Bytes, total, figure.Class))}</dl>

            """
        );
    }

    private static Markup Figure(string name, long? bytes, long total, string className)
    {
        var (bar, share) = bytes is { } known
            ? (
                total > 0 ? Bar.Render("bar", ((double)known / total, className)) : null,
                Markup.From($"""<small class="num">{HtmlText.Percent(known, total)}</small>""")
            )
            : (null, null);
        return Markup.From(
            $"""
            <div data-key="{name}"><dt>{name}</dt>
            <dd>{bar}<span class="num">{HtmlText.Bytes(bytes)}</span>{share}</dd></div>
            """
        );
    }
}
