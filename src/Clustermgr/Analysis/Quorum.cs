using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The voters, how many of them answer, and which members are safe to restart.</summary>
public sealed record Quorum
{
    /// <summary>Members in the list, learners included; null when no list is known.</summary>
    public int? MemberCount { get; private init; }

    public int? Voters { get; private init; }

    public int? Majority => Voters is { } voters ? MajorityOf(voters) : null;

    /// <summary>Voters that answer /stat themselves and are not cut off from the leader; null when some voters may not
    /// be polled here, or when none answers.</summary>
    public int? Answering { get; private init; }

    public int? Margin => Answering - Majority;

    public ImmutableArray<bool?> SafeToRestart { get; private init; }

    /// <summary>The smallest number of voters that is more than half of them.</summary>
    public static int MajorityOf(int voters) => (voters / 2) + 1;

    public static Quorum FromSnapshot(ClusterSnapshot snapshot, MemberRecord? leader, ImmutableArray<PeerView> peers)
    {
        // In sidecar mode a remembered list is not used: a leader that is not polled here may change it.
        var list = snapshot.Settings.Sidecar && peers.IsEmpty ? null : snapshot.LastVoters;
        return new Quorum
        {
            MemberCount = list is null ? null : list.Voters.Length + list.Learners.Length,
            Voters = list?.Voters.Length,
            Answering = list is null ? null : AnsweringVoters(snapshot, list),
            SafeToRestart = SafeEach(snapshot, leader, peers),
        };
    }

    // Called for every answer of every member: loops, because LINQ would be most of a poll's allocations.
    private static ImmutableArray<bool?> SafeEach(
        ClusterSnapshot snapshot,
        MemberRecord? leader,
        ImmutableArray<PeerView> peers
    )
    {
        var safe = ImmutableArray.CreateBuilder<bool?>(snapshot.Members.Length);
        foreach (var member in snapshot.Members)
        {
            safe.Add(IsSafe(snapshot, member, leader, peers));
        }
        return safe.MoveToImmutable();
    }

    private static bool NoneIsUp(ClusterSnapshot snapshot)
    {
        foreach (var member in snapshot.Members)
        {
            if (member.Up)
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsKnown(ClusterSnapshot snapshot, ulong voter)
    {
        foreach (var member in snapshot.Members)
        {
            if (member.NodeId == voter)
            {
                return true;
            }
        }
        return false;
    }

    private static bool Answers(ClusterSnapshot snapshot, ulong voter)
    {
        foreach (var member in snapshot.Members)
        {
            if (member.NodeId == voter && member.Up && !Leadership.IsCutOff(snapshot, member))
            {
                return true;
            }
        }
        return false;
    }

    private static int? AnsweringVoters(ClusterSnapshot snapshot, VoterList list)
    {
        // Members that were not polled yet may answer, and when none answers this program may be the one that is cut
        // off.
        if (!snapshot.PolledOnce || NoneIsUp(snapshot))
        {
            return null;
        }
        var unseen = 0;
        var unnamed = 0;
        var answering = 0;
        foreach (var voter in list.Voters)
        {
            // A voter that answers here but is cut off from the leader does not count.
            answering += Answers(snapshot, voter) ? 1 : 0;
            unseen += IsKnown(snapshot, voter) ? 0 : 1;
        }
        foreach (var member in snapshot.Members)
        {
            unnamed += member.NodeId is null ? 1 : 0;
        }
        // A voter whose id is unknown here may be a configured member that was never up. If there are more such voters
        // than such members, some voters are not polled here and the number is unknown.
        return unseen > unnamed ? null : answering;
    }

    /// <summary>
    /// Whether a majority of healthy, caught-up voters remains without this member. Healthy: the leader sees it active,
    /// replicating and within <see cref="Thresholds.CaughtUpLagEntries"/>, and, if polled here, it answers, is not cut
    /// off and names no other leader. False while no leader answers, since the health of the others is unknown then.
    /// Null when only a leader that is not polled here would know.
    /// </summary>
    private static bool? IsSafe(
        ClusterSnapshot snapshot,
        MemberRecord member,
        MemberRecord? leader,
        ImmutableArray<PeerView> peers
    )
    {
        // The others were not polled yet, or none answers and this program may be the one that is cut off.
        if (!snapshot.PolledOnce || NoneIsUp(snapshot))
        {
            return null;
        }
        if (leader is null)
        {
            return snapshot.Settings.Sidecar || snapshot.LastVoters is null ? null : false;
        }
        if (!leader.Up)
        {
            return false;
        }
        if (peers.IsEmpty)
        {
            return null; // the list is unknown
        }
        if (member.NodeId is not { } away)
        {
            return null;
        }
        var same = 0;
        var voters = 0;
        var remaining = 0;
        foreach (var other in snapshot.Members)
        {
            same += other.Reading is not null && other.NodeId == away ? 1 : 0;
        }
        if (same > 1)
        {
            return null; // two members answer with this id, and either may be the real one
        }
        foreach (var peer in peers)
        {
            if (peer.Row.Learner is true)
            {
                continue;
            }
            voters++;
            remaining += peer.Row.Id != away && IsHealthy(snapshot, peer, leader.Reading!.Raft) ? 1 : 0;
        }
        return remaining >= MajorityOf(voters);
    }

    /// <summary>True for the leader, and for a peer that the leader sees active, replicating and caught up and that, if
    /// polled here, answers and names that leader.</summary>
    public static bool IsHealthy(ClusterSnapshot snapshot, PeerView peer, RaftReading leader)
    {
        if (peer.IsLeader)
        {
            return true;
        }
        if (peer is not { Active: true, Row.State: PeerState.Replicate, LagEntries: <= Thresholds.CaughtUpLagEntries })
        {
            return false;
        }
        foreach (var polled in snapshot.Members)
        {
            if (polled.NodeId == peer.Row.Id)
            {
                return polled.Up
                    && !Leadership.IsCutOff(snapshot, polled)
                    && (polled.Reading!.Raft.Term < leader.Term || polled.Reading.Raft.Leader == leader.NodeId);
            }
        }
        return true;
    }
}
