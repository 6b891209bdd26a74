using Clustermgr.Analysis;

namespace Clustermgr.Admin;

/// <summary>Nothing is sent to a cluster that cannot store it.</summary>
public static class QuorumGuard
{
    private const string Two = "they are of two clusters; name members of one alone";

    /// <summary>Null where a majority has just answered.</summary>
    public static Objection? Check(Answer<SwitchReading> probe) =>
        probe.Outcome switch
        {
            Outcome.Ok => null,
            Outcome.NoLeader or Outcome.ReadIndex or Outcome.Timeout => new Objection(
                $"without a quorum nothing can be stored, and a linearizable read just reached none "
                    + $"({probe.Detail}); bring members back first"
            ),
            _ => new Objection($"whether there is a quorum cannot be told ({probe.Detail})"),
        };

    /// <summary>Null where the last look found the leader, and that leader has told who belongs.</summary>
    public static Objection? OfList(ClusterView view) =>
        view.Refusal is { } refusal ? new Objection(refusal) : OfList(view.Analysis);

    /// <summary>Null where the leader itself has told who belongs.</summary>
    public static Objection? OfList(ClusterAnalysis analysis)
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
            .Snapshot.Members.FirstOrDefault(member => Leadership.Follows(analysis.Snapshot, member))
            ?.Reading?.LeaderHost;
        return new Objection(
            "only the leader's own list says who belongs, and "
                + (string.IsNullOrEmpty(named) ? "no member answers as leader" : $"the leader {named} does not answer")
        );
    }

    /// <summary>A sentence where what the members say cannot be of one cluster; a write could then reach either. Null
    /// where it can.</summary>
    public static string? TwoClusters(ClusterAnalysis analysis) => TwoLists(analysis) ?? Strangers(analysis);

    /// <summary>Two lists have the same node at two addresses.</summary>
    private static string? TwoLists(ClusterAnalysis analysis)
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
                    + $"{peer.Host}: {Two}";
            }
        }
        return null;
    }

    /// <summary>A member follows another leader than the one that answers. Clusters number their nodes alike, from 1
    /// on, and examples name them all by loopback addresses: one sign alone may be absent. Who was removed and still
    /// runs follows its last leader for good, and is no sign beside a follower that the leader lists.</summary>
    private static string? Strangers(ClusterAnalysis analysis)
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
            var (raft, named) = (member.Reading!.Raft, member.Reading.LeaderHost);
            if (
                raft.Leader == leads.NodeId
                && named != reading.LeaderHost
                && named.Length > 0
                && reading.LeaderHost.Length > 0
            )
            {
                return $"{Follows(member)} at {named}, and {at} and calls itself {reading.LeaderHost}: {Two}";
            }
            if (raft.Term < leads.Term)
            {
                return $"{Follows(member)} in term {raft.Term}, and {at}: an election just now, so try again in 20 "
                    + $"s, or {Two}";
            }
        }
        return followers is [var first, ..] && !followers.Exists(member => listed.Contains(member.Reading!.Raft.NodeId))
            ? $"{Follows(first)}, and {at} without it among its peers: it was removed, or {Two}"
            : null;

        static string Follows(MemberRecord member) =>
            $"{member.Name} (node {member.Reading!.Raft.NodeId}) follows node {member.Reading.Raft.Leader}";
    }
}
