using System.Collections.Immutable;
using Clustermgr.Analysis;

namespace Clustermgr.Tests.Analysis;

/// <summary>Builds snapshots from short calls: members a, b, c are nodes 1, 2, 3 at a:9998, b:9998, c:9998.</summary>
internal static class Cluster
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly AnalysisSettings Rules = new(
        Sidecar: false,
        StaleAfter: 3,
        TimeSpan.FromSeconds(30),
        TimeSpan.FromSeconds(60),
        TimeSpan.FromSeconds(60)
    );

    public static ClusterSnapshot Of(params string[] names) => Of(Rules, names);

    public static ClusterSnapshot Of(AnalysisSettings rules, params string[] names) =>
        ClusterSnapshot.CreateInitial(
            "prod",
            names.Select(name => (name, $"{name}:9998")),
            ImmutableDictionary<string, bool>.Empty,
            rules,
            Start
        );

    /// <summary>Three healthy members; node 1 (a) leads in term 5 at commit 100.</summary>
    public static ClusterSnapshot Healthy() =>
        Of("a", "b", "c").Says(0, Leader(1, 5, [1, 2, 3])).Says(1, Follower(2, 5, 1)).Says(2, Follower(3, 5, 1));

    public static ClusterSnapshot Says(
        this ClusterSnapshot snapshot,
        int index,
        StatReading reading,
        double at = 0,
        double took = 0.005
    ) =>
        snapshot.Apply(
            index,
            new Answer<StatReading>(Outcome.Ok, reading, "", Start.AddSeconds(at), TimeSpan.FromSeconds(took))
        );

    public static ClusterSnapshot Fails(
        this ClusterSnapshot snapshot,
        int index,
        Outcome outcome,
        double at = 0,
        int times = 1
    )
    {
        for (var i = 0; i < times; i++)
        {
            snapshot = snapshot.Apply(
                index,
                new Answer<StatReading>(outcome, null, "as seen", Start.AddSeconds(at), TimeSpan.FromSeconds(3))
            );
        }
        return snapshot;
    }

    public static StatReading Follower(ulong node, ulong term, ulong leader, ulong commit = 100) =>
        Reading(node, term, leader, leader == 0 ? RaftState.PreCandidate : RaftState.Follower, commit, []);

    public static StatReading Leader(ulong node, ulong term, ulong[] peers, ulong commit = 100) =>
        Reading(node, term, node, RaftState.Leader, commit, [.. peers.Select(id => Peer(id))]);

    public static StatReading Leader(ulong node, ulong term, PeerReading[] peers, ulong commit = 100) =>
        Reading(node, term, node, RaftState.Leader, commit, [.. peers]);

    public static PeerReading Peer(
        ulong id,
        bool active = true,
        ulong match = 100,
        PeerState state = PeerState.Replicate,
        bool learner = false
    ) =>
        new()
        {
            Id = id,
            Host = $"{Name(id)}:10110",
            State = state,
            Match = match,
            Next = match + 1,
            Active = active,
            Paused = false,
            Learner = learner,
        };

    public static StatReading WithSpace(this StatReading reading, params IdcReading[] idcs) =>
        reading with
        {
            Blobnodes = new SpaceReading
            {
                Total = 1000,
                Free = 500,
                Used = 500,
                Writable = 400,
                Disks = 8,
                Nodes = 2,
                Idcs = [.. idcs],
            },
        };

    /// <summary>Folds in one round of lists, at the time of the first list; broken and repairing are always included,
    /// empty unless given.</summary>
    public static ClusterSnapshot Fold(this ClusterSnapshot snapshot, params (DiskListKind Kind, DiskList List)[] round)
    {
        var at = round[0].List.ReadAt;
        var lists = new Dictionary<DiskListKind, DiskList>
        {
            [DiskListKind.Broken] = new(at, [], false),
            [DiskListKind.Repairing] = new(at, [], false),
        };
        foreach (var (kind, list) in round)
        {
            lists[kind] = list;
        }
        return (snapshot with { At = at }).Apply(lists);
    }

    public static ClusterSnapshot Fold(this ClusterSnapshot snapshot, DiskListKind kind, DiskList list) =>
        snapshot.Fold((kind, list));

    public static Answer<T> Ok<T>(T value, double at = 0)
        where T : class => new(Outcome.Ok, value, "", Start.AddSeconds(at), TimeSpan.FromMilliseconds(5));

    public static string[] Names(this ClusterAnalysis analysis) =>
        [
            .. analysis.Findings.Select(finding =>
                finding.Subject.Length == 0 ? finding.Name : $"{finding.Name} {finding.Subject}"
            ),
        ];

    private static string Name(ulong node) => node == 0 ? "" : ((char)('a' + (int)node - 1)).ToString();

    private static StatReading Reading(
        ulong node,
        ulong term,
        ulong leader,
        RaftState state,
        ulong commit,
        ImmutableArray<PeerReading> peers
    ) =>
        new()
        {
            Dialect = Dialect.SnakeCase,
            LeaderHost = leader == 0 ? "" : $"{Name(leader)}:9998",
            ReadOnly = false,
            Raft = new RaftReading
            {
                NodeId = node,
                Term = term,
                State = state,
                Leader = leader,
                Commit = commit,
                Applied = commit,
                Peers = peers,
            },
        };
}
