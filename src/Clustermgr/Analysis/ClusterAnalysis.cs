using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The members' answers combined into one judgement. Unknown values are null or absent.</summary>
public sealed record ClusterAnalysis
{
    public required ClusterSnapshot Snapshot { get; init; }

    /// <summary>The member whose own, fresh answer says that it leads, in the highest term that any fresh answer
    /// names; null when there is none.</summary>
    public MemberRecord? Leader { get; init; }

    /// <summary>The leader's list, by ascending id; empty without a leader.</summary>
    public ImmutableArray<PeerView> Peers { get; init; } = [];

    /// <summary>Members in the leader's list, learners included.</summary>
    public int? MemberCount { get; init; }

    public int? Voters { get; init; }

    /// <summary>Majority of the voters.</summary>
    public int? Quorum { get; init; }

    /// <summary>Voters that answer and are not cut off from the leader, minus <see cref="Quorum"/>: how many more may
    /// fail. Negative when no quorum is visible.</summary>
    public int? QuorumMargin { get; init; }

    /// <summary>Number of distinct leaders that answering members name in the highest term: 0 for none, 2 or more for a
    /// broken raft. Null in sidecar mode.</summary>
    public int? Leaders { get; init; }

    /// <summary>Node id of the leader that answering members name in the highest term, whether or not it answers
    /// itself: 0 for none, null when no member answers. Followers name a dead leader for 10 to 20 s.</summary>
    public ulong? NamedLeader { get; init; }

    /// <summary>One value per configured member, in configured order; null when unknown.</summary>
    public ImmutableArray<bool?> SafeToRestart { get; init; } = [];

    /// <summary>Worst first.</summary>
    public ImmutableArray<Finding> Findings { get; init; } = [];

    /// <summary>Judges a snapshot. Pure: the same snapshot gives the same judgement.</summary>
    public static ClusterAnalysis FromSnapshot(ClusterSnapshot snapshot)
    {
        var leader = Leadership.FindLeaderIndex(snapshot) is { } index ? snapshot.Members[index] : null;
        ImmutableArray<PeerView> peers = leader is null ? [] : PeerView.FromLeader(leader.Reading!.Raft, snapshot);
        var claimed = Leadership.FindNamedLeaders(snapshot);
        var quorum = Clustermgr.Analysis.Quorum.FromSnapshot(snapshot, leader, peers);
        var joined = new ClusterAnalysis
        {
            Snapshot = snapshot,
            Leader = leader,
            Peers = peers,
            MemberCount = quorum.MemberCount,
            Voters = quorum.Voters,
            Quorum = quorum.Majority,
            QuorumMargin = quorum.Margin,
            Leaders = snapshot.Settings.Sidecar ? null : claimed?.Count,
            NamedLeader = claimed?.FirstOrDefault(),
            SafeToRestart = quorum.SafeToRestart,
        };
        var findings = Clustermgr.Analysis.FindingSet.FindAll(joined);
        return findings.IsEmpty
            ? joined
            : joined with
            {
                Findings = Clustermgr.Analysis.FindingSet.KeepStartTimes(
                    findings,
                    snapshot.PreviousFindings,
                    snapshot.At
                ),
            };
    }
}

/// <summary>One peer as the leader sees it.</summary>
/// <param name="Row">The leader's row as it is.</param>
/// <param name="IsLeader">The leader's own row, which says nothing about health.</param>
/// <param name="LagEntries">The leader's commit − the peer's match, at least 0; null where either is missing.</param>
/// <param name="Active">Smoothed: false only after <see cref="Thresholds.InactiveAfter"/> and
/// <see cref="Thresholds.InactiveReadings"/> without a break; the leader itself is active by definition.</param>
public sealed record PeerView(PeerReading Row, bool IsLeader, ulong? LagEntries, bool? Active)
{
    /// <summary>leader, learner or voter; null when the leader does not say which of its peers are learners.</summary>
    public string? Role =>
        IsLeader
            ? "leader"
            : Row.Learner switch
            {
                true => "learner",
                false => "voter",
                null => null,
            };

    public static ImmutableArray<PeerView> FromLeader(RaftReading leader, ClusterSnapshot snapshot)
    {
        var peers = ImmutableArray.CreateBuilder<PeerView>(leader.Peers.Length);
        foreach (var row in leader.Peers)
        {
            var own = row.Id == leader.NodeId;
            var lag = Lag(leader.Commit, row.Match);
            peers.Add(new PeerView(row, own, lag, IsActive(row, leader, snapshot)));
        }
        return peers.MoveToImmutable();
    }

    private static ulong? Lag(ulong? commit, ulong? match) =>
        commit is { } end && match is { } at ? end - Math.Min(end, at) : null;

    private static bool? IsActive(PeerReading row, RaftReading leader, ClusterSnapshot snapshot)
    {
        if (row.Id == leader.NodeId)
        {
            return true;
        }
        if (row.Active is not false)
        {
            return row.Active;
        }
        var seen = snapshot.Inactive.TryGetValue(row.Id, out var run);
        return !(
            seen && run.Readings >= Thresholds.InactiveReadings && run.Latest - run.Since >= Thresholds.InactiveAfter
        );
    }
}
