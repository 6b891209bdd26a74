namespace Clustermgr.Analysis;

/// <summary>Folds one member's answer to /stat into the snapshot.</summary>
public static class StatUpdates
{
    public static ClusterSnapshot Apply(this ClusterSnapshot before, int index, Answer<StatReading> answer)
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
        var alike = member.Outcome == answer.Outcome ? member.ConsecutiveOutcomes + 1 : 1;
        var turned = member.Outcome is null || member.Up != (answer.Outcome == Outcome.Ok);
        var now = (
            answer.Value is { } own
                ? ApplyAnswer(member, own, answer.At - answer.Took)
                : ApplyFailure(member, before.Settings)
        ) with
        {
            Outcome = answer.Outcome,
            Detail = answer.Detail,
            ConsecutiveOutcomes = alike,
            ReportedOutcome = turned || alike >= Thresholds.ReportAfterPolls ? answer.Outcome : member.ReportedOutcome,
            Since = turned ? answer.At : member.Since,
        };
        var next = before with { Members = before.Members.SetItem(index, now) };
        next = next.CountRequest(index, Endpoint.Stat, answer.Outcome, answer.At, answer.Took).WithHighestTerm(before);
        if (Leadership.FindNamedLeaders(next) is { } claimed)
        {
            next = next with { LastNamedLeader = claimed.FirstOrDefault() };
        }
        return Leadership.FindLeaderIndex(next) == index ? ApplyLeaderList(next, now.Reading!, answer.At) : next;
    }

    private static MemberRecord ApplyAnswer(MemberRecord member, StatReading reading, DateTimeOffset requestedAt)
    {
        var leader = reading.Raft.Leader;
        var changed = leader != 0 && member.LastLeader is { } last && last != leader;
        return member with
        {
            Reading = reading,
            RequestedAt = requestedAt,
            ConsecutiveFailures = 0,
            NodeId = reading.Raft.NodeId,
            IsNodeIdProven = member.IsNodeIdProven || MemberIdentity.Proves(member, reading),
            LastLeader = leader == 0 ? member.LastLeader : leader,
            LeaderChanges = member.LeaderChanges + (changed ? 1 : 0),
        };
    }

    private static MemberRecord ApplyFailure(MemberRecord member, AnalysisSettings settings)
    {
        var failures = member.ConsecutiveFailures + 1;
        return member with
        {
            ConsecutiveFailures = failures,
            Reading = failures >= settings.StaleAfter ? null : member.Reading,
        };
    }

    /// <summary>Remembers what only a leader's list contains and what must survive the loss of the leader.</summary>
    private static ClusterSnapshot ApplyLeaderList(ClusterSnapshot snapshot, StatReading leader, DateTimeOffset at)
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
