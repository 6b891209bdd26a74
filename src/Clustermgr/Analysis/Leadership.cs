namespace Clustermgr.Analysis;

/// <summary>Determines the leader from the members' own fresh answers.</summary>
public static class Leadership
{
    /// <summary>
    /// Index of the member that says StateLeader in the highest term that any fresh answer names; null when there is
    /// none. A deposed or cut-off leader goes on claiming its old term for up to 16 s: the higher term is right, even
    /// while the new leader itself has not answered yet.
    /// </summary>
    public static int? FindLeaderIndex(ClusterSnapshot snapshot)
    {
        int? leader = null;
        var highest = HighestTerm(snapshot);
        for (var i = 0; i < snapshot.Members.Length; i++)
        {
            var member = snapshot.Members[i];
            if (member.Reading?.Raft is not { State: RaftState.Leader } raft || raft.Term != highest)
            {
                continue;
            }
            if (leader is null || (member.Up && !snapshot.Members[leader.Value].Up))
            {
                leader = i;
            }
        }
        return leader;
    }

    /// <summary>The highest term of all fresh answers; null when there is none.</summary>
    public static ulong? HighestTerm(ClusterSnapshot snapshot)
    {
        ulong? highest = null;
        foreach (var member in snapshot.Members)
        {
            if (member.Reading?.Raft.Term is { } term && (highest is null || term > highest))
            {
                highest = term;
            }
        }
        return highest;
    }

    /// <summary>Whether some member that answers names a leader in the highest term.</summary>
    private static bool IsLeaderNamed(ClusterSnapshot snapshot, ulong? highest)
    {
        foreach (var member in snapshot.Members)
        {
            if (member is { Up: true, Reading.Raft: { Leader: not 0 } raft } && raft.Term == highest)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether a member answers and names a leader in the highest term; true for the leader itself. False for
    /// a member that is cut off from the others or still in an old term.</summary>
    public static bool NamesCurrentLeader(ClusterSnapshot snapshot, MemberRecord member) =>
        member is { Up: true, Reading.Raft: { Leader: not 0 } raft } && raft.Term == HighestTerm(snapshot);

    /// <summary>
    /// Whether a member's answer shows that it is cut off from a leader that others follow. An answer with an old term
    /// shows that only if it was requested after the new term was first seen; otherwise the previous state of the
    /// member is kept.
    /// </summary>
    public static bool IsCutOff(ClusterSnapshot snapshot, MemberRecord member)
    {
        var highest = HighestTerm(snapshot);
        if (member.Reading?.Raft is not { } raft || !IsLeaderNamed(snapshot, highest))
        {
            return false;
        }
        if (raft.Term == highest)
        {
            return raft.Leader == 0;
        }
        return snapshot.HighestTermSeen is not { Since: { } since } heard
            || member.RequestedAt > since
            || heard.CutOffBefore.Contains(member.Name);
    }

    /// <summary>Remembers a new highest term.</summary>
    public static ClusterSnapshot WithHighestTerm(this ClusterSnapshot next, ClusterSnapshot before)
    {
        if (HighestTerm(next) is not { } term || term == before.HighestTermSeen?.Term)
        {
            return next;
        }
        var cutOff = before.Members.Where(member => IsCutOff(before, member)).Select(member => member.Name);
        return next with
        {
            HighestTermSeen = new TermObservation(term, before.PolledOnce ? next.At : null, [.. cutOff]),
        };
    }

    /// <summary>Distinct node ids of the leaders that answering members name in the highest term; empty when they name
    /// none; null when no member answers, or when none that answers is in the highest term.</summary>
    public static List<ulong>? FindNamedLeaders(ClusterSnapshot snapshot)
    {
        var highest = HighestTerm(snapshot);
        var known = false;
        var leaders = new List<ulong>();
        foreach (var member in snapshot.Members)
        {
            if (member is not { Up: true, Reading.Raft: var raft } || raft.Term != highest)
            {
                continue;
            }
            known = true;
            if (raft.Leader != 0 && !leaders.Contains(raft.Leader))
            {
                leaders.Add(raft.Leader);
            }
        }
        return known ? leaders : null;
    }
}
