using ClustermgrExporter.Clusters;

namespace ClustermgrExporter.Admin;

/// <summary>Nothing is sent to a cluster that cannot store it.</summary>
internal static class QuorumGuard
{
    /// <summary>Null where a majority has just answered.</summary>
    public static Objection? Of(Answer<SwitchReading> probe) => probe.Outcome switch
    {
        Outcome.Ok => null,
        Outcome.NoLeader or Outcome.ReadIndex or Outcome.Timeout => new Objection(
            $"without a quorum nothing can be stored, and a linearizable read just reached none ({probe.Detail}); bring members back first"),
        _ => new Objection($"whether there is a quorum cannot be told ({probe.Detail})"),
    };

    /// <summary>Null where the last look found the leader, and that leader has told who belongs.</summary>
    public static Objection? OfList(ClusterView view) =>
        view.Refusal is { } refusal ? new Objection(refusal) : OfList(view.Analysis);

    /// <summary>Null where the leader itself has told who belongs.</summary>
    public static Objection? OfList(ClusterAnalysis analysis)
    {
        if (analysis is { Leader.Up: true, Peers.IsEmpty: false }) return null;
        if (analysis.NamedLeader is 0) return new Objection("no leader is known; wait until one is elected, 10 to 20 s after a loss");
        var named = analysis.Snapshot.Members.FirstOrDefault(member => Leadership.Follows(analysis.Snapshot, member))?.Reading?.LeaderHost;
        return new Objection("only the leader's own list says who belongs, and "
            + (string.IsNullOrEmpty(named) ? "no member answers as leader" : $"the leader {named} does not answer"));
    }

    /// <summary>A sentence where two members show lists that cannot be of one cluster: the same node at two addresses. A write could then
    /// reach either. Null where they do not.</summary>
    public static string? TwoClusters(ClusterAnalysis analysis)
    {
        var hosts = new Dictionary<ulong, (string Host, string Member)>();
        foreach (var member in analysis.Snapshot.Members.Where(member => member.Up))
        {
            foreach (var peer in member.Reading!.Raft.Peers)
            {
                if (hosts.TryAdd(peer.Id, (peer.Host, member.Name)) || hosts[peer.Id].Host == peer.Host) continue;
                return $"{hosts[peer.Id].Member} lists node {peer.Id} at {hosts[peer.Id].Host}, {member.Name} at {peer.Host}: they are of two clusters; "
                    + "name members of one alone";
            }
        }
        return null;
    }
}
