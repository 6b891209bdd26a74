using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>Looks up peers by node id and formats them for messages.</summary>
public static class PeerLookup
{
    public static PeerView? Find(ClusterAnalysis analysis, ulong id) =>
        analysis.Peers.FirstOrDefault(peer => peer.Row.Id == id);

    public static MemberRecord? FindMember(ClusterAnalysis analysis, ulong id) =>
        analysis.Snapshot.Members.FirstOrDefault(member => member.NodeId == id);

    public static string Describe(ClusterAnalysis analysis, ulong id) =>
        (FindMember(analysis, id)?.Name ?? Find(analysis, id)?.Row.Host) is { Length: > 0 } name
            ? $"node {id} ({name})"
            : $"node {id}";

    public static string FormatIds(ClusterAnalysis analysis) =>
        string.Join(", ", analysis.Peers.Select(peer => peer.Row.Id.ToString(CultureInfo.InvariantCulture)));

    public static IEnumerable<PeerView> Voters(ClusterAnalysis analysis) =>
        analysis.Peers.Where(peer => peer.Row.Learner is not true);

    /// <summary>
    /// Counts the voters that have caught up, that the leader hears and, if polled here, that answer. A one-time
    /// reading cannot smooth the leader's active flag. A member that never answered has no known node id: it may be any
    /// peer that no other member is, and the leader counts it as active for some seconds after it died, so it is
    /// subtracted.
    /// </summary>
    public static int CountHealthy(ClusterAnalysis analysis, IReadOnlyCollection<PeerView> voters)
    {
        var healthy = voters
            .Where(peer => IsHeard(peer) && Quorum.IsHealthy(analysis.Snapshot, peer, analysis.Leader!.Reading!.Raft))
            .ToList();
        return healthy.Count
            - Math.Min(
                GetUnidentifiedMembers(analysis).Count(),
                healthy.Count(peer => FindMember(analysis, peer.Row.Id) is null)
            );
    }

    /// <summary>Configured members that do not answer and whose node id is unknown.</summary>
    public static IEnumerable<MemberRecord> GetUnidentifiedMembers(ClusterAnalysis analysis) =>
        analysis.Snapshot.Members.Where(member => member is { Up: false, NodeId: null });

    /// <summary>Whether the leader hears the peer, caught up or not. The leader counts a peer that just died as active
    /// for some seconds. A peer that was never started is called active too, but has replicated nothing.</summary>
    public static bool IsHeard(PeerView peer) =>
        peer.IsLeader || peer is { Row: { Active: true } and not { State: PeerState.Probe, Match: null or 0 } };

    /// <summary>Summarizes the cluster in one line.</summary>
    public static string Summarize(ClusterAnalysis analysis)
    {
        var leader = analysis.Leader is { Up: true, Reading.Raft: var raft }
            ? $"{Describe(analysis, raft.NodeId)} leads in term {raft.Term}"
            : "the leader is not known here";
        if (analysis.Voters is not { } voters)
        {
            return leader;
        }
        var learners = analysis.MemberCount - voters;
        var others = learners > 0 ? $" and {Pluralizer.Count(learners.Value, "learner")}" : "";
        return $"{leader}; {Pluralizer.Count(voters, "voter")}{others}, {FormatVerb(analysis.Quorum!.Value)} a quorum";
    }

    private static string FormatVerb(int number) => number == 1 ? "1 is" : $"{number} are";
}
