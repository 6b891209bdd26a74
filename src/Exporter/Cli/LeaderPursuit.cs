using System.Collections.Immutable;
using ClustermgrExporter.Clusters;
using ClustermgrExporter.Config;

namespace ClustermgrExporter.Cli;

/// <summary>Who is given one member finds the leader by what that member says, and is told what it could not find.</summary>
internal static class LeaderPursuit
{
    /// <summary>The same cluster with the leader beside the one member; null where there is nothing to follow, or a note says
    /// why it is not.</summary>
    public static ClusterConfig? Of(ClusterConfig cluster, ClusterAnalysis heard, out string? note)
    {
        note = null;
        if (!cluster.Sidecar || heard.Snapshot.Members is not [{ Up: true, Reading: { } reading }]) return null;
        var raft = reading.Raft;
        if (raft.Leader == 0 || raft.Leader == raft.NodeId) return null;
        var given = cluster.Members[0].Url;
        if (MemberUrl.Parse($"{given.Scheme}://{reading.LeaderHost}", out _) is not { } leader)
            note = $"the leader (node {raft.Leader}) is not asked: its address {Quoted.Of(reading.LeaderHost)} is none";
        else if (leader.IsLoopback && MemberUrl.Parse(given.AbsoluteUri, out _) is { IsLoopback: false })
            note = $"the leader (node {raft.Leader}) is not asked: {leader.Label}, as it is named, is an address within its own machine";
        else if (leader.Address == heard.Snapshot.Members[0].Address)
            note = $"the leader (node {raft.Leader}) is not asked: it is named by the address of the member that was asked";
        else
            return cluster with { Members = cluster.Members.Add(new MemberConfig(leader.Label, leader.Url)) };
        return null;
    }

    /// <summary>Why the judgement does without the leader.</summary>
    public static string Unreached(MemberRecord leader)
    {
        var seen = leader.Detail.Length > 0 ? leader.Detail : Words.Of(leader.Outcome ?? Outcome.Timeout);
        return $"the leader, named as {leader.Name}, was asked too and does not answer from here ({seen}): what only it knows is missing";
    }

    /// <summary>Who else there is and was not asked: a peer's row has its raft address alone.</summary>
    public static IEnumerable<string> Others(ClusterConfig cluster, ClusterAnalysis analysis)
    {
        if (!cluster.Sidecar) yield break;
        var unasked = analysis.Peers.Where(peer => analysis.Snapshot.Members.All(member => member.NodeId != peer.Row.Id))
            .Select(peer => $"node {peer.Row.Id} (raft {peer.Row.Host})").ToImmutableArray();
        if (unasked.IsEmpty) yield break;
        yield return $"not asked: {string.Join(", ", unasked)}. Peers are listed by raft address, their HTTP addresses cannot be known; "
            + "name them with --clustermgr.url";
    }
}
