using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>A member, as its own answers describe it.</summary>
internal sealed record MemberDocument(
    string Name,
    string Address,
    bool? Up,
    string? Outcome,
    string Detail,
    string? Since,
    string? LastAnswer,
    string? NodeId,
    string? State,
    string? LeaderNodeId,
    string? Term,
    string? Commit,
    string? Applied,
    ulong? UnappliedEntries,
    ulong? LagEntries,
    bool? ReadOnly,
    bool? SafeToRestart,
    long LeaderChanges
)
{
    public static MemberDocument Create(ClusterAnalysis analysis, int index)
    {
        var snapshot = analysis.Snapshot;
        var member = analysis.Snapshot.Members[index];
        var raft = member.Reading?.Raft;
        return new(
            member.Name,
            member.Address,
            member.Outcome is null ? null : member.Up,
            member.Outcome is { } outcome ? LabelNames.ToLabel(outcome) : null,
            member.Detail,
            JsonText.FormatTime(snapshot.ToWallClock(member.Since)),
            JsonText.FormatTime(snapshot.ToWallClock(ClusterFacts.LastAnswer(member))),
            JsonText.FormatId(member.NodeId),
            raft is null ? null : LabelNames.ToLabel(raft.State),
            JsonText.FormatId(raft?.Leader),
            JsonText.FormatId(raft?.Term),
            JsonText.FormatId(raft?.Commit),
            JsonText.FormatId(raft?.Applied),
            raft is { Commit: { } commit, Applied: { } applied } ? commit - Math.Min(commit, applied) : null,
            ClusterFacts.Lag(analysis, member),
            member.Reading?.ReadOnly,
            analysis.SafeToRestart[index],
            member.LeaderChanges
        );
    }
}

/// <summary>A peer, as the leader's answer describes it.</summary>
internal sealed record PeerDocument(
    string Id,
    string Host,
    bool IsLeader,
    string State,
    string? Match,
    ulong? LagEntries,
    bool? Active,
    bool? Learner,
    bool? Paused,
    string? PendingSnapshot
)
{
    public static PeerDocument Create(PeerView peer) =>
        new(
            JsonText.FormatId(peer.Row.Id),
            peer.Row.Host,
            peer.IsLeader,
            LabelNames.ToLabel(peer.Row.State),
            JsonText.FormatId(peer.Row.Match),
            peer.LagEntries,
            peer.Active,
            peer.Row.Learner,
            peer.Row.Paused,
            JsonText.FormatId(peer.Row.PendingSnapshot)
        );
}
