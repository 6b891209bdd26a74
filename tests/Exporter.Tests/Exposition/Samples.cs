using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Collection;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.Tests.Exposition;

/// <summary>Hand-made analyses in which every number is different, so that none can be mistaken for another.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 9, 33, 30, 785, TimeSpan.Zero);

    public static readonly AnalysisSettings Rules = new(
        Sidecar: false,
        StaleAfter: 3,
        TaskInterval: TimeSpan.FromSeconds(30),
        DiskInterval: TimeSpan.FromSeconds(60),
        ServiceInterval: TimeSpan.FromSeconds(60)
    );

    public static DiskRecords DisksRead(bool truncated, params DiskRecord[] disks) =>
        new()
        {
            Lists = DiskRecords
                .None.Lists.Add(DiskListKind.Broken, new DiskList(Now, [], false))
                .Add(DiskListKind.Repairing, new DiskList(Now, [], false)),
            Disks = [.. disks],
            Truncated = truncated,
        };

    public static ServiceRecords ServicesRead(params ServiceCount[] counts) =>
        new()
        {
            Services = ServiceRecords.None.Services.AddRange(
                counts.Select(count =>
                    KeyValuePair.Create(
                        count.Service,
                        new ServiceRecord(
                            count.Service,
                            Now,
                            [count],
                            count.Offline > 0 ? [new OfflineInstance(count.Service, count.Idc, "10.0.0.9:9600")] : []
                        )
                    )
                )
            ),
        };

    /// <summary>A leader of master, a follower of v3.5, and a member that never answered; every series is
    /// present.</summary>
    public static ClusterAnalysis Full()
    {
        var leader = Member("a:9998") with
        {
            Outcome = Outcome.Ok,
            Reading = LeaderReading() with { Cuts = 1 },
            LeaderChanges = 2,
            Tallies = [Tally(5, ok: 41), Tally(12, ok: 42), Tally(13, ok: 43), Tally(14, ok: 44), Tally(15, ok: 47)],
        };
        var follower = Member("b:9998") with
        {
            Outcome = Outcome.Timeout,
            ConsecutiveFailures = 1,
            Reading = FollowerReading(),
            Tallies =
            [
                Tally(3000, ok: 45),
                EndpointTally.Zero,
                EndpointTally.Zero,
                EndpointTally.Zero,
                EndpointTally.Zero,
            ],
        };
        return new ClusterAnalysis
        {
            Snapshot = Snapshot("prod", leader, follower, Member("c:9998")) with
            {
                Settings = Rules with { Labels = Rules.Labels.Add("region", "eu") },
                Switches =
                [
                    new("disk_repair", new("true"), Now, true),
                    new("balance", new("false"), Now, true),
                    new("disk_drop", new("Enable"), Now, false),
                    new("blob_delete", new(null), Now, null),
                    new("shard_repair", null, null, null),
                    new("vol_inspect", new("true"), Now, null),
                ],
                LinearizableReadUp = true,
                Disks = DisksRead(
                    truncated: true,
                    new(Disk(7, DiskStatus.Broken), "broken", Now.AddHours(-2)),
                    new(Disk(9, DiskStatus.Normal), "dropping", Now.AddMilliseconds(-785))
                ) with
                {
                    Replaced = System.Collections.Immutable.ImmutableDictionary<ulong, bool>.Empty.Add(7, false),
                },
                Services = ServicesRead(new("proxy", "z0", 3, 0), new("scheduler", "z1", 0, 1)),
                Scheduler = SchedulerRecord.None.Apply(SchedulerSaid),
                VolumeScan = Scanned,
                HostChunks = Chunks,
            },
            Leader = leader,
            Peers = Peers(),
            MemberCount = 4,
            Voters = 3,
            Quorum = 2,
            QuorumMargin = -1,
            Leaders = 1,
            SafeToRestart = [false, true, null],
        };
    }

    /// <summary>Whole, degraded and lost volumes, and one with a code mode of the site.</summary>
    public static VolumeScan Scanned { get; } =
        new VolumeScan(Now.AddSeconds(-2.5), Now).Add(
            new VolumePage([new(1, 2, 0), new(2, 2, 0), new(3, 2, 6), new(4, 11, 4), new(5, 240, 1)], 5, 1234),
            Now
        );

    /// <summary>Three hosts, one of which is short of chunks.</summary>
    public static HostChunks Chunks { get; } =
        new HostChunks(Now.AddSeconds(-1), Now)
            .Add(new DiskPage([Space(1, 1, 300), Space(2, 2, 7), Space(3, 3, 410)], 3), Now)
            .Complete(Now);

    private static DiskReading Space(ulong id, int host, long free) =>
        new(id, $"http://10.1.0.{host}:8889", "/data/disk0", "z0", "", DiskStatus.Normal, false) { FreeChunks = free };

    /// <summary>Two disks under repair; the progress of one was read.</summary>
    public static SchedulerAnswer SchedulerSaid { get; } =
        new(
            "http://10.2.0.1:9800",
            new SchedulerReading([
                new TaskReading("disk_repair", true, 30, 2, 1, 41, 8, null) { Disks = [5, 6] },
                new TaskReading("balance", false, 0, 0, 0, null, null, null),
                new TaskReading("shard_repair", true, null, null, null, null, null, 7),
            ]),
            [new(5, "disk_repair", new(41, 8)), new(6, "disk_repair", null)],
            Now
        )
        {
            SaidAt = Now,
            Oldest = Now.AddMinutes(-1),
        };

    public static ClusterSnapshot Snapshot(string cluster, params ImmutableArray<MemberRecord> members) =>
        new()
        {
            Cluster = cluster,
            At = Now,
            Settings = Rules,
            Members = members,
            Switches = [],
        };

    /// <summary>A member before its first poll.</summary>
    public static MemberRecord Member(string name) =>
        new()
        {
            Name = name,
            Address = name,
            Tallies = [.. LabelNames.MemberEndpoints.Select(_ => EndpointTally.Zero)],
        };

    public static StatReading Stat(ulong nodeId, ulong term = 1) =>
        new()
        {
            Dialect = Dialect.SnakeCase,
            LeaderHost = "a:9998",
            Raft = new RaftReading
            {
                NodeId = nodeId,
                Term = term,
                State = RaftState.Follower,
                Leader = 1,
            },
        };

    public static readonly ExporterLines NoOwnLines = new([], []);

    public static readonly ProcessReading Process = new()
    {
        CpuSeconds = 1.25,
        ResidentBytes = 50_000_001,
        VirtualBytes = 60_000_002,
        Threads = 23,
        StartTimeSeconds = 1_700_000_000.25,
        OpenFds = 31,
        MaxFds = 1024,
    };

    public static CompletedRequest Ended(Endpoint endpoint, Outcome outcome, TimeSpan took) =>
        new("prod", "a:9998", endpoint, outcome, took, "");

    /// <summary>Telemetry with a value for every series.</summary>
    public static ExporterTelemetry Telemetry()
    {
        var telemetry = new ExporterTelemetry(
            () =>
                new ConfigState(true, Now, 17).WithRemoved(new ConfigState(true, Now, 18), ["gone"], []) with
                {
                    NamesFailing = 1,
                    Share = new(1, 3, 50),
                },
            () => Process
        );
        telemetry.RecordScrape(Now.AddSeconds(-15));
        telemetry.RecordRequest(Ended(Endpoint.Stat, Outcome.Ok, TimeSpan.FromMilliseconds(4)));
        telemetry.RecordRequest(Ended(Endpoint.Config, Outcome.ReadIndex, TimeSpan.FromSeconds(9)));
        telemetry.HttpDuration.WithLabels("200", "/metrics").Observe(0.002);
        telemetry.HttpInProgress.WithLabels("/metrics").Set(1);
        telemetry.Alerting.Publish(Alerting);
        telemetry.Alerting.CountSent("http://am:9093", "ok", 64);
        telemetry.Alerting.CountDropped("http://am:9093", 3);
        telemetry.Alerting.SetQueueLength("http://am:9093", 5);
        return telemetry;
    }

    /// <summary>One alert fires, two are pending.</summary>
    public static AlertingView Alerting { get; } =
        new(
            Sends: true,
            Now,
            [
                .. ((string[])["QuorumLost", "DiskBroken", "MemberDown"]).Select(
                    (name, i) =>
                        new AlertView(
                            name,
                            System
                                .Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add(
                                    "alertname",
                                    $"Clustermgr{name}"
                                )
                                .Add("cluster", "a\"b\n")
                                .Add("severity", i < 2 ? "page" : "ticket"),
                            Now.AddSeconds(-60),
                            i == 0 ? null : Now.AddSeconds(240)
                        )
                ),
            ]
        );

    public static ExporterLines Own() => Collected(Telemetry());

    public static ExporterLines Collected(ExporterTelemetry telemetry)
    {
        var collecting = ExporterPage.CollectAsync(telemetry);
        return collecting.IsCompleted
            ? collecting.Result
            : throw new InvalidOperationException("a collection must not wait");
    }

    /// <summary>A page of these clusters in one format, parsed strictly.</summary>
    public static ScrapedPage Scrape(MetricsFormat format, params ClusterAnalysis[] clusters) =>
        ExpositionParser.Parse(Bytes(format, clusters), format);

    public static byte[] Bytes(MetricsFormat format, params ClusterAnalysis[] clusters)
    {
        var page = new MetricsPage([.. clusters.Select(analysis => new ClusterPage(analysis))], Own());
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        page.WriteTo(target, format);
        if (format == MetricsFormat.Text004)
        {
            SeenPages.Keep(target.WrittenSpan);
        }
        return target.WrittenSpan.ToArray();
    }

    private static EndpointTally Tally(int milliseconds, long ok) =>
        new(
            [ok, .. Enumerable.Range(1, LabelNames.Outcomes.Length - 1).Select(i => 0L)],
            TimeSpan.FromMilliseconds(milliseconds),
            Now.AddMilliseconds(-milliseconds)
        );

    private static DiskReading Disk(ulong id, DiskStatus status) =>
        new(id, $"http://10.0.0.{id}:8899", $"/data/disk{id}", "z0", $"rack{id}", status, Readonly: false);

    private static StatReading LeaderReading() =>
        new()
        {
            Dialect = Dialect.SnakeCase,
            LeaderHost = "a:9998",
            ReadOnly = false,
            Raft = new RaftReading
            {
                NodeId = 1,
                Term = ulong.MaxValue,
                State = RaftState.Leader,
                Leader = 1,
                Vote = 1,
                Commit = 9_007_199_254_740_993,
                Applied = 9_007_199_254_740_992,
                RaftApplied = 9_007_199_254_740_991,
                Transferee = 3,
                ApplyingLength = 101,
            },
            Blobnodes = new SpaceReading
            {
                Total = 1001,
                Free = 1002,
                Used = 1003,
                Writable = 1004,
                Readonly = 1005,
                Reserved = 1006,
                Nodes = 1007,
                Disks = 1008,
                Idcs = [BlobnodeIdc("z0", 1100), BlobnodeIdc("z1", 1200)],
            },
            Shardnodes = new SpaceReading
            {
                Total = 2001,
                Free = 2002,
                Used = 2003,
                Writable = 2004,
                Readonly = 2005,
                Reserved = 2006,
                Nodes = 2007,
                Disks = 2008,
                Idcs = [Idc("z0", 2100) with { Shards = 2110, ShardsFree = 2111 }],
            },
            Volumes = new VolumeReading
            {
                Total = 3001,
                Idle = 3002,
                Allocatable = 3003,
                Active = 3004,
                Locked = 3005,
                Unlocking = 3006,
            },
        };

    private static StatReading FollowerReading() =>
        new()
        {
            Dialect = Dialect.CamelCase,
            LeaderHost = "",
            ReadOnly = true,
            Raft = new RaftReading
            {
                NodeId = 2,
                Term = 6,
                State = RaftState.PreCandidate,
                Leader = 0,
                Vote = 0,
            },
            SchemaFindings =
            [
                new(SchemaFindingKind.UnknownField, "raft_status.mood"),
                new(SchemaFindingKind.MissingField, "raft_status.commit"),
                new(SchemaFindingKind.UnknownField, "weather"),
            ],
        };

    private static IdcReading BlobnodeIdc(string name, long start) =>
        Idc(name, start) with
        {
            Chunks = start + 12,
            ChunksFree = start + 13,
            ChunksOversoldFree = start + 14,
        };

    private static IdcReading Idc(string name, long start) =>
        new()
        {
            Idc = name,
            Total = start,
            Available = start + 1,
            Readonly = start + 2,
            Expired = start + 3,
            Broken = start + 4,
            Repairing = start + 5,
            Repaired = start + 6,
            Dropping = start + 7,
            Dropped = start + 8,
        };

    private static ImmutableArray<PeerView> Peers() =>
        [
            new(Peer(1, 4000, PeerState.Probe) with { Active = false }, IsLeader: true, LagEntries: 0, Active: true),
            new(Peer(2, 4100, PeerState.Replicate), IsLeader: false, LagEntries: 4150, Active: true),
            new(
                Peer(3, 4200, PeerState.Snapshot) with
                {
                    Learner = true,
                    Paused = true,
                    InflightFull = true,
                },
                IsLeader: false,
                LagEntries: 4250,
                Active: false
            ),
            new(
                new PeerReading
                {
                    Id = ulong.MaxValue,
                    Host = "127.0.0.1:4",
                    State = PeerState.Unknown,
                },
                IsLeader: false,
                LagEntries: null,
                Active: null
            ),
        ];

    private static PeerReading Peer(ulong id, ulong start, PeerState state) =>
        new()
        {
            Id = id,
            Host = $"127.0.0.1:{id}",
            State = state,
            Match = start + 1,
            Next = start + 2,
            Active = true,
            Paused = false,
            Learner = false,
            InflightFull = false,
            InflightMessages = (long)start + 3,
            PendingSnapshot = start + 4,
        };
}
