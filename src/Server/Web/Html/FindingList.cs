using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Findings worst first, each with its entry in the runbooks.</summary>
internal static class FindingList
{
    public static void Add(Markup html, ClusterAnalysis analysis, int most)
    {
        var findings = ClusterFacts.Findings(analysis);
        if (findings.IsEmpty)
        {
            return;
        }
        html.Add($"<ul class=\"findings\">\n");
        foreach (var finding in findings.Take(most))
        {
            var severity = finding.Severity == Severity.Page ? "page" : "ticket";
            html.Add(
                $"<li class=\"{severity}\"><strong>{severity}</strong> <a "
                    + $"href=\"runbooks#{ClusterFacts.Anchor(finding)}\">{finding.Name}</a> {finding.Sentence} Since "
                    + $"{HtmlText.Time(analysis.Snapshot.Wall(finding.Since))}.</li>\n"
            );
        }
        if (findings.Length > most)
        {
            html.Add($"<li>and {findings.Length - most} more</li>\n");
        }
        html.Add($"</ul>\n");
    }
}
