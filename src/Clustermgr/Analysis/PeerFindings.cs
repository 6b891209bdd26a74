using System.Globalization;
using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>Findings about peers, from the leader's list.</summary>
internal static class PeerFindings
{
    public static IEnumerable<Finding> Find(ClusterAnalysis analysis)
    {
        if (analysis.Leader is not { Up: true } leader)
        {
            yield break;
        }
        foreach (var peer in analysis.Peers)
        {
            if (!peer.IsLeader && Judge(peer) is { } kind)
            {
                yield return CreateFinding(kind, peer, FormatName(analysis, peer));
            }
        }
        if (analysis.Snapshot.Settings.Sidecar || analysis.Peers.IsEmpty)
        {
            yield break;
        }
        var voters = 0; // ids are distinct
        foreach (var peer in analysis.Peers)
        {
            voters += peer.Row.Learner is true ? 0 : 1;
        }
        var learners = analysis.Peers.Length - voters;
        var configured = analysis.Snapshot.Members.Length;
        if (voters != configured && analysis.Peers.Length != configured)
        {
            yield return FindingKind.VoterMismatch.CreateFinding(
                "",
                $"{leader.Name} lists {Pluralizer.Count(voters, "voter")} and "
                    + $"{Pluralizer.Count(learners, "learner")}, "
                    + $"{Pluralizer.Count(configured, "member", "is")} configured."
            );
        }
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Up && !IsListed(analysis, member))
            {
                yield return FindingKind.VoterMismatch.CreateFinding(
                    member.Name,
                    $"{member.Name} (node {member.NodeId}) is configured here and not in the list of the leader "
                        + $"{leader.Name}."
                );
            }
        }
    }

    private static bool IsListed(ClusterAnalysis analysis, MemberRecord member)
    {
        foreach (var peer in analysis.Peers)
        {
            if (peer.Row.Id == member.NodeId)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Returns null for a healthy peer.</summary>
    private static FindingKind? Judge(PeerView peer)
    {
        if (peer.Row.State == PeerState.Snapshot)
        {
            return FindingKind.PeerSnapshot;
        }
        if (peer.Row.Learner is true)
        {
            return peer.Row.State == PeerState.Replicate && peer.LagEntries <= Thresholds.CaughtUpLagEntries
                ? null
                : FindingKind.LearnerStuck;
        }
        if (peer.Active is false || peer.Row.State == PeerState.Probe)
        {
            return FindingKind.PeerNotReplicating;
        }
        return peer.LagEntries > Thresholds.CaughtUpLagEntries ? FindingKind.PeerLagging : null;
    }

    private static Finding CreateFinding(FindingKind kind, PeerView peer, string name)
    {
        var lags = peer.LagEntries > Thresholds.CaughtUpLagEntries ? $"lags {peer.LagEntries} entries behind" : null;
        var why = peer.Active is false ? "the leader does not hear it" : "the leader probes it";
        var sentence =
            kind == FindingKind.PeerSnapshot ? $"{name} is being sent a snapshot."
            : kind == FindingKind.LearnerStuck && lags is not null ? $"The learner {name} {lags}."
            : kind == FindingKind.LearnerStuck && peer.Row.State == PeerState.Replicate
                ? $"The leader does not say how far the learner {name} lags behind."
            : kind == FindingKind.LearnerStuck ? $"The learner {name} does not replicate: {why}."
            : kind == FindingKind.PeerLagging ? $"{name} {lags}."
            : $"{name} does not replicate: {why}.";
        return kind.CreateFinding(
            name,
            sentence,
            ("peer", peer.Row.Id.ToString(CultureInfo.InvariantCulture)),
            ("host", peer.Row.Host)
        );
    }

    private static string FormatName(ClusterAnalysis analysis, PeerView peer) =>
        analysis.Snapshot.Members.FirstOrDefault(member => member.NodeId == peer.Row.Id)?.Name
        ?? $"node {peer.Row.Id} ({peer.Row.Host})";
}
