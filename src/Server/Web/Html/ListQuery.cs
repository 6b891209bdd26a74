using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Html;

/// <summary>Which clusters the list shows. Nothing that somebody may write there is an error: a page is for people.
/// </summary>
/// <param name="Text">Words that all stand somewhere in <see cref="TextOf"/>, in any case; "" for all.</param>
/// <param name="OnlyFindings">Only those that are not healthy, worst first.</param>
/// <param name="Page">From 1; <see cref="All"/> for all on one page.</param>
internal sealed record ListQuery(string Text, bool OnlyFindings, int Page)
{
    public const int PageSize = 100,
        All = 0;

    private const int MostText = 200;

    private const string AllPages = "all";

    /// <summary>All clusters on one page, as the script asks for it: it searches by itself. A search has its pages.
    /// </summary>
    public bool Whole => Page == All && Text.Length == 0 && !OnlyFindings;

    public static ListQuery Parse(IQueryCollection query)
    {
        var (text, page) = (query["q"].ToString().Trim(), query["page"].ToString());
        return new(text.Length > MostText ? text[..MostText] : text, query["findings"] == "1", PageOf(page));
    }

    /// <summary>What a cluster is found by, in lower case: its name, its verdict, and the names of its leader, members
    /// and findings. The script searches in the same text.</summary>
    public static string TextOf(ClusterAnalysis analysis) =>
        string.Join(
                '\n',
                (
                    (string[])
                        [
                            analysis.Snapshot.Cluster,
                            ClusterFacts.Words(analysis),
                            ClusterFacts.Leader(analysis)?.Member ?? "",
                            .. analysis.Snapshot.Members.Select(member => member.Name),
                            .. ClusterFacts
                                .Findings(analysis)
                                .SelectMany(finding => (string[])[finding.Name, finding.Subject]),
                        ]
                ).Distinct()
            )
            .ToLowerInvariant();

    /// <summary>How bad it is: pages first, then tickets, then what cannot be judged; 0 is healthy.</summary>
    public static long Rank(ClusterAnalysis analysis)
    {
        var pages = ClusterFacts.Pages(analysis);
        var tickets = ClusterFacts.Findings(analysis).Length - pages;
        return (pages * 1_000_000L) + (tickets * 10L) + (VerdictText.LevelOf(analysis) == Level.Unknown ? 1 : 0);
    }

    /// <summary>In the order in which they are shown, all pages.</summary>
    public ImmutableArray<ClusterAnalysis> Of(ImmutableArray<ClusterAnalysis> clusters)
    {
        var words = Text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var found = clusters.Where(analysis =>
        {
            var text = words.Length == 0 ? "" : TextOf(analysis);
            return Array.TrueForAll(words, word => text.Contains(word, StringComparison.Ordinal));
        });
        return OnlyFindings ? [.. found.Where(analysis => Rank(analysis) > 0).OrderByDescending(Rank)] : [.. found];
    }

    /// <summary>The address of another page of the same list.</summary>
    public string Address(int page)
    {
        List<string> parts = [];
        if (Text.Length > 0)
        {
            parts.Add($"q={Uri.EscapeDataString(Text)}");
        }
        if (OnlyFindings)
        {
            parts.Add("findings=1");
        }
        parts.Add($"page={(page == All ? AllPages : page.ToString(CultureInfo.InvariantCulture))}");
        return $"?{string.Join('&', parts)}";
    }

    private static int PageOf(string text) =>
        text == AllPages ? All
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Max(1, page)
        : 1;
}
