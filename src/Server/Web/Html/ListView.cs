using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>The list of clusters, of any length; a hundred per page unless the whole list is requested.</summary>
internal static class ListView
{
    private static readonly (StatusLevel Level, string Words)[] LevelTexts =
    [
        (StatusLevel.Page, "with a page"),
        (StatusLevel.Ticket, "with tickets"),
        (StatusLevel.Unknown, "not known"),
        (StatusLevel.Good, "healthy"),
    ];

    private const string NoCluster = "No cluster is configured yet";

    /// <summary>2 of 40 clusters not healthy.</summary>
    public static string Title(ImmutableArray<ClusterAnalysis> clusters)
    {
        if (clusters.IsEmpty)
        {
            return NoCluster;
        }
        var ill = clusters.Count(analysis => VerdictText.GetLevel(analysis) != StatusLevel.Good);
        var all = HtmlText.Count(clusters.Length, "cluster");
        return ill == 0 ? $"{all}, all healthy" : $"{HtmlText.Count(ill)} of {all} not healthy";
    }

    public static Markup Render(ImmutableArray<ClusterAnalysis> clusters, ListQuery query)
    {
        var found = query.Apply(clusters);
        var pages = query.IsUnfiltered ? 1 : Math.Max(1, (found.Length + ListQuery.PageSize - 1) / ListQuery.PageSize);
        var page = Math.Clamp(query.Page, 1, pages);
        var first = (page - 1) * ListQuery.PageSize;
        var last = query.IsUnfiltered ? found.Length : Math.Min(first + ListQuery.PageSize, found.Length);
        var places = clusters.Index().ToDictionary(entry => entry.Item.Snapshot.Cluster, entry => entry.Index);
        var words = query.SearchTerms;
        var rows = found[first..last]
            .Select(analysis => ListRow.Render(analysis, places[analysis.Snapshot.Cluster], words));
        return Markup.From(
            $"""
            <div class="list">
            <div class="head"><h1 tabindex="-1">Clusters</h1>{Summary(clusters)}</div>
            {Search(query, FormatCount(first, last, found.Length, clusters.Length))}
            <table class="cards clusters" role="table"><caption class="spoken">Clusters</caption>
            {Head(query)}
            <tbody role="rowgroup">{rows}</tbody></table>
            {Rest}
            {None(clusters, found.IsEmpty, query)}
            {(clusters.IsEmpty ? Markup.From($"""<p class="quiet">{NoCluster}.</p>""") : null)}
            {(pages > 1 ? Pages(query, page, pages) : null)}
            {(
                clusters.MaxBy(analysis => analysis.Snapshot.WallClockAt) is { } newest
                    ? DetailView.RenderAge(newest)
                    : null
            )}
            </div>
            """
        );
    }

    /// <summary>Buttons for a long list, of which the script shows the first rows, and more on request.</summary>
    private static readonly Markup Rest = Markup.FromHtml(
        """
        <p class="rest" hidden><span></span> <button type="button" data-more="200">Show 200 more</button>
        <button type="button" data-more="all">Show all</button></p>
        """
    );

    /// <summary>Each column by which the list can be sorted: a link, which the script follows by itself.</summary>
    private static Markup Head(ListQuery query) =>
        Markup.From(
            $"""
            <thead role="rowgroup"><tr role="row">{ListRow.Columns.Select(column => Head(query, column))}</tr></thead>
            """
        );

    private static Markup Head(ListQuery query, ListColumn column)
    {
        var order = column.Descending != query.Reversed ? "descending" : "ascending";
        var sorted = column == query.SortColumn ? Markup.From($" aria-sort=\"{order}\"") : null;
        var first = column.Descending ? Markup.From($" data-descending") : null;
        return Markup.From(
            $"""
            <th scope="col" role="columnheader"{Table.Class(column.Column)}{sorted}><a href="{query.Address(
                column
            )}" data-sort="{column.Key}"{first}>{column.Column.Label}</a></th>
            """
        );
    }

    /// <summary>Why there is no row: a search that finds nothing, or that all is well.</summary>
    private static Markup None(ImmutableArray<ClusterAnalysis> clusters, bool none, ListQuery query)
    {
        var well = !clusters.IsEmpty && clusters.All(analysis => ClusterFacts.Urgency(analysis) == 0);
        var healthy = $"{Everyone(clusters.Length)} healthy.";
        var isWell = well && query is { OnlyFindings: true, Text.Length: 0 };
        var hidden = none && !clusters.IsEmpty ? null : Markup.From($" hidden");
        return Markup.From(
            $"""
            <p class="none" data-well="{(well ? healthy : "")}"{hidden}>{(
                isWell ? healthy : "No cluster matches."
            )}</p>
            """
        );
    }

    private static string Everyone(int clusters) =>
        clusters switch
        {
            1 => "The only cluster is",
            2 => "Both clusters are",
            _ => $"All {HtmlText.Count(clusters)} clusters are",
        };

    private static Markup Summary(ImmutableArray<ClusterAnalysis> clusters)
    {
        var counts = clusters.CountBy(VerdictText.GetLevel).ToDictionary();
        return Markup.From(
            $"""
            <p class="summary">{LevelTexts
                .Where(entry => counts.ContainsKey(entry.Level))
                .Select(entry =>
                    Markup.From(
                        $"""
                        <span class="{VerdictText.GetCssClass(entry.Level)}"><b>{HtmlText.Count(
                            counts[entry.Level]
                        )}</b> {entry.Words} </span>
                        """
                    )
                )}</p>
            """
        );
    }

    private static string FormatCount(int first, int last, int found, int all)
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
            {(query.Sort is { } sort ? Markup.From($"""<input type="hidden" name="sort" value="{sort}">""") : null)}
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
        var previous =
            page > 1 ? Markup.From($"""<a rel="prev" href="{query.Address(page - 1)}">Previous</a> """) : null;
        var next = page < pages ? Markup.From($""" <a rel="next" href="{query.Address(page + 1)}">Next</a>""") : null;
        return Markup.From(
            $"""
            <nav class="plain" aria-label="Pages of the list">
            <p>{previous}Page {page} of {pages}{next}{all}</p>
            </nav>
            """
        );
    }
}
