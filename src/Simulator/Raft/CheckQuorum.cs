namespace ClustermgrSimulator.Raft;

/// <summary>
/// CheckQuorum of a leader: once per election timeout it checks whether a majority has answered since the last check,
/// and resets the flags. Therefore active flickers, and a leader without a quorum goes on for up to two periods.
/// </summary>
internal sealed class CheckQuorum(Timings timings, RandomSource random)
{
    /// <summary>False: the leader has to step down.</summary>
    public bool HasQuorum(Member leader, RaftGroup group)
    {
        var voters = 0;
        var active = 0;
        foreach (var voter in group.Voters)
        {
            voters++;
            var answered = leader.Peers.TryGetValue(voter.Id, out var peer) && peer.Active;
            if (answered || ReferenceEquals(voter, leader))
            {
                active++;
            }
        }
        if (active <= voters / 2)
        {
            return false;
        }
        foreach (var (id, row) in leader.Peers)
        {
            if (id == leader.Id)
            {
                row.Active = true;
            }
            else if (group.Find(id) is { } member && member.Follows(leader))
            {
                MarkAnswered(row, group.Now);
            }
            else
            {
                row.Active = false;
            }
        }
        return true;
    }

    /// <summary>Updates the peers from the list of members; a peer that answers again is replicated to again.</summary>
    public static void UpdatePeers(Member leader, RaftGroup group)
    {
        foreach (var gone in leader.Peers.Keys.Where(id => group.Find(id) is not { Listed: true }).ToArray())
        {
            leader.Peers.Remove(gone);
        }
        foreach (var member in group.Members.Where(m => m.Listed))
        {
            if (leader.Peers.TryGetValue(member.Id, out var peer))
            {
                if (!ReferenceEquals(member, leader) && member.Follows(leader) && !peer.Active)
                {
                    peer.Active = true;
                    peer.ActiveFrom = group.Now;
                    peer.Probing = false;
                    peer.Paused = false;
                }
            }
            else
            {
                // A new peer counts as active until the first check, and waits for its first answer.
                leader.Peers[member.Id] = new Progress
                {
                    Active = true,
                    Probing = true,
                    Paused = true,
                    Next = leader.LastIndex + 1,
                };
            }
        }
    }

    private void MarkAnswered(Progress peer, DateTimeOffset now)
    {
        peer.Active = true;
        peer.ActiveFrom = now + random.NextDelay(timings.HeartbeatAnswer);
    }
}
