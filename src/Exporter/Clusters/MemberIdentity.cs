namespace ClustermgrExporter.Clusters;

/// <summary>
/// Tells a member's own answer from another's. A member whose own status is not normal (it installs a snapshot)
/// forwards even GETs to the leader, and the answer then carries the leader's node_id.
/// </summary>
internal static class MemberIdentity
{
    /// <summary>
    /// The name of the member that really gave this answer; null when it is <paramref name="index"/>'s own.
    /// Addresses decide where leader_host names a configured member. Elsewhere (names, NAT, loopback) memory decides:
    /// an id that another member holds, or a leader's body from a member that was known under another id, is not its
    /// own. At first contact, with neither, the answer is believed; the first that this member says as a follower,
    /// which is never forwarded, puts it right.
    /// </summary>
    public static string? ForwardedFrom(ClusterSnapshot snapshot, int index, StatReading reading)
    {
        var self = snapshot.Members[index];
        var leads = reading.Raft.State == RaftState.Leader;
        if (leads && Same(self.Address, reading.LeaderHost)) return null;
        if (leads && snapshot.Members.FirstOrDefault(member => Same(member.Address, reading.LeaderHost)) is { } leader)
            return leader.Name;
        var holder = snapshot.Members.FirstOrDefault(
            member => member != self && member.Reading is not null && member.NodeId == reading.Raft.NodeId);
        if (holder is not null) return holder.Name;
        return leads && self.NodeId is { } known && known != reading.Raft.NodeId ? reading.LeaderHost : null;
    }

    private static bool Same(string address, string leaderHost) =>
        string.Equals(address, leaderHost, StringComparison.OrdinalIgnoreCase);
}
