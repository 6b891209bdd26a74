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

    /// <summary>Adds the leader to a cluster that was read, if a member names one that is not configured and that
    /// proves to be it, and reads all again: a member's first answer may be the leader's, forwarded; polled beside the
    /// leader, the two are told apart.</summary>
    /// <param name="cluster">As configured.</param>
    /// <param name="collector">Has read /stat of every member.</param>
    /// <param name="createClient">Creates a client for a member that is not configured, with the secret and the
    /// certificates of the cluster.</param>
    /// <param name="read">Reads /stat of every member of a cluster.</param>
    public static async Task<LocatedCluster> IncludeLeaderAsync(
        ClusterConfig cluster,
        ClusterCollector collector,
        Func<MemberConfig, ClustermgrClient> createClient,
        Func<ClusterConfig, Task<ClusterCollector>> read,
        CancellationToken ct
    )
    {
        var location = await FindAsync(cluster, collector.State.Analysis, createClient, ct);
        if (location.Leader is not { } leader)
        {
            return new(cluster, collector, location.UnreachableReason, location.WriteRefusal);
        }
        var withLeader = cluster with { Members = cluster.Members.Add(leader) };
        var again = await read(withLeader);
        return IsStillProven(cluster, withLeader, again.State.Snapshot)
            ? new(withLeader, again, null, null)
            : new(
                cluster,
                collector,
                null,
                $"the leader changed while it was asked: {leader.Name} was the leader and is not now; try again"
            );
    }

    /// <summary>Whether the leader that was added, if one was, is still named by another member: all were read again
    /// since, and it may have changed.</summary>
    /// <param name="configured">The cluster as configured.</param>
    /// <param name="cluster">The same, or with the leader that was found as its last member.</param>
    public static bool IsStillProven(ClusterConfig configured, ClusterConfig cluster, ClusterSnapshot snapshot) =>
        cluster.Members.Length == configured.Members.Length
        || (
            snapshot.Members[^1] is { Up: true, Reading: { } reading }
            && snapshot
                .Members.SkipLast(1)
                .Any(member =>
                    member is { Up: true, Reading: { } own }
                    && DescribeMismatch(member.Name, own.Raft, cluster.Members[^1], reading.Raft) is null
                )
        );

    private static async Task<LeaderLocation> FindAsync(
        ClusterConfig cluster,
        ClusterAnalysis analysis,
        Func<MemberConfig, ClustermgrClient> createClient,
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
        var answer = await createClient(leader).GetStatAsync(ct);
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
    private static string? DescribeMismatch(string follower, RaftReading named, MemberConfig leader, RaftReading found)
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

/// <summary>A cluster that was read, with its leader if one was found beside the configured members.</summary>
/// <param name="Cluster">As configured, or with the leader as its last member.</param>
/// <param name="Collector">Has read /stat of each of those members.</param>
/// <param name="UnreachableReason">A sentence: the named leader does not answer from here; null otherwise.</param>
/// <param name="WriteRefusal">A sentence: the named leader must not be asked, another process answers there, or the
/// leader has changed. Nothing may be written then; null otherwise.</param>
public sealed record LocatedCluster(
    ClusterConfig Cluster,
    ClusterCollector Collector,
    string? UnreachableReason,
    string? WriteRefusal
);

/// <summary>The result of the search for the leader; all null when none was needed.</summary>
/// <param name="Leader">Proven to be the one that was named.</param>
/// <param name="UnreachableReason">As in <see cref="LocatedCluster"/>.</param>
/// <param name="WriteRefusal">As in <see cref="LocatedCluster"/>.</param>
internal sealed record LeaderLocation(MemberConfig? Leader, string? UnreachableReason, string? WriteRefusal)
{
    public static readonly LeaderLocation Nothing = new(null, null, null);
}
