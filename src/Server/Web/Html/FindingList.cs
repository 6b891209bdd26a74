using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Findings worst first, each with its entry in the runbooks.</summary>
internal static class FindingList
{
    /// <summary>The lines of a list, one for each finding.</summary>
    public static Markup Render(ClusterAnalysis analysis, int maxFindings)
    {
        var html = new Markup();
        var findings = ClusterFacts.Findings(analysis);
        foreach (var finding in findings.Take(maxFindings))
        {
            var severity = ClusterFacts.ToLabel(finding.Severity);
            var since = analysis.Snapshot.ToWallClock(finding.Since);
            html.Add(
                $"""
                <li class="{severity}" data-key="{finding.Name} {finding.Subject}">
                <strong class="severity">{severity}</strong>
                <b>{finding.Name}</b>
                <span class="sentence">{finding.Sentence}</span>
                {(since is { } known ? Markup.From($"""<span class="quiet">{TimeText.For(known)}</span>""") : null)}
                <a class="runbook" href="{Runbook(analysis, finding)}">runbook<span
                class="spoken"> of {finding.Name}</span></a>
                </li>

                """
            );
        }
        if (findings.Length > maxFindings)
        {
            html.Add($"""<li class="more">and {HtmlText.Count(findings.Length - maxFindings)} more</li>""");
        }
        return html;
    }

    /// <summary>The link names the cluster, which is filled into the commands there.</summary>
    private static string Runbook(ClusterAnalysis analysis, Finding finding) =>
        $"runbooks?cluster={Uri.EscapeDataString(analysis.Snapshot.Cluster)}#{ClusterFacts.Anchor(finding)}";
}
