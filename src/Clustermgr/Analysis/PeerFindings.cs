using System.Globalization;
using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>What the leader's list tells of the others.</summary>
internal static class PeerFindings
{
    public static IEnumerable<Finding> Find(ClusterAnalysis analysis)
    {
        if (analysis.Leader is not { Up: true } leader)
        {
            yield break;
        }
        foreach (var peer in analysis.Peers.Where(peer => !peer.IsLeader))
        {
            if (Judge(peer, NameOf(analysis, peer)) is { } finding)
            {
                yield return finding;
            }
        }
        if (analysis.Snapshot.Rules.Sidecar || analysis.Peers.IsEmpty)
        {
            yield break;
        }
        var voters = analysis.Peers.Where(peer => peer.Row.Learner is not true).Select(peer => peer.Row.Id).ToHashSet();
        var learners = analysis.Peers.Length - voters.Count;
        var configured = analysis.Snapshot.Members.Length;
        if (voters.Count != configured && analysis.Peers.Length != configured)
        {
            yield return FindingKind.VoterMismatch.Found(
                "",
                $"{leader.Name} lists {Pluralizer.Count(voters.Count, "voter")} and "
                    + $"{Pluralizer.Count(learners, "learner")}, "
                    + $"{Pluralizer.Count(configured, "member", "is")} configured."
            );
        }
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Up && analysis.Peers.All(peer => peer.Row.Id != member.NodeId))
            {
                yield return FindingKind.VoterMismatch.Found(
                    member.Name,
                    $"{member.Name} (node {member.NodeId}) is configured here and not in the list of the leader "
                        + $"{leader.Name}."
                );
            }
        }
    }

    private static Finding? Judge(PeerView peer, string name)
    {
        if (peer.Row.State == PeerState.Snapshot)
        {
            return Told(FindingKind.PeerSnapshot, $"{name} is being sent a snapshot.");
        }
        if (peer.Row.Learner is true)
        {
            return peer.Row.State == PeerState.Replicate && peer.LagEntries <= Thresholds.CaughtUpLagEntries
                ? null
                : Told(FindingKind.LearnerStuck, $"The learner {name} lags {peer.LagEntries} entries behind.");
        }
        if (peer.Active is false || peer.Row.State == PeerState.Probe)
        {
            var why = peer.Active is false ? "the leader does not hear it" : "the leader probes it";
            return Told(FindingKind.PeerNotReplicating, $"{name} does not replicate: {why}.");
        }
        return peer.LagEntries > Thresholds.CaughtUpLagEntries
            ? Told(FindingKind.PeerLagging, $"{name} lags {peer.LagEntries} entries behind.")
            : null;

        Finding Told(FindingKind kind, string sentence) =>
            kind.Found(
                name,
                sentence,
                ("peer", peer.Row.Id.ToString(CultureInfo.InvariantCulture)),
                ("host", peer.Row.Host)
            );
    }

    private static string NameOf(ClusterAnalysis analysis, PeerView peer) =>
        analysis.Snapshot.Members.FirstOrDefault(member => member.NodeId == peer.Row.Id)?.Name
        ?? $"node {peer.Row.Id} ({peer.Row.Host})";
}
