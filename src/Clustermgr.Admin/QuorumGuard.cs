using Clustermgr.Analysis;

namespace Clustermgr.Admin;

/// <summary>Refuses writes to a cluster that has no quorum to store them.</summary>
public static class QuorumGuard
{
    private const string TwoClustersHint = "they belong to two clusters; name members of one only";

    /// <summary>Returns null when a majority has just answered.</summary>
    public static Objection? Check(Answer<SwitchReading> probe) =>
        probe.Outcome switch
        {
            Outcome.Ok => null,
            Outcome.NoLeader or Outcome.ReadIndex or Outcome.Timeout => new Objection(
                $"without a quorum nothing can be stored, and a linearizable read just reached none "
                    + $"({probe.Detail}); bring members back first"
            ),
            _ => new Objection($"it is unknown whether there is a quorum ({probe.Detail})"),
        };

    /// <summary>Returns null when the last look found the leader and its list of peers.</summary>
    public static Objection? CheckPeerList(ClusterView view) =>
        view.WriteRefusal is { } refusal ? new Objection(refusal) : CheckPeerList(view.Analysis);

    /// <summary>Returns null when the leader answered with its list of peers.</summary>
    public static Objection? CheckPeerList(ClusterAnalysis analysis)
    {
        if (analysis is { Leader.Up: true, Peers.IsEmpty: false })
        {
            return null;
        }
        if (analysis.NamedLeader is 0)
        {
            return new Objection("no leader is known; wait until one is elected, 10 to 20 s after a loss");
        }
        var named = analysis
            .Snapshot.Members.FirstOrDefault(member => Leadership.NamesCurrentLeader(analysis.Snapshot, member))
            ?.Reading?.LeaderHost;
        return new Objection(
            "only the leader's own list shows the members, and "
                + (string.IsNullOrEmpty(named) ? "no member answers as leader" : $"the leader {named} does not answer")
        );
    }

    /// <summary>Returns a sentence when the members' answers cannot come from one cluster, so that a write could reach
    /// either; else null.</summary>
    public static string? DetectTwoClusters(ClusterAnalysis analysis) =>
        FindConflictingPeers(analysis) ?? DescribeForeignFollower(analysis);

    /// <summary>Two members list the same node with different addresses.</summary>
    private static string? FindConflictingPeers(ClusterAnalysis analysis)
    {
        var hosts = new Dictionary<ulong, (string Host, string Member)>();
        foreach (var member in analysis.Snapshot.Members.Where(member => member.Up))
        {
            foreach (var peer in member.Reading!.Raft.Peers)
            {
                if (hosts.TryAdd(peer.Id, (peer.Host, member.Name)) || hosts[peer.Id].Host == peer.Host)
                {
                    continue;
                }
                return $"{hosts[peer.Id].Member} lists node {peer.Id} at {hosts[peer.Id].Host}, {member.Name} at "
                    + $"{peer.Host}: {TwoClustersHint}";
            }
        }
        return null;
    }

    /// <summary>
    /// A member follows another leader than the one that answers. Clusters number their nodes alike, from 1, and
    /// examples use loopback addresses, so several signs are checked. A removed member that still runs follows its last
    /// leader forever; it is no sign of two clusters when another follower is on the leader's list.
    /// </summary>
    private static string? DescribeForeignFollower(ClusterAnalysis analysis)
    {
        if (analysis.Leader is not { Up: true, Reading: { Raft: { Peers.Length: > 0 } leads } reading } leader)
        {
            return null;
        }
        var at = $"{leader.Name} (node {leads.NodeId}) leads in term {leads.Term}";
        var listed = leads.Peers.Select(peer => peer.Id).ToHashSet();
        var followers = analysis
            .Snapshot.Members.Where(member =>
                member is { Up: true, Reading.Raft: { State: RaftState.Follower, Leader: not 0 } }
            )
            .ToList();
        foreach (var member in followers.Where(member => listed.Contains(member.Reading!.Raft.NodeId)))
        {
            var raft = member.Reading!.Raft;
            var named = member.Reading.LeaderHost;
            if (
                raft.Leader == leads.NodeId
                && named != reading.LeaderHost
                && named.Length > 0
                && reading.LeaderHost.Length > 0
            )
            {
                return $"{Follows(member)} at {named}, and {at} and calls itself {reading.LeaderHost}: "
                    + TwoClustersHint;
            }
            if (raft.Term < leads.Term)
            {
                return $"{Follows(member)} in term {raft.Term}, and {at}: an election just now, so try again in 20 "
                    + $"s, or {TwoClustersHint}";
            }
        }
        return followers is [var first, ..] && !followers.Exists(member => listed.Contains(member.Reading!.Raft.NodeId))
            ? $"{Follows(first)}, and {at} without it among its peers: it was removed, or {TwoClustersHint}"
            : null;

        static string Follows(MemberRecord member) =>
            $"{member.Name} (node {member.Reading!.Raft.NodeId}) follows node {member.Reading.Raft.Leader}";
    }
}
