namespace Clustermgr.Analysis;

/// <summary>Folds one member's answer to /stat into the snapshot.</summary>
public static class StatFolding
{
    public static ClusterSnapshot Fold(this ClusterSnapshot before, int index, Answer<StatReading> answer)
    {
        var member = before.Members[index];
        if (answer.Value is { } reading && MemberIdentity.ForwardedFrom(before, index, reading) is { } other)
        {
            answer = answer with
            {
                Outcome = Outcome.Forwarded,
                Value = null,
                Detail = $"answered with the body of {other} (node_id {reading.Raft.NodeId})",
            };
        }
        var alike = member.Outcome == answer.Outcome ? member.Alike + 1 : 1;
        var turned = member.Outcome is null || member.Up != (answer.Outcome == Outcome.Ok);
        var now = (
            answer.Value is { } own ? Answered(member, own, answer.At - answer.Took) : Failed(member, before.Rules)
        ) with
        {
            Outcome = answer.Outcome,
            Detail = answer.Detail,
            Alike = alike,
            Told = turned || alike >= Thresholds.ToldAfter ? answer.Outcome : member.Told,
            Since = turned ? answer.At : member.Since,
        };
        var next = before with { Members = before.Members.SetItem(index, now) };
        next = next.Tally(index, Endpoint.Stat, answer.Outcome, answer.At, answer.Took).Hear(before);
        if (Leadership.Claimed(next) is { } claimed)
        {
            next = next with { LastNamedLeader = claimed.FirstOrDefault() };
        }
        return Leadership.LeaderOf(next) == index ? Remember(next, now.Reading!, answer.At) : next;
    }

    private static MemberRecord Answered(MemberRecord member, StatReading reading, DateTimeOffset askedAt)
    {
        var leader = reading.Raft.Leader;
        var changed = leader != 0 && member.LastLeader is { } last && last != leader;
        return member with
        {
            Reading = reading,
            AskedAt = askedAt,
            Failures = 0,
            NodeId = reading.Raft.NodeId,
            Proven = member.Proven || MemberIdentity.Proves(member, reading),
            LastLeader = leader == 0 ? member.LastLeader : leader,
            LeaderChanges = member.LeaderChanges + (changed ? 1 : 0),
        };
    }

    private static MemberRecord Failed(MemberRecord member, SnapshotRules rules)
    {
        var failures = member.Failures + 1;
        return member with { Failures = failures, Reading = failures >= rules.StaleAfter ? null : member.Reading };
    }

    /// <summary>Remembers what only a leader's list contains and what must survive the loss of the leader.</summary>
    private static ClusterSnapshot Remember(ClusterSnapshot snapshot, StatReading leader, DateTimeOffset at)
    {
        if (leader.Raft.Peers.IsEmpty)
        {
            return snapshot;
        }
        // A new leader calls every peer inactive for an election timeout, so the counts from its predecessor are
        // discarded.
        var newLeader = snapshot.LastVoters?.Term != leader.Raft.Term;
        var inactive = newLeader ? [] : snapshot.Inactive;
        foreach (var peer in leader.Raft.Peers)
        {
            inactive =
                peer.Active is false && peer.Id != leader.Raft.NodeId
                    ? inactive.SetItem(
                        peer.Id,
                        inactive.TryGetValue(peer.Id, out var run)
                            ? run with
                            {
                                Latest = at,
                                Readings = run.Readings + 1,
                            }
                            : new Inactivity(at, at, 1)
                    )
                    : inactive.Remove(peer.Id);
        }
        return snapshot with
        {
            Inactive = inactive,
            LastVoters = new VoterList(
                leader.Raft.Term,
                [.. leader.Raft.Peers.Where(peer => peer.Learner is not true).Select(peer => peer.Id)],
                [.. leader.Raft.Peers.Where(peer => peer.Learner is true).Select(peer => peer.Id)]
            ),
        };
    }
}
