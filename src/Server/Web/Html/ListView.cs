using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>The list of clusters: with one as with a thousand, a hundred a page unless it is asked for whole.</summary>
internal static class ListView
{
    private static readonly (Level Level, string Words)[] _levels =
    [
        (Level.Page, "with a page"),
        (Level.Ticket, "with tickets"),
        (Level.Unknown, "not known"),
        (Level.Good, "healthy"),
    ];

    private const string NoCluster = "No cluster is configured yet";

    /// <summary>2 of 40 clusters not healthy.</summary>
    public static string Title(ImmutableArray<ClusterAnalysis> clusters)
    {
        if (clusters.IsEmpty)
        {
            return NoCluster;
        }
        var ill = clusters.Count(analysis => VerdictText.LevelOf(analysis) != Level.Good);
        var all = HtmlText.Count(clusters.Length, "cluster");
        return ill == 0 ? $"{all}, all healthy" : $"{HtmlText.Count(ill)} of {all} not healthy";
    }

    public static Markup Render(ImmutableArray<ClusterAnalysis> clusters, ListQuery query)
    {
        var found = query.Of(clusters);
        var pages = query.Whole ? 1 : Math.Max(1, (found.Length + ListQuery.PageSize - 1) / ListQuery.PageSize);
        var page = Math.Clamp(query.Page, 1, pages);
        var first = (page - 1) * ListQuery.PageSize;
        var last = query.Whole ? found.Length : Math.Min(first + ListQuery.PageSize, found.Length);
        var places = clusters.Index().ToDictionary(entry => entry.Item.Snapshot.Cluster, entry => entry.Index);
        var rows = found[first..last].Select(analysis => ListRow.Render(analysis, places[analysis.Snapshot.Cluster]));
        return Markup.From(
            $"""
            <div class="list">
            <div class="head"><h1 tabindex="-1">Clusters</h1>{Summary(clusters)}</div>
            {Search(query, Shown(first, last, found.Length, clusters.Length))}
            <table class="cards clusters" role="table"><caption class="spoken">Clusters</caption>
            {Table.Head(ListRow.Columns)}
            <tbody role="rowgroup">{rows}</tbody></table>
            <p class="none"{(
                found.IsEmpty && !clusters.IsEmpty ? null : Markup.From($" hidden")
            )}>No cluster matches.</p>
            {(clusters.IsEmpty ? Markup.From($"""<p class="quiet">{NoCluster}.</p>""") : null)}
            {(pages > 1 ? Pages(query, page, pages) : null)}
            {(clusters.MaxBy(analysis => analysis.Snapshot.WallAt) is { } newest ? DetailView.AsOf(newest) : null)}
            </div>
            """
        );
    }

    private static Markup Summary(ImmutableArray<ClusterAnalysis> clusters)
    {
        var counts = clusters.CountBy(VerdictText.LevelOf).ToDictionary();
        return Markup.From(
            $"""
            <p class="summary">{_levels
                .Where(entry => counts.ContainsKey(entry.Level))
                .Select(entry =>
                    Markup.From(
                        $"""
                        <span class="{VerdictText.Word(entry.Level)}"><b>{HtmlText.Count(
                            counts[entry.Level]
                        )}</b> {entry.Words} </span>
                        """
                    )
                )}</p>
            """
        );
    }

    private static string Shown(int first, int last, int found, int all)
    {
        if (last - first < found)
        {
            return $"{HtmlText.Count(first + 1)} to {HtmlText.Count(last)} of {HtmlText.Count(found, "cluster")}";
        }
        return found == all
            ? HtmlText.Count(all, "cluster")
            : $"{HtmlText.Count(found)} of {HtmlText.Count(all, "cluster")}";
    }

    private static Markup Search(ListQuery query, string shown)
    {
        var isChecked = query.OnlyFindings ? Markup.From($" checked") : null;
        return Markup.From(
            $"""
            <form role="search" class="search" method="get" action="./">
            <label for="q">Search clusters</label>
            <input id="q" name="q" type="search" value="{query.Text}" autocomplete="off" spellcheck="false"
            aria-describedby="shown" aria-keyshortcuts="/"><kbd class="hint" aria-hidden="true"
            title="press / to search">/</kbd>
            <span class="only"><input id="findings" name="findings" type="checkbox" value="1"{isChecked}><label
            for="findings">Only those with findings</label></span>
            <button class="plain" type="submit">Show</button>
            <p id="shown" class="shown">{shown}</p>
            </form>
            """
        );
    }

    private static Markup Pages(ListQuery query, int page, int pages)
    {
        var all = query is { Text.Length: 0, OnlyFindings: false }
            ? Markup.From($""", <a href="{query.Address(ListQuery.All)}">all on one page</a>""")
            : null;
        var (previous, next) = (
            page > 1 ? Markup.From($"""<a rel="prev" href="{query.Address(page - 1)}">Previous</a> """) : null,
            page < pages ? Markup.From($""" <a rel="next" href="{query.Address(page + 1)}">Next</a>""") : null
        );
        return Markup.From(
            $"""
            <nav class="plain" aria-label="Pages of the list">
            <p>{previous}Page {page} of {pages}{next}{all}</p>
            </nav>
            """
        );
    }
}
