namespace Clustermgr.Analysis;

/// <summary>
/// Tells a member's own answer from another's. A member whose own status is not normal (it installs a snapshot)
/// forwards even GETs to the leader, and the answer then carries the leader's node_id.
/// </summary>
internal static class MemberIdentity
{
    /// <summary>
    /// The name of the member that really gave this answer; null when it is <paramref name="index"/>'s own.
    /// Addresses decide where leader_host names a configured member. Elsewhere (names, NAT, loopback) memory decides:
    /// an id that another member has proven (<see cref="Proves"/>), or a leader's body from a member that was known
    /// under another id, is not its own. At first contact, with neither, the answer is believed, also where two members
    /// answer as one leader: nobody can tell then which of them forwards, and to choose would call a healthy leader
    /// down for as long as the other does. The first that either says as a follower puts it right.
    /// </summary>
    public static string? ForwardedFrom(ClusterSnapshot snapshot, int index, StatReading reading)
    {
        var self = snapshot.Members[index];
        var leads = reading.Raft.State == RaftState.Leader;
        if (leads && Same(self.Address, reading.LeaderHost))
        {
            return null;
        }
        if (leads && snapshot.Members.FirstOrDefault(member => Same(member.Address, reading.LeaderHost)) is { } leader)
        {
            return leader.Name;
        }
        if (leads && self.Proven && self.NodeId == reading.Raft.NodeId)
        {
            return null;
        }
        var holder = snapshot.Members.FirstOrDefault(member =>
            member != self && member is { Proven: true, Reading: not null } && member.NodeId == reading.Raft.NodeId
        );
        if (holder is not null)
        {
            return holder.Name;
        }
        return leads && self.NodeId is { } known && known != reading.Raft.NodeId ? reading.LeaderHost : null;
    }

    /// <summary>Whether a member that gave this answer is who it says beyond doubt: only a leader's body is ever
    /// forwarded, and one that names the member's own address is its own.</summary>
    public static bool Proves(MemberRecord self, StatReading reading) =>
        reading.Raft.State is not (RaftState.Leader or RaftState.Unknown) || Same(self.Address, reading.LeaderHost);

    private static bool Same(string address, string leaderHost) =>
        string.Equals(address, leaderHost, StringComparison.OrdinalIgnoreCase);
}
