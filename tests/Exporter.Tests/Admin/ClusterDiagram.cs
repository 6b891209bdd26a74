using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>
/// A cluster at one moment, written as one line: each word is a peer, its node ID and letters. L leads, l is a learner,
/// z lags, p is probed, d is not heard by the leader, x does not answer us, u is not polled.
/// </summary>
internal static class ClusterDiagram
{
    private static readonly DateTimeOffset SnapshotTime = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static ClusterAnalysis Cluster(string drawing)
    {
        var peers = drawing.Split(' ').Select(word => (Id: ulong.Parse(word.AsSpan(0, 1)), Is: word[1..])).ToList();
        var leader = peers.Find(peer => peer.Is.Contains('L')).Id;
        var polled = peers.Where(peer => !peer.Is.Contains('u')).ToList();
        var snapshot = ClusterSnapshot.CreateInitial(
            "prod",
            polled.Select(peer => (Name(peer.Id), Name(peer.Id))),
            ImmutableDictionary<string, bool>.Empty,
            new AnalysisSettings(
                false,
                3,
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(60),
                TimeSpan.FromSeconds(60)
            ),
            SnapshotTime
        );
        ImmutableArray<PeerReading> rows =
        [
            .. peers.Select(peer => new PeerReading
            {
                Id = peer.Id,
                Host = $"{peer.Id}:10110",
                State = peer.Is.Contains('p') ? PeerState.Probe : PeerState.Replicate,
                Match = peer.Is.Contains('z') ? 5_000ul : 10_000ul,
                Active = !peer.Is.Contains('d'),
                Learner = peer.Is.Contains('l'),
            }),
        ];
        for (var i = 0; i < polled.Count; i++)
        {
            var (id, letters) = polled[i];
            snapshot = snapshot.Apply(
                i,
                letters.Contains('x')
                    ? new Answer<StatReading>(Outcome.Refused, null, "connection refused", SnapshotTime, TimeSpan.Zero)
                    : new Answer<StatReading>(
                        Outcome.Ok,
                        Stat(id, leader, id == leader ? rows : []),
                        "",
                        SnapshotTime,
                        TimeSpan.Zero
                    )
            );
        }
        return ClusterAnalysis.FromSnapshot(snapshot);
    }

    private static string Name(ulong id) => $"{id}:9998";

    private static StatReading Stat(ulong id, ulong leader, ImmutableArray<PeerReading> rows) =>
        new()
        {
            Dialect = Dialect.SnakeCase,
            LeaderHost = Name(leader),
            Raft = new RaftReading
            {
                NodeId = id,
                Term = 7,
                State = id == leader ? RaftState.Leader : RaftState.Follower,
                Leader = leader,
                Commit = 10_000,
                Transferee = 0,
                Peers = rows,
            },
        };
}
