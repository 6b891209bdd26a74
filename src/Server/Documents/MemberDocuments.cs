using System.Text.Json.Serialization;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>A member by its own answers.</summary>
internal sealed record MemberDocument(
    string Name,
    string Address,
    bool? Up,
    string? Outcome,
    string Detail,
    DateTimeOffset? Since,
    DateTimeOffset? LastAnswer,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? NodeId,
    string? State,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? LeaderNodeId,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? Term,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? Commit,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? Applied,
    ulong? UnappliedEntries,
    ulong? LagEntries,
    bool? ReadOnly,
    bool? SafeToRestart,
    long LeaderChanges
)
{
    public static MemberDocument Create(ClusterAnalysis analysis, int index)
    {
        var (snapshot, member) = (analysis.Snapshot, analysis.Snapshot.Members[index]);
        var raft = member.Reading?.Raft;
        return new(
            member.Name,
            member.Address,
            member.Outcome is null ? null : member.Up,
            member.Outcome is { } outcome ? Words.For(outcome) : null,
            member.Detail,
            snapshot.Wall(member.Since),
            snapshot.Wall(ClusterFacts.LastAnswer(member)),
            member.NodeId,
            raft is null ? null : Words.For(raft.State),
            raft?.Leader,
            raft?.Term,
            raft?.Commit,
            raft?.Applied,
            raft is { Commit: { } commit, Applied: { } applied } ? commit - Math.Min(commit, applied) : null,
            ClusterFacts.Lag(analysis, member),
            member.Reading?.ReadOnly,
            analysis.SafeToRestart[index],
            member.LeaderChanges
        );
    }
}

/// <summary>A peer by the leader's answer.</summary>
internal sealed record PeerDocument(
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong Id,
    string Host,
    bool IsLeader,
    string State,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? Match,
    ulong? LagEntries,
    bool? Active,
    bool? Learner,
    bool? Paused,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? PendingSnapshot
)
{
    public static PeerDocument Create(PeerView peer) =>
        new(
            peer.Row.Id,
            peer.Row.Host,
            peer.IsLeader,
            Words.For(peer.Row.State),
            peer.Row.Match,
            peer.LagEntries,
            peer.Active,
            peer.Row.Learner,
            peer.Row.Paused,
            peer.Row.PendingSnapshot
        );
}
