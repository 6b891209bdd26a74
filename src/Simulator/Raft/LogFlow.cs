namespace ClustermgrSimulator.Raft;

/// <summary>
/// The growth of the log: at a steady rate while a leader has a majority, and copied at once by all its followers. A
/// function of time alone, however often it is evaluated.
/// </summary>
internal sealed class LogFlow(double entriesPerSecond)
{
    private DateTimeOffset _since;
    private ulong _base;
    private ulong _term;
    private Member? _leader;

    /// <summary>Advances the members' logs to a time.</summary>
    public void AdvanceTo(DateTimeOffset now, List<Member> members)
    {
        if (_leader is not { } leader)
        {
            return;
        }
        leader.LastIndex = _base + (ulong)((now - _since).TotalSeconds * entriesPerSecond);
        foreach (var member in members)
        {
            if (!member.Follows(leader) || now < member.SnapshotUntil)
            {
                continue;
            }
            member.LastIndex = leader.LastIndex;
            member.HeardAt = now;
            if (!leader.Peers.TryGetValue(member.Id, out var peer))
            {
                continue;
            }
            peer.Match = member.AppliedIndex;
            peer.Next = member.AppliedIndex + 1;
            peer.PendingSnapshot = 0;
        }
    }

    /// <summary>Appends one entry. False without a leader that has a majority.</summary>
    public bool Append()
    {
        if (_leader is null)
        {
            return false;
        }
        _base++;
        return true;
    }

    /// <summary>Starts a new segment when the leader, its term or its majority changed.</summary>
    public void Follow(Member? servingLeader, DateTimeOffset now)
    {
        var term = servingLeader?.Term ?? 0;
        if (ReferenceEquals(servingLeader, _leader) && term == _term)
        {
            return;
        }
        _leader = servingLeader;
        _since = now;
        _base = servingLeader?.LastIndex ?? 0;
        _term = term;
    }
}
