using Clustermgr.Analysis;

namespace ClustermgrExporter.Polling.History;

/// <summary>A cluster at one instant, in the figures that are worth a plot. Null where it was not known.</summary>
/// <param name="At">To the second.</param>
/// <param name="LagEntries">Of the voter that is furthest behind, as the leader sees it.</param>
/// <param name="TotalBytes">Of the blobnodes, as is <paramref name="WritableBytes"/>.</param>
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
