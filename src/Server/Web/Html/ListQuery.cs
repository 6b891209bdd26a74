using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Html;

/// <summary>Which clusters the list shows, and in which order. Nothing that somebody may write there is an error: a
/// page is for people.</summary>
/// <param name="Text">Words that all stand somewhere in <see cref="ListRow.Seen"/> or <see cref="ListRow.Hidden"/>, in
/// any case; "" for all.</param>
/// <param name="OnlyFindings">Only those that are not healthy.</param>
/// <param name="Page">From 1; <see cref="All"/> for all on one page.</param>
internal sealed record ListQuery(string Text, bool OnlyFindings, int Page)
{
    public const int PageSize = 100,
        All = 0;

    private const int MostText = 200;

    private const string AllPages = "all";

    /// <summary>The column that the rows are in the order of.</summary>
    public ListColumn By { get; init; } = ListRow.Verdict;

    /// <summary>The other way round than the column begins with.</summary>
    public bool Reversed { get; init; }

    /// <summary>All clusters on one page, as the script asks for it: it searches and sorts by itself. A search has its
    /// pages.</summary>
    public bool Whole => Page == All && Text.Length == 0 && !OnlyFindings;

    public ImmutableArray<string> Words =>
        [.. Text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    public static ListQuery Parse(IQueryCollection query)
    {
        var (text, page, sort) = (query["q"].ToString().Trim(), query["page"].ToString(), query["sort"].ToString());
        return new(text.Length > MostText ? text[..MostText] : text, query["findings"] == "1", PageOf(page))
        {
            By = ListRow.Columns.FirstOrDefault(column => column.Key == sort.TrimStart('-')) ?? ListRow.Verdict,
            Reversed = sort.StartsWith('-'),
        };
    }

    /// <summary>In the order in which they are shown, all pages. Those that are alike stand as they are configured;
    /// those of which nothing is known stand last, whichever way it goes.</summary>
    public ImmutableArray<ClusterAnalysis> Of(ImmutableArray<ClusterAnalysis> clusters)
    {
        var words = Words;
        var found = clusters.Where(analysis =>
        {
            var text = words.IsEmpty ? "" : ListRow.TextOf(analysis);
            return words.All(word => text.Contains(word, StringComparison.Ordinal))
                && !(OnlyFindings && ClusterFacts.Urgency(analysis) == 0);
        });
        var rows = found.Select(analysis => (Analysis: analysis, Value: By.ValueOf(analysis)));
        var known = rows.OrderBy(row => row.Value is null);
        var sorted =
            By.Descending != Reversed
                ? known.ThenByDescending(row => row.Value, SortValue.Comparer)
                : known.ThenBy(row => row.Value, SortValue.Comparer);
        return [.. sorted.Select(row => row.Analysis)];
    }

    /// <summary>The address of another page of the same list.</summary>
    public string Address(int page) =>
        $"?{string.Join('&', [.. Parts(), $"page={(page == All ? AllPages : page.ToString(CultureInfo.InvariantCulture))}"])}";

    /// <summary>The address of the same list by another column; by the same, the other way round.</summary>
    public string Address(ListColumn column)
    {
        var other = this with { By = column, Reversed = column == By && !Reversed };
        var parts = other.Parts().ToList();
        return parts.Count == 0 ? "./" : $"?{string.Join('&', parts)}";
    }

    /// <summary>What the rows are in the order of, as ?sort= has it; null for the order that is there anyhow.</summary>
    public string? Sort =>
        Reversed ? $"-{By.Key}"
        : By == ListRow.Verdict ? null
        : By.Key;

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

    private static int PageOf(string text) =>
        text == AllPages ? All
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Max(1, page)
        : 1;
}
