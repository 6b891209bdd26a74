using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Html;

/// <summary>Which clusters the list shows. Nothing that somebody may write there is an error: a page is for people.
/// </summary>
/// <param name="Text">Part of the name of a cluster, a member or a finding, in any case; "" for all.</param>
/// <param name="OnlyFindings">Only those that are not healthy, worst first.</param>
/// <param name="Page">From 1.</param>
internal sealed record ListQuery(string Text, bool OnlyFindings, int Page)
{
    public const int PageSize = 100;

    private const int MostText = 200;

    public static ListQuery Parse(IQueryCollection query)
    {
        var text = query["q"].ToString().Trim();
        return new(
            text.Length > MostText ? text[..MostText] : text,
            query["findings"] == "1",
            int.TryParse(query["page"], NumberStyles.None, CultureInfo.InvariantCulture, out var page)
                ? Math.Max(1, page)
                : 1
        );
    }

    /// <summary>In the order in which they are shown, all pages.</summary>
    public ImmutableArray<ClusterAnalysis> Of(ImmutableArray<ClusterAnalysis> clusters)
    {
        var found = clusters.Where(Matches);
        if (!OnlyFindings)
        {
            return [.. found];
        }
        return
        [
            .. found
                .Where(analysis => ClusterVerdict.FromAnalysis(analysis).Kind != VerdictKind.Healthy)
                .OrderByDescending(ClusterFacts.Pages)
                .ThenByDescending(analysis => ClusterFacts.Findings(analysis).Length),
        ];
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
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={page}"));
        return $"?{string.Join('&', parts)}";
    }

    private bool Matches(ClusterAnalysis analysis) =>
        Text.Length == 0
        || Has(analysis.Snapshot.Cluster)
        || analysis.Snapshot.Members.Any(member => Has(member.Name))
        || ClusterFacts.Findings(analysis).Any(finding => Has(finding.Name));

    private bool Has(string name) => name.Contains(Text, StringComparison.OrdinalIgnoreCase);
}
