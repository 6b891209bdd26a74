using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Members by their own answers, and peers as the leader sees them.</summary>
internal static class MemberGrids
{
    public static ReportTable Members(ClusterAnalysis analysis) =>
        new(
            "members",
            [
                new("MEMBER"),
                new("NODE"),
                new("STATE"),
                new("LEADER"),
                new("TERM"),
                new("COMMIT", IsVolatile: true),
                new("APPLIED", IsVolatile: true),
                new("LAST ANSWER"),
                new("SAFE TO RESTART", DropOrder: 1),
            ],
            [
                .. analysis.Snapshot.Members.Select(
                    (member, i) => new ReportRow(member.Name, Member(member, analysis.SafeToRestart[i]))
                ),
            ]
        );

    /// <summary>The peers with their lag; empty when no leader answered.</summary>
    public static ReportTable Peers(ClusterAnalysis analysis) =>
        new(
            "peers",
            [
                new("PEER"),
                new("ROLE"),
                new("STATE"),
                new("MATCH", DropOrder: 1, IsVolatile: true),
                new("LAG"),
                new("ACTIVE"),
                new("RAFT ADDRESS"),
                new("MEMBER", DropOrder: 2),
            ],
            [.. analysis.Peers.Select(peer => new ReportRow(CellText.Number<ulong>(peer.Row.Id), Peer(analysis, peer)))]
        );

    private static ImmutableArray<ReportCell> Member(MemberRecord member, bool? safe)
    {
        var raft = member.Reading?.Raft;
        return
        [
            member.Name,
            CellText.Number(raft?.NodeId),
            raft is null ? CellText.Unknown : LabelNames.ToLabel(raft.State),
            raft?.Leader == 0 ? "none" : CellText.Number(raft?.Leader),
            CellText.Number(raft?.Term),
            CellText.Number(raft?.Commit),
            CellText.Number(raft?.Applied),
            member.Outcome is { } outcome ? LabelNames.ToLabel(outcome) : CellText.Unknown,
            CellText.YesNo(safe),
        ];
    }

    private static ImmutableArray<ReportCell> Peer(ClusterAnalysis analysis, PeerView peer) =>
        [
            CellText.Number<ulong>(peer.Row.Id),
            peer.Role ?? CellText.Unknown,
            peer.IsLeader ? CellText.Unknown : LabelNames.ToLabel(peer.Row.State), // its own row does not report it
            CellText.Number(peer.Row.Match),
            CellText.Number(peer.LagEntries),
            CellText.YesNo(peer.Active),
            CellText.Text(peer.Row.Host),
            analysis.Snapshot.Members.FirstOrDefault(member => member.NodeId == peer.Row.Id)?.Name ?? CellText.Unknown,
        ];
}
