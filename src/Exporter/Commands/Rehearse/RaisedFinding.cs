using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>A finding as the alert that it is, with the labels that the rule's alert would have.</summary>
internal static class RaisedFinding
{
    /// <summary>
    /// What is wrong at this instant, without what the rules leave to another alert: they look at a cluster over time
    /// and from several sides, where a finding is of one instant.
    /// </summary>
    public static IEnumerable<Finding> FromAnalysis(ClusterAnalysis analysis) =>
        analysis.Snapshot.PolledOnce ? analysis.Findings.Where(finding => !IsLeftToAnother(finding, analysis)) : [];

    /// <summary>To Prometheus a label without a value is none.</summary>
    public static ImmutableSortedDictionary<string, string> Labels(Finding finding, AlertRule rule, string cluster) =>
        ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal,
            [
                .. finding
                    .Labels.Where(label => label.Value.Length > 0)
                    .Select(label => KeyValuePair.Create(label.Name, label.Value)),
                KeyValuePair.Create("alertname", AlertRule.Prefix + rule.Name),
                KeyValuePair.Create("cluster", cluster),
                KeyValuePair.Create("severity", rule.Severity),
                KeyValuePair.Create("rehearsal", "true"),
            ]
        );

    private static bool IsLeftToAnother(Finding finding, ClusterAnalysis analysis) =>
        finding.Name switch
        {
            // Too few that answer us, but a read goes through: it is the exporter that is cut off. Reads that fail
            // without a leader: NoLeader says so, and in every failover they do.
            nameof(FindingKind.QuorumLost) => analysis.QuorumMargin < 0
                ? analysis.Snapshot.LinearizableReadUp is true
                : analysis.Leader is not { Up: true },
            // A member that refuses our secret, or forwards, still votes: the leader hears it.
            // Without an answer from the leader NoLeader says what is worse.
            nameof(FindingKind.NoQuorumMargin) => analysis.Leader is not { Up: true }
                || analysis.Peers.Count(peer => peer.Active is true && peer.Row.Learner is not true) > analysis.Quorum,
            // MemberDown and MemberIsolated say it.
            nameof(FindingKind.PeerLagging)
            or nameof(FindingKind.PeerNotReplicating)
            or nameof(FindingKind.LearnerStuck) => analysis.Snapshot.Members.Any(member =>
                member.Name == finding.Subject && !Leadership.Follows(analysis.Snapshot, member)
            ),
            // Its rule asks for ten minutes without any success.
            nameof(FindingKind.StaleData) => true,
            _ => false,
        };
}
