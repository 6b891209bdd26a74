namespace ClustermgrSimulator.Raft;

/// <summary>Elections: campaigns, votes, and CheckQuorum.</summary>
internal sealed partial class RaftGroup
{
    private void ScheduleCampaign(Member member, Delay after)
    {
        member.Campaigning?.Cancel();
        if (member.Learner || !member.Listed)
        {
            return;
        }
        member.Campaigning = queue.Add(Now + random.NextDelay(after), () => Campaign(member));
    }

    private void Campaign(Member member)
    {
        if (!member.Alive || !member.Listed || member.Role == Role.Leader)
        {
            return;
        }
        if (member.Leader != 0 && member.ContactLostAt is null)
        {
            return;
        }
        AdvanceLog();
        member.Role = Role.PreCandidate;
        member.Leader = 0;
        if (MayWin(member))
        {
            member.Campaigning = queue.Add(
                Now + random.NextDelay(timings.Election),
                () =>
                {
                    if (member is { Alive: true, Role: Role.PreCandidate } && MayWin(member))
                    {
                        Elect(member, false);
                    }
                }
            );
        }
        else
        {
            ScheduleCampaign(member, timings.Campaign);
        }
    }

    /// <summary>PreVote: a voter that heard a leader within its lease refuses, so the term does not climb in vain.
    /// </summary>
    private bool MayWin(Member candidate)
    {
        var votes = Voters.Count(v =>
            candidate.Reaches(v)
            && v.LastIndex <= candidate.LastIndex
            && (
                ReferenceEquals(v, candidate)
                || v.Leader == 0
                || (v.ContactLostAt is { } lost && Now - lost >= timings.Lease)
            )
        );
        return votes > Voters.Count() / 2;
    }

    private void Elect(Member winner, bool planned)
    {
        AdvanceLog();
        var before = winner.LastIndex;
        winner.StopTimers();
        winner.Term = Voters.Where(winner.Reaches).Max(v => v.Term) + 1;
        winner.Role = Role.Leader;
        winner.Vote = winner.Id;
        winner.Leader = winner.Id;
        winner.LastIndex = before + 1;
        (winner.ContactLostAt, winner.Process, winner.Transferee) = (null, Process.Running, 0);
        winner.ElectedAt = Now;
        winner.ReadsFrom = planned ? Now : Now + random.NextDelay(timings.LeaderReads);
        winner.Peers.Clear();
        foreach (var member in Members.Where(m => m.Listed))
        {
            var reached = winner.Reaches(member);
            winner.Peers[member.Id] = new Progress
            {
                Probing = !reached,
                Paused = !reached,
                Next = before + 1,
                // CheckQuorum sets the leader's own flag: until its first check it calls itself inactive.
                Active = reached && !ReferenceEquals(member, winner),
            };
            if (!reached || ReferenceEquals(member, winner))
            {
                continue;
            }
            Follow(member, winner, member.Learner ? 0 : winner.Id);
            member.ReadsFrom = planned ? Now : Now + random.NextDelay(timings.FollowerReads);
        }
        winner.Checking = queue.Add(Now + timings.CheckQuorum, () => Check(winner));
        OnLinksChanged();
    }

    private void Check(Member leader)
    {
        if (leader is not { Role: Role.Leader, Alive: true })
        {
            return;
        }
        AdvanceLog();
        if (_check.HasQuorum(leader, this))
        {
            leader.Checking = queue.Add(Now + timings.CheckQuorum, () => Check(leader));
            return;
        }
        leader.Role = Role.Follower;
        leader.Leader = 0;
        leader.ContactLostAt = Now;
        leader.Transferee = 0;
        ScheduleCampaign(leader, timings.Campaign);
        OnLinksChanged();
    }
}
