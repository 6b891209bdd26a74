using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Members by their own answers, and peers as the leader sees them.</summary>
internal static class MemberGrids
{
    public static Grid Members(ClusterAnalysis analysis) =>
        new(
            "members",
            [
                new("MEMBER"),
                new("NODE"),
                new("STATE"),
                new("LEADER"),
                new("TERM"),
                new("COMMIT", Moves: true),
                new("APPLIED", Moves: true),
                new("LAST ANSWER"),
                new("SAFE TO RESTART", Spare: 1),
            ],
            [
                .. analysis.Snapshot.Members.Select(
                    (member, i) => new Row(member.Name, Member(member, analysis.SafeToRestart[i]))
                ),
            ]
        );

    /// <summary>The peers with their lag; empty when no leader answered.</summary>
    public static Grid Peers(ClusterAnalysis analysis) =>
        new(
            "peers",
            [
                new("PEER"),
                new("ROLE"),
                new("STATE"),
                new("MATCH", Spare: 1, Moves: true),
                new("LAG"),
                new("ACTIVE"),
                new("RAFT ADDRESS"),
                new("MEMBER", Spare: 2),
            ],
            [.. analysis.Peers.Select(peer => new Row(CellText.Number<ulong>(peer.Row.Id), Peer(analysis, peer)))]
        );

    private static ImmutableArray<Cell> Member(MemberRecord member, bool? safe)
    {
        var raft = member.Reading?.Raft;
        return
        [
            member.Name,
            CellText.Number(raft?.NodeId),
            raft is null ? CellText.Unknown : Words.For(raft.State),
            raft?.Leader == 0 ? "none" : CellText.Number(raft?.Leader),
            CellText.Number(raft?.Term),
            CellText.Number(raft?.Commit),
            CellText.Number(raft?.Applied),
            member.Outcome is { } outcome ? Words.For(outcome) : CellText.Unknown,
            CellText.YesNo(safe),
        ];
    }

    private static ImmutableArray<Cell> Peer(ClusterAnalysis analysis, PeerView peer) =>
        [
            CellText.Number<ulong>(peer.Row.Id),
            peer.Role ?? CellText.Unknown,
            peer.IsLeader ? CellText.Unknown : Words.For(peer.Row.State), // its own row does not report it
            CellText.Number(peer.Row.Match),
            CellText.Number(peer.LagEntries),
            CellText.YesNo(peer.Active),
            CellText.Text(peer.Row.Host),
            analysis.Snapshot.Members.FirstOrDefault(member => member.NodeId == peer.Row.Id)?.Name ?? CellText.Unknown,
        ];
}
