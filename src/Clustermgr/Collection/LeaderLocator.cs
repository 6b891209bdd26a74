using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Formatting;

namespace Clustermgr.Collection;

/// <summary>
/// Finds a leader that a member names but that is not configured. The named address is the leader's own view of itself:
/// on another machine, or after an election, another process may listen there. Whoever answers must prove to be the
/// named leader before its answers are used or anything is written to it.
/// </summary>
public static class LeaderLocator
{
    /// <summary>What to do when the leader cannot be found from here.</summary>
    private const string AskLeaderHint =
        "ask the leader by its own address: --clustermgr.url=http://HOST:9998, or list it in the file";

    /// <param name="cluster">As configured.</param>
    /// <param name="analysis">The judgement after every member was asked.</param>
    /// <param name="client">Creates a client for a member that is not configured, with the secret and the certificates
    /// of the cluster.</param>
    public static async Task<LeaderLocation> FindAsync(
        ClusterConfig cluster,
        ClusterAnalysis analysis,
        Func<MemberConfig, ClustermgrClient> client,
        CancellationToken ct
    )
    {
        if (analysis.Leader is not null || FindFollower(cluster, analysis.Snapshot) is not var (config, follower))
        {
            return LeaderLocation.Nothing;
        }
        var named = follower.Reading!;
        if (ResolveAddress(analysis.Snapshot, config, named, out var refusal) is not { } leader)
        {
            return refusal.Length > 0
                ? new LeaderLocation(
                    null,
                    null,
                    $"the leader (node {named.Raft.Leader}) is not asked: {refusal}; {AskLeaderHint}"
                )
                : LeaderLocation.Nothing;
        }
        var answer = await client(leader).GetStatAsync(ct);
        if (answer.Value is not { } reading)
        {
            return new LeaderLocation(null, DescribeUnreachable(leader, answer), null);
        }
        return DescribeMismatch(follower.Name, named.Raft, leader, reading.Raft) is { } why
            ? new LeaderLocation(null, null, $"{why}; {AskLeaderHint}")
            : new LeaderLocation(leader, null, null);
    }

    /// <summary>Returns why the process that answers is not the named leader; null when it is.</summary>
    /// <param name="follower">Name of the member that named the leader.</param>
    /// <param name="named">The raft status of that member.</param>
    public static string? DescribeMismatch(string follower, RaftReading named, MemberConfig leader, RaftReading found)
    {
        var proven =
            found.State == RaftState.Leader
            && found.NodeId == named.Leader
            && found.Term == named.Term
            && found.Peers.Any(peer => peer.Id == named.NodeId);
        if (proven)
        {
            return null;
        }
        var seen =
            found.State != RaftState.Leader
                ? $"node {found.NodeId} answers, as a {LabelNames.ToLabel(found.State)} in term {found.Term}"
            : found.NodeId != named.Leader || found.Term != named.Term
                ? $"node {found.NodeId} answers, as leader in term {found.Term}"
            : $"the leader that answers has no node {named.NodeId} among its peers";
        return $"{follower} (node {named.NodeId}) names node {named.Leader} as its leader in term {named.Term}, at "
            + $"{leader.Name}, and there {seen}: "
            + "another cluster's member, or an election just now";
    }

    /// <summary>Whether the leader that was found, added as the last member, is still named by another member: all were
    /// read again since, and it may have changed.</summary>
    public static bool IsStillLeader(ClusterConfig cluster, ClusterSnapshot snapshot) =>
        snapshot.Members[^1] is { Up: true, Reading: { } reading }
        && snapshot
            .Members.SkipLast(1)
            .Any(member =>
                member is { Up: true, Reading: { } own }
                && DescribeMismatch(member.Name, own.Raft, cluster.Members[^1], reading.Raft) is null
            );

    /// <summary>The sentence for a leader that is no longer named.</summary>
    public static string FormatLeaderChanged(MemberConfig leader) =>
        $"the leader changed while it was asked: {leader.Name} was the leader and is not now; try again";

    private static (MemberConfig, MemberRecord)? FindFollower(ClusterConfig cluster, ClusterSnapshot snapshot)
    {
        foreach (var (config, member) in cluster.Members.Zip(snapshot.Members))
        {
            if (
                Leadership.NamesCurrentLeader(snapshot, member)
                && member.Reading!.Raft is var raft
                && raft.Leader != raft.NodeId
            )
            {
                return (config, member);
            }
        }
        return null;
    }

    /// <summary>Returns null with a reason when the address must not be asked, and null without one when it is
    /// configured.</summary>
    private static MemberConfig? ResolveAddress(
        ClusterSnapshot snapshot,
        MemberConfig follower,
        StatReading reading,
        out string refusal
    )
    {
        refusal = "";
        if (MemberUrl.ParseAddress($"{follower.Url.Scheme}://{reading.LeaderHost}", out _) is not { } leader)
        {
            refusal = $"its address {Quoted.From(reading.LeaderHost)} is none";
            return null;
        }
        if (leader.IsLoopback && !MemberUrl.ReachesThisMachine(follower.Url))
        {
            refusal = $"{leader.Label} is a loopback address of its own machine";
            return null;
        }
        var known = snapshot.Members.FirstOrDefault(member =>
            string.Equals(member.Address, leader.Address, StringComparison.OrdinalIgnoreCase)
        );
        if (known is null)
        {
            return new MemberConfig(leader.Label, leader.Url);
        }
        if (known.Name == follower.Name)
        {
            refusal = "it is named by the address of the member that was asked";
        }
        return null;
    }

    private static string DescribeUnreachable(MemberConfig leader, Answer<StatReading> answer)
    {
        var seen = answer.Detail.Length > 0 ? answer.Detail : LabelNames.ToLabel(answer.Outcome);
        return $"the leader, named as {leader.Name}, was asked too and does not answer from here ({seen}): what "
            + $"only it knows is missing";
    }
}

/// <summary>The result of the search for the leader; all null when none was needed.</summary>
/// <param name="Leader">Proven to be the one that was named.</param>
/// <param name="UnreachableReason">A sentence: it does not answer from here.</param>
/// <param name="WriteRefusal">A sentence: the named leader must not be asked, or another process answers there. Nothing
/// may be written then.</param>
public sealed record LeaderLocation(MemberConfig? Leader, string? UnreachableReason, string? WriteRefusal)
{
    public static readonly LeaderLocation Nothing = new(null, null, null);
}
