namespace ClustermgrSimulator.Raft;

/// <summary>
/// The members' raft: who reaches whom, and what each believes. No messages are passed; every change of a link causes
/// what raft would do, after the delays of <see cref="Timings"/>. Not thread-safe: the cluster's gate guards it.
/// </summary>
internal sealed partial class RaftGroup(Timings timings, RandomSource random, EventQueue queue, double writesPerSecond)
{
    private readonly CheckQuorum _check = new(timings, random);
    private readonly LogFlow _log = new(writesPerSecond);

    public List<Member> Members { get; } = [];

    public Timings Timings => timings;

    /// <summary>The current instant of the simulation.</summary>
    public DateTimeOffset Now { get; set; }

    public IEnumerable<Member> Voters => Members.Where(m => m.Listed && !m.Learner);

    /// <summary>The leader that has a majority behind it; null while there is none.</summary>
    public Member? ServingLeader
    {
        get
        {
            var leader = Members.Where(m => m is { Role: Role.Leader, Alive: true }).MaxBy(m => m.Term);
            return leader is not null && HasQuorum(leader) ? leader : null;
        }
    }

    public Member? Find(ulong id) => Members.Find(m => m.Id == id);

    public bool HasQuorum(Member leader) => Voters.Count(leader.Reaches) > Voters.Count() / 2;

    /// <summary>Puts the first leader in place, as if it had led for a while.</summary>
    public void Begin(Member leader, ulong term, ulong index)
    {
        foreach (var member in Members)
        {
            member.Process = Process.Running;
            member.StartedAt = Now - TimeSpan.FromDays(9);
            member.Term = term;
            member.Vote = leader.Id;
            member.Leader = leader.Id;
            member.LastIndex = index;
            leader.Peers[member.Id] = new Progress { Active = true };
        }
        leader.Role = Role.Leader;
        leader.Checking = queue.Add(Now + random.NextDelay(timings.FirstCheck), () => Check(leader));
        Restart();
    }

    /// <summary>Advances the logs to now. Call it before links change and before anything is read.</summary>
    public void AdvanceLog() => _log.AdvanceTo(Now, Members);

    /// <summary>Commits one more entry. False without a leader that has a majority.</summary>
    public bool Propose()
    {
        if (!_log.Append())
        {
            return false;
        }
        AdvanceLog();
        return true;
    }

    /// <summary>Call it after each change of a link, a process or the list; the members react after delays of their
    /// own.</summary>
    public void OnLinksChanged()
    {
        foreach (var member in Members)
        {
            if (!member.Alive || !member.Listed)
            {
                continue; // nobody talks to a member that was removed
            }
            var leader = Members
                .Where(m => m.Role == Role.Leader && m.Reaches(member) && m.Term >= member.Term && member.Listed)
                .MaxBy(m => m.Term);
            if (ReferenceEquals(leader, member))
            {
                continue;
            }
            if (leader is null)
            {
                LoseContact(member);
            }
            else if (member.Leader == leader.Id && member.Term == leader.Term)
            {
                KeepContact(member);
            }
            else
            {
                member.Joining ??= queue.Add(Now + random.NextDelay(timings.Rejoin), () => Join(member));
            }
        }
        foreach (var leader in Members.Where(m => m is { Role: Role.Leader, Alive: true }))
        {
            CheckQuorum.UpdatePeers(leader, this);
        }
        Restart();
    }

    /// <summary>A process that was stopped or never ran takes part in raft again.</summary>
    public void Boot(Member member)
    {
        if (member.Process != Process.Booting)
        {
            return;
        }
        AdvanceLog();
        (member.Process, member.Role, member.Leader, member.ContactLostAt) = (Process.Joining, Role.Follower, 0, Now);
        ScheduleCampaign(member, timings.Campaign);
        OnLinksChanged();
    }

    /// <summary>Processes at once what arrived while the process was stopped.</summary>
    public void CatchUp(Member member)
    {
        member.Joining?.Cancel();
        Join(member);
        if (member is { Role: Role.Leader, Alive: true })
        {
            member.Checking = queue.Add(Now + timings.CheckQuorum, () => Check(member));
        }
        else if (member.Leader == 0 || member.ContactLostAt is not null)
        {
            ScheduleCampaign(member, timings.Campaign);
        }
    }

    /// <summary>Asks the target to take over. Ignored for a learner, for the leader itself and without a leader.
    /// </summary>
    public void Transfer(Member target)
    {
        if (ServingLeader is not { } leader || target.Learner || ReferenceEquals(leader, target))
        {
            return;
        }
        leader.Transferee = target.Id;
        if (target.Follows(leader))
        {
            queue.Add(
                Now + random.NextDelay(timings.Transfer),
                () =>
                {
                    if (leader.Transferee == target.Id && target.Follows(leader))
                    {
                        Elect(target, planned: true);
                    }
                }
            );
        }
        queue.Add(
            Now + timings.CheckQuorum,
            () =>
            {
                if (leader.Transferee == target.Id)
                {
                    leader.Transferee = 0; // given up after an election timeout
                }
            }
        );
    }

    private static void KeepContact(Member member)
    {
        member.ContactLostAt = null;
        if (member.Role == Role.Follower)
        {
            member.Campaigning?.Cancel();
        }
    }

    private void LoseContact(Member member)
    {
        if (member.Role == Role.Leader || member.ContactLostAt is not null)
        {
            return;
        }
        member.ContactLostAt = Now;
        ScheduleCampaign(member, timings.GiveUp);
    }

    private void Join(Member member)
    {
        member.Joining = null;
        AdvanceLog();
        var leader = Members
            .Where(m => m.Role == Role.Leader && m.Reaches(member) && m.Term >= member.Term && member.Listed)
            .MaxBy(m => m.Term);
        if (leader is null || ReferenceEquals(leader, member))
        {
            return;
        }
        Follow(member, leader, member.Term == leader.Term ? member.Vote : 0);
        OnLinksChanged();
    }

    private void Follow(Member member, Member leader, ulong vote)
    {
        member.StopTimers();
        (member.Role, member.Term, member.Vote, member.Leader) = (Role.Follower, leader.Term, vote, leader.Id);
        member.ContactLostAt = null;
        member.Transferee = 0;
        if (!leader.Peers.TryGetValue(member.Id, out var peer))
        {
            leader.Peers[member.Id] = peer = new Progress();
        }
        if (member.Process == Process.Joining)
        {
            member.Process = Process.Running;
        }
        if (member.LastIndex == 0 && leader.LastIndex > 0)
        {
            member.SnapshotUntil = Now + random.NextDelay(timings.Snapshot);
            peer.PendingSnapshot = leader.LastIndex;
            queue.Add(member.SnapshotUntil, AdvanceLog);
        }
        peer.Probing = false;
        peer.Paused = false;
        peer.Active = true;
        peer.ActiveFrom = Now;
    }

    private void Restart()
    {
        _log.Follow(ServingLeader, Now);
        AdvanceLog();
    }
}
