namespace Clustermgr.Analysis;

/// <summary>
/// Distinguishes a member's own answer from a forwarded one. A member whose status is not normal (it installs a
/// snapshot) forwards even GETs to the leader, and the answer then carries the leader's node_id.
/// </summary>
internal static class MemberIdentity
{
    /// <summary>
    /// Returns the name of the member that actually gave this answer; null when it is <paramref name="index"/>'s own.
    /// Addresses decide when leader_host names a configured member. Otherwise (names, NAT, loopback) earlier answers
    /// decide: an id that another member has proven (<see cref="Proves"/>), or a leader's body from a member known
    /// under another id, is not its own. At first contact, with neither, the answer is accepted, even when two members
    /// answer as one leader: it is unknown which of them forwards, and a wrong choice would report a healthy leader as
    /// down for as long as the other forwards. The first answer of either as a follower corrects it.
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
        if (leads && self.IsNodeIdProven && self.NodeId == reading.Raft.NodeId)
        {
            return null;
        }
        var holder = snapshot.Members.FirstOrDefault(member =>
            member != self
            && member is { IsNodeIdProven: true, Reading: not null }
            && member.NodeId == reading.Raft.NodeId
        );
        if (holder is not null)
        {
            return holder.Name;
        }
        return leads && self.NodeId is { } known && known != reading.Raft.NodeId ? reading.LeaderHost : null;
    }

    /// <summary>Whether this answer proves the member's identity: only a leader's body is ever forwarded, and one that
    /// names the member's own address is its own.</summary>
    public static bool Proves(MemberRecord self, StatReading reading) =>
        reading.Raft.State is not (RaftState.Leader or RaftState.Unknown) || Same(self.Address, reading.LeaderHost);

    private static bool Same(string address, string leaderHost) =>
        string.Equals(address, leaderHost, StringComparison.OrdinalIgnoreCase);
}
