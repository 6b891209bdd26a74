using System.Text.Json;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>What list and detail both say of a cluster.</summary>
internal static class SummaryJson
{
    /// <param name="runbooks">Where the runbooks are, as the reader of the document finds them.</param>
    public static void Write(Utf8JsonWriter json, ClusterAnalysis analysis, int mostFindings, string runbooks)
    {
        var snapshot = analysis.Snapshot;
        var (findings, pages) = (ClusterFacts.Findings(analysis), ClusterFacts.Pages(analysis));
        json.Text("name", snapshot.Cluster);
        json.Flag("polledOnce", snapshot.PolledOnce);
        json.Flag("sidecar", snapshot.Rules.Sidecar);
        json.Text("verdict", ClusterFacts.Word(ClusterVerdict.FromAnalysis(analysis).Kind));
        json.Text("words", ClusterFacts.Words(analysis));
        json.Count("pages", pages);
        json.Count("tickets", findings.Length - pages);
        json.Object(
            "leader",
            ClusterFacts.Leader(analysis),
            (json, leader) =>
            {
                json.Text("member", leader.Member);
                json.Id("nodeId", leader.NodeId);
                json.Id("term", leader.Term);
                json.Flag("answers", leader.Answers);
            }
        );
        json.Count("members", snapshot.Members.Length);
        json.Count("membersUp", ClusterFacts.Up(analysis));
        json.Count("margin", analysis.QuorumMargin);
        json.Count("brokenDisks", ClusterFacts.Disks(analysis, idc => idc.Broken));
        json.Count("expiredDisks", ClusterFacts.Disks(analysis, idc => idc.Expired));
        json.Count("totalBytes", analysis.Leader?.Reading?.Blobnodes?.Total);
        json.Count("writableBytes", analysis.Leader?.Reading?.Blobnodes?.Writable);
        json.List(
            "findings",
            findings.Take(mostFindings),
            (json, finding) =>
            {
                json.Text("name", finding.Name);
                json.Text("severity", finding.Severity == Severity.Page ? "page" : "ticket");
                json.Text("subject", finding.Subject);
                json.Text("sentence", finding.Sentence);
                json.Time("since", snapshot.Wall(finding.Since));
                json.Text("runbook", $"{runbooks}#{ClusterFacts.Anchor(finding)}");
            }
        );
    }
}
