using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Html;

/// <summary>Which clusters the list shows, and in which order. Invalid values are ignored, not errors, since people
/// edit the address.</summary>
/// <param name="Text">Words that all stand somewhere in <see cref="ListRow.GetVisibleText"/> or
/// <see cref="ListRow.GetHiddenText"/>, in any case; "" for all.</param>
/// <param name="OnlyFindings">Only those that are not healthy.</param>
/// <param name="Page">From 1; <see cref="All"/> for all on one page.</param>
internal sealed record ListQuery(string Text, bool OnlyFindings, int Page)
{
    public const int PageSize = 100,
        All = 0;

    private const int MaxTextLength = 200;

    private const string AllPages = "all";

    /// <summary>The column by which the rows are sorted.</summary>
    public ListColumn SortColumn { get; init; } = ListRow.Verdict;

    /// <summary>The opposite of the column's default direction.</summary>
    public bool Reversed { get; init; }

    /// <summary>All clusters on one page, which the script requests: it searches and sorts by itself. Results of a
    /// search are paged.</summary>
    public bool IsUnfiltered => Page == All && Text.Length == 0 && !OnlyFindings;

    public ImmutableArray<string> SearchTerms =>
        [.. Text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    public static ListQuery Parse(IQueryCollection query)
    {
        var text = query["q"].ToString().Trim();
        var page = query["page"].ToString();
        var sort = query["sort"].ToString();
        return new(
            text.Length > MaxTextLength ? text[..MaxTextLength] : text,
            query["findings"] == "1",
            ParsePage(page)
        )
        {
            SortColumn = ListRow.Columns.FirstOrDefault(column => column.Key == sort.TrimStart('-')) ?? ListRow.Verdict,
            Reversed = sort.StartsWith('-'),
        };
    }

    /// <summary>The matching clusters of all pages, in display order. Equal ones keep the configured order; those with
    /// an unknown value come last in either direction.</summary>
    public ImmutableArray<ClusterAnalysis> Apply(ImmutableArray<ClusterAnalysis> clusters)
    {
        var words = SearchTerms;
        var found = clusters.Where(analysis =>
        {
            var text = words.IsEmpty ? "" : ListRow.GetSearchText(analysis);
            return words.All(word => text.Contains(word, StringComparison.Ordinal))
                && !(OnlyFindings && ClusterFacts.Urgency(analysis) == 0);
        });
        var rows = found.Select(analysis => (Analysis: analysis, Value: SortColumn.GetValue(analysis)));
        var known = rows.OrderBy(row => row.Value is null);
        var sorted =
            SortColumn.Descending != Reversed
                ? known.ThenByDescending(row => row.Value, SortValue.Comparer)
                : known.ThenBy(row => row.Value, SortValue.Comparer);
        return [.. sorted.Select(row => row.Analysis)];
    }

    /// <summary>The address of another page of the same list.</summary>
    public string Address(int page) =>
        $"?{string.Join('&', [.. Parts(), $"page={(page == All ? AllPages : page.ToString(CultureInfo.InvariantCulture))}"])}";

    /// <summary>The address of the list sorted by a column, or reversed if it already is.</summary>
    public string Address(ListColumn column)
    {
        var other = this with { SortColumn = column, Reversed = column == SortColumn && !Reversed };
        var parts = other.Parts().ToList();
        return parts.Count == 0 ? "./" : $"?{string.Join('&', parts)}";
    }

    /// <summary>The order as the value of ?sort=; null for the default order.</summary>
    public string? Sort =>
        Reversed ? $"-{SortColumn.Key}"
        : SortColumn == ListRow.Verdict ? null
        : SortColumn.Key;

    private IEnumerable<string> Parts()
    {
        if (Text.Length > 0)
        {
            yield return $"q={Uri.EscapeDataString(Text)}";
        }
        if (OnlyFindings)
        {
            yield return "findings=1";
        }
        if (Sort is { } sort)
        {
            yield return $"sort={sort}";
        }
    }

    private static int ParsePage(string text) =>
        text == AllPages ? All
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Max(1, page)
        : 1;
}
