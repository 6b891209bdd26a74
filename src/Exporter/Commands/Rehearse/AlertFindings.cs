using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>Maps findings to alerts, with the labels that the rule's alert has.</summary>
internal static class AlertFindings
{
    /// <summary>
    /// The findings of this instant, without those that the rules leave to another alert: rules look at a cluster over
    /// time, a finding is of one instant.
    /// </summary>
    public static IEnumerable<Finding> Select(ClusterAnalysis analysis) =>
        analysis.Snapshot.PolledOnce ? analysis.Findings.Where(finding => !IsLeftToAnother(finding, analysis)) : [];

    /// <summary>Prometheus treats a label without a value as absent.</summary>
    public static ImmutableSortedDictionary<string, string> CreateLabels(
        Finding finding,
        AlertRule rule,
        string cluster
    ) =>
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
            // Too few members answer, but a read succeeds: the exporter is cut off. Reads that fail without a leader
            // are covered by NoLeader, and they fail in every failover.
            nameof(FindingKind.QuorumLost) => analysis.QuorumMargin < 0
                ? analysis.Snapshot.LinearizableReadUp is true
                : analysis.Leader is not { Up: true },
            // A member that refuses our secret, or forwards, still votes: the leader hears it. Without an answer from
            // the leader, NoLeader covers it.
            nameof(FindingKind.NoQuorumMargin) => analysis.Leader is not { Up: true }
                || analysis.Peers.Count(peer => peer.Active is true && peer.Row.Learner is not true) > analysis.Quorum,
            // Covered by MemberDown and MemberIsolated.
            nameof(FindingKind.PeerLagging)
            or nameof(FindingKind.PeerNotReplicating)
            or nameof(FindingKind.LearnerStuck) => analysis.Snapshot.Members.Any(member =>
                member.Name == finding.Subject && !Leadership.NamesCurrentLeader(analysis.Snapshot, member)
            ),
            // Its rule requires ten minutes without any success.
            nameof(FindingKind.StaleData) => true,
            _ => false,
        };
}
