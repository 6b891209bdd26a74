using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Web.Html;

/// <summary>All clusters, a hundred a page.</summary>
internal static class ListView
{
    private const int MostFindings = 5;

    /// <summary>2 of 40 clusters have findings, 1 cannot be judged.</summary>
    public static string Title(ImmutableArray<ClusterAnalysis> clusters)
    {
        var kinds = clusters.CountBy(analysis => ClusterVerdict.FromAnalysis(analysis).Kind).ToDictionary();
        var (ill, unknown) = (
            kinds.GetValueOrDefault(VerdictKind.Findings),
            kinds.GetValueOrDefault(VerdictKind.Unknown)
        );
        var all = Pluralizer.Count(clusters.Length, "cluster");
        if (ill == 0 && unknown == 0)
        {
            return $"{all} without findings";
        }
        var judged = unknown == 0 ? "" : $"{unknown} cannot be judged";
        if (ill == 0)
        {
            return $"{unknown} of {all} cannot be judged";
        }
        return $"{ill} of {all} {(ill == 1 ? "has" : "have")} findings{(judged.Length == 0 ? "" : $", {judged}")}";
    }

    public static Markup Render(ImmutableArray<ClusterAnalysis> clusters, ListQuery query)
    {
        var found = query.Of(clusters);
        var pages = Math.Max(1, (found.Length + ListQuery.PageSize - 1) / ListQuery.PageSize);
        var page = Math.Min(query.Page, pages);
        var (first, html) = ((page - 1) * ListQuery.PageSize, new Markup());
        html.Add(
            $"""
            <main id="status" data-cluster="">
            <h1>{Title(clusters)}</h1>
            <form role="search" method="get" action="./">
            <p><label for="q">Search clusters</label> <input id="q" name="q" type="search" value="{query.Text}">

            """
        );
        if (query.OnlyFindings)
        {
            html.Add($"<input id=\"findings\" name=\"findings\" type=\"checkbox\" value=\"1\" checked>");
        }
        else
        {
            html.Add($"<input id=\"findings\" name=\"findings\" type=\"checkbox\" value=\"1\">");
        }
        var last = Math.Min(first + ListQuery.PageSize, found.Length);
        var shown = found.Length == 0 ? "No cluster matches" : $"Clusters {first + 1} to {last} of {found.Length}";
        html.Add(
            $"""
             <label for="findings">Only those with findings</label> <button type="submit">Show</button></p>
            </form>
            <p>{shown}, as of {HtmlText.Time(clusters.Max(analysis => (DateTimeOffset?)analysis.Snapshot.WallAt))}.</p>
            <table>
            <caption>Clusters</caption>
            <thead><tr><th scope="col">Cluster</th><th scope="col">State</th><th scope="col">Leader</th><th scope="col">Members</th></tr></thead>
            <tbody>

            """
        );
        foreach (var analysis in found.AsSpan(first, last - first))
        {
            Row(html, analysis);
        }
        html.Add($"</tbody>\n</table>\n");
        Pages(html, query, page, pages);
        html.Add($"</main>");
        return html;
    }

    /// <summary>The leader of a cluster in a few words.</summary>
    public static string Leader(ClusterAnalysis analysis) =>
        ClusterFacts.Leader(analysis) switch
        {
            null => "none known",
            { Answers: true } leader => $"{leader.Member}, term {leader.Term}",
            { Answers: null, Member: { } host } leader =>
                $"{host} (node {leader.NodeId}), term {leader.Term}, not polled here",
            { Member: { } member } leader => $"{member} (node {leader.NodeId}), not answering",
            { } leader => $"node {leader.NodeId}, not polled here",
        };

    private static void Row(Markup html, ClusterAnalysis analysis)
    {
        var (name, verdict) = (analysis.Snapshot.Cluster, ClusterVerdict.FromAnalysis(analysis));
        html.Add(
            $"""
            <tr class="{ClusterFacts.Word(verdict.Kind)}"><th scope="row"><a href="?cluster={Uri.EscapeDataString(
                name
            )}">{name}</a></th>
            <td data-of="State">{ClusterFacts.Words(analysis)}
            """
        );
        FindingList.Add(html, analysis, MostFindings);
        html.Add(
            $"""
            </td><td data-of="Leader">{Leader(analysis)}</td>
            <td data-of="Members">{ClusterFacts.Up(analysis)} of {analysis.Snapshot.Members.Length} answer</td></tr>

            """
        );
    }

    private static void Pages(Markup html, ListQuery query, int page, int pages)
    {
        if (pages == 1)
        {
            return;
        }
        html.Add($"<nav aria-label=\"Pages of the list\"><p>");
        if (page > 1)
        {
            html.Add($"<a rel=\"prev\" href=\"{query.Address(page - 1)}\">Previous</a> ");
        }
        html.Add($"Page {page} of {pages}");
        if (page < pages)
        {
            html.Add($" <a rel=\"next\" href=\"{query.Address(page + 1)}\">Next</a>");
        }
        html.Add($"</p></nav>\n");
    }
}
