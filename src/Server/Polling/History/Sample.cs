using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>The plotted figures of a cluster at one instant. Null if unknown.</summary>
/// <param name="At">To the second.</param>
/// <param name="LagEntries">Lag of the voter that is furthest behind, as the leader sees it.</param>
/// <param name="TotalBytes">Counts blobnodes only, as does <paramref name="WritableBytes"/>.</param>
internal readonly record struct Sample(
    DateTimeOffset At,
    ulong? Term,
    ulong? LagEntries,
    long? TotalBytes,
    long? WritableBytes
)
{
    public static Sample FromAnalysis(ClusterAnalysis analysis)
    {
        var space = analysis.Leader?.Reading?.Blobnodes;
        var lag = analysis
            .Peers.Where(peer => !peer.IsLeader && peer.Row.Learner is not true)
            .Max(peer => peer.LagEntries);
        return new(
            DateTimeOffset.FromUnixTimeSeconds(analysis.Snapshot.At.ToUnixTimeSeconds()),
            Leadership.HighestTerm(analysis.Snapshot),
            lag,
            space?.Total,
            space?.Writable
        );
    }
}
