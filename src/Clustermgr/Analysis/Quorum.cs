using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>Who votes, how many of them answer, and what may be taken away.</summary>
public sealed record Quorum
{
    /// <summary>Members in the list, learners included; null where no list is known.</summary>
    public int? MemberCount { get; private init; }

    public int? Voters { get; private init; }

    public int? Majority => Voters / 2 + 1;

    /// <summary>Voters that answer /stat themselves and are not cut off from the leader; null where some voters may be
    /// members that we do not poll, or none answers.</summary>
    public int? Answering { get; private init; }

    public int? Margin => Answering - Majority;

    public ImmutableArray<bool?> SafeToRestart { get; private init; }

    public static Quorum FromSnapshot(ClusterSnapshot snapshot, MemberRecord? leader, ImmutableArray<PeerView> peers)
    {
        // In sidecar mode a list outlives its leader only in memory: somebody else may change it unseen.
        var list = snapshot.Rules.Sidecar && peers.IsEmpty ? null : snapshot.LastVoters;
        return new Quorum
        {
            MemberCount = list is null ? null : list.Voters.Length + list.Learners.Length,
            Voters = list?.Voters.Length,
            Answering = list is null ? null : AnsweringVoters(snapshot, list),
            SafeToRestart = SafeEach(snapshot, leader, peers),
        };
    }

    // This is asked at every answer of every member: loops, since queries would make most of the garbage of a poll.
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
        // Who was not asked yet may answer, and when nobody answers it may be us who are cut off.
        if (!snapshot.PolledOnce || NoneIsUp(snapshot))
        {
            return null;
        }
        var (unseen, unnamed, answering) = (0, 0, 0);
        foreach (var voter in list.Voters)
        {
            // While others follow a leader, a voter that is cut off from them answers us and counts for nothing.
            answering += Answers(snapshot, voter) ? 1 : 0;
            unseen += IsKnown(snapshot, voter) ? 0 : 1;
        }
        foreach (var member in snapshot.Members)
        {
            unnamed += member.NodeId is null ? 1 : 0;
        }
        // A voter that we never heard may be a configured member that was never up; more of them than such members
        // are voters that we do not poll, and then nobody here can count.
        return unseen > unnamed ? null : answering;
    }

    /// <summary>
    /// Whether a majority of healthy, caught-up voters remains with this member away. Healthy: the leader sees it
    /// active, replicating and within <see cref="Thresholds.CaughtUpLagEntries"/>, and, where we poll it, it answers,
    /// is not cut off and names no other leader. False while no leader answers: nobody vouches for the others then.
    /// Null where only a leader that we cannot see would know.
    /// </summary>
    private static bool? IsSafe(
        ClusterSnapshot snapshot,
        MemberRecord member,
        MemberRecord? leader,
        ImmutableArray<PeerView> peers
    )
    {
        // No word of the others yet, or when nobody answers it may be us who are cut off.
        if (!snapshot.PolledOnce || NoneIsUp(snapshot))
        {
            return null;
        }
        if (leader is null)
        {
            return snapshot.Rules.Sidecar || snapshot.LastVoters is null ? null : false;
        }
        if (!leader.Up)
        {
            return false;
        }
        if (peers.IsEmpty)
        {
            return null; // no list that we know
        }
        if (member.NodeId is not { } away)
        {
            return null;
        }
        var (same, voters, remaining) = (0, 0, 0);
        foreach (var other in snapshot.Members)
        {
            same += other.Reading is not null && other.NodeId == away ? 1 : 0;
        }
        if (same > 1)
        {
            return null; // two answer as one, and either may be it
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
        return remaining >= (voters / 2) + 1;
    }

    /// <summary>The leader, or a peer that it sees active, replicating and caught up, and that, where we poll it,
    /// answers and names that leader.</summary>
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
