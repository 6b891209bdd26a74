using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

/// <summary>Each finding with its whole sentence, and its absence just below the threshold.</summary>
public sealed class FindingTests
{
    [Fact]
    public void BrokenDisksWithRepairOnAreOneFinding()
    {
        var snapshot = With(Idc("z0", broken: 2), Idc("z1")).Apply("disk_repair", new("true"), Start);
        Assert.Equal(["DiskBroken: 2 disks are broken: 2 in z0."], Said(snapshot));
    }

    [Theory]
    [InlineData(
        "false",
        "RepairOffWithBrokenDisks: 1 disk is broken or repairing while disk_repair is disabled (\"false\")."
    )]
    [InlineData(null, "RepairOffWithBrokenDisks: 1 disk is broken or repairing while disk_repair is unset.")]
    public void ADiskInRepairWhileRepairIsOffIsAPage(string? raw, string expected) =>
        Assert.Equal([expected], Said(With(Idc("z0", repairing: 1)).Apply("disk_repair", new(raw), Start)));

    [Fact]
    public void RepairThatCouldNotBeReadIsNotCalledOff() => Assert.Equal([], Said(With(Idc("z0", repairing: 1))));

    [Fact]
    public void RepairWithoutFreeChunksHasNoTarget()
    {
        Assert.Equal([], Said(With(Idc("z0", repairing: 1, chunksFree: 50))));
        Assert.Equal(
            ["RepairHasNoTarget: 1 disk is broken or repairing and 4.9% of the chunks are free."],
            Said(With(Idc("z0", repairing: 1, chunksFree: 49)))
        );
    }

    [Fact]
    public void BrokenAndExpiredDisksInTwoIdcsCountTogether()
    {
        Assert.Equal([], Said(With(Idc("z0", expired: 1), Idc("z1"))));
        Assert.Equal(
            [
                "BrokenInTwoIdcs: Disks are broken or expired in 2 IDCs at once: 1 in z0, 1 in z1.",
                "DiskBroken: 1 disk is broken: 1 in z1.",
            ],
            Said(With(Idc("z0", expired: 1), Idc("z1", broken: 1)))
        );
    }

    [Fact]
    public void ATenthOfAnIdcsDisksWithoutHeartbeatIsASurge()
    {
        Assert.Equal([], Said(With(Idc("z0", total: 21, expired: 2))));
        Assert.Equal(
            ["ExpiredSurge: 2 of 20 disks in z0 sent no heartbeat."],
            Said(With(Idc("z0", total: 20, expired: 2)))
        );
        // Repaired and dropped disks stay registered forever, and send no heartbeats.
        Assert.Equal(
            ["ExpiredSurge: 2 of 20 disks in z0 sent no heartbeat."],
            Said(With(Idc("z0", total: 100, expired: 2) with { Repaired = 30, Dropped = 50 }))
        );
        Assert.Equal([], Said(With(Idc("z0", total: 101, expired: 2) with { Repaired = 30, Dropped = 50 })));
    }

    [Fact]
    public void ShardnodesThatAreNearlyFullAreAPage() =>
        Assert.Equal(
            ["WritableSpaceCritical shardnode: 4.9% of the shardnodes' space is writable."],
            Said(
                Led(reading =>
                    reading with
                    {
                        Shardnodes = new() { Total = 1000, Writable = 49 },
                    }
                )
            )
        );

    [Fact]
    public void DisksOfShardnodesAreASurgeOfTheirOwn()
    {
        var both = Led(reading =>
            reading.WithSpace([Idc("z0", total: 20, expired: 2)]) with
            {
                Shardnodes = new()
                {
                    Idcs =
                    [
                        new()
                        {
                            Idc = "z0",
                            Total = 4,
                            Expired = 1,
                        },
                        new() { Idc = "z1", Expired = 1 },
                    ],
                }, // z1 has no total
            }
        );

        Assert.Equal(
            [
                "ExpiredSurge: 2 of 20 disks in z0 sent no heartbeat.",
                "ExpiredSurge: 1 of 4 shardnode disks in z0 sent no heartbeat.",
            ],
            Said(both)
        );
        Assert.Equal(
            ["z0", "z0 shardnode"],
            ClusterAnalysis.FromSnapshot(both).Findings.Select(finding => finding.Subject)
        );
    }

    [Fact]
    public void VolumesOfWhichNoneCanBeAllocatedAreAPage()
    {
        Assert.Equal(
            ["NoAllocatableVolumes: None of 5 volumes can be allocated."],
            Said(
                Led(reading =>
                    reading with
                    {
                        Volumes = new() { Total = 5, Allocatable = 0 },
                    }
                )
            )
        );
        Assert.Equal(
            [],
            Said(
                Led(reading =>
                    reading with
                    {
                        Volumes = new() { Total = 0, Allocatable = 0 },
                    }
                )
            )
        ); // a new cluster
        Assert.Equal([], Said(Led(reading => reading with { Volumes = new() { Total = 5 } }))); // unknown is not zero
    }

    [Fact]
    public void WritableSpaceUnderATwentiethIsCritical()
    {
        Assert.Equal(
            [],
            Said(
                Led(reading =>
                    reading with
                    {
                        Blobnodes = new() { Total = 1000, Writable = 50 },
                    }
                )
            )
        );
        Assert.Equal(
            ["WritableSpaceCritical: 4.9% of the space is writable."],
            Said(
                Led(reading =>
                    reading with
                    {
                        Blobnodes = new() { Total = 1000, Writable = 49 },
                    }
                )
            )
        );
        Assert.Equal(
            [],
            Said(
                Led(reading =>
                    reading with
                    {
                        Blobnodes = new() { Total = 0, Writable = 0 },
                    }
                )
            )
        );
    }

    [Fact]
    public void AnIdcThatIsFullWhileTheOthersAreNotIsABottleneck() =>
        Assert.Equal(
            ["IdcBottleneck: 9.9% of the chunks in z1 are free, 35% in all."],
            Said(With(Idc("z0", chunksFree: 600), Idc("z1", chunksFree: 99)))
        );

    [Fact]
    public void SwitchesAreCalledByWhatTheyDo()
    {
        var snapshot = Healthy()
            .Apply("balance", new("Enable"), Start)
            .Apply("vol_inspect", new("true"), Start)
            .Apply("blob_delete", new("Disable"), Start)
            .Apply("disk_drop", new("false"), Start);
        Assert.Equal(
            [
                "TaskSwitchIneffective balance: balance is set to \"Enable\": only \"true\" enables it, so it is off.",
                "TaskSwitchIneffective vol_inspect: vol_inspect is set to \"true\" and nothing reads it: "
                    + "volume_inspect is meant.",
                "TaskSwitchOff blob_delete: blob_delete is disabled.",
            ],
            Said(snapshot)
        );
    }

    [Theory]
    [InlineData("true", true, false)]
    [InlineData("false", false, false)]
    [InlineData("Enable", true, true)]
    [InlineData("true", false, true)]
    [InlineData(null, true, true)]
    public void ASwitchThatDiffersFromTheConfigurationIsUnexpected(string? raw, bool expected, bool due)
    {
        var snapshot = Healthy();
        var drop = snapshot.Switches.Single(entry => entry.Key == "disk_drop");
        snapshot = snapshot with { Switches = snapshot.Switches.Replace(drop, drop with { Expected = expected }) };
        Assert.Equal(
            due,
            ClusterAnalysis
                .FromSnapshot(snapshot.Apply("disk_drop", new(raw), Start))
                .Names()
                .Contains("TaskSwitchUnexpected disk_drop")
        );
    }

    [Fact]
    public void ASwitchThatWasNotReadIsNotUnexpected()
    {
        var snapshot = Healthy();
        snapshot = snapshot with { Switches = [.. snapshot.Switches.Select(entry => entry with { Expected = true })] };
        Assert.Equal([], Said(snapshot));
    }

    [Fact]
    public void SchedulersAndProxiesThatAreNotLiveAreOffline()
    {
        ServiceInstance[] registered = [new("X", "h1", "z0"), new("X", "h2", "z0")];
        var snapshot = Healthy()
            .Apply("scheduler", ServiceRecord.Create("scheduler", registered, new ServicePage([registered[0]]), Start))
            .Apply("worker", ServiceRecord.Create("worker", registered, new ServicePage([]), Start));
        Assert.Equal(["ServiceOffline scheduler z0: 1 of 2 registered scheduler in z0 not live: h2."], Said(snapshot));
    }

    [Fact]
    public void OfManyHostsASentenceNamesThree()
    {
        var registered = Enumerable.Range(1, 9).Select(i => new ServiceInstance("PROXY", $"h{i}", "z0")).ToList();
        Assert.Equal(
            ["ServiceOffline proxy z0: 9 of 9 registered proxy in z0 not live: h1, h2, h3, …."],
            Said(Healthy().Apply("proxy", ServiceRecord.Create("proxy", registered, new ServicePage([]), Start)))
        );
        Assert.Equal(
            ["ServiceOffline proxy z0: 3 of 3 registered proxy in z0 not live: h1, h2, h3."],
            Said(
                Healthy().Apply("proxy", ServiceRecord.Create("proxy", registered.Take(3), new ServicePage([]), Start))
            )
        );
    }

    [Theory]
    [InlineData(nameof(Outcome.Refused), "MemberDown")]
    [InlineData(nameof(Outcome.Timeout), "MemberDown")]
    [InlineData(nameof(Outcome.Auth), "MemberAuthRefused")]
    [InlineData(nameof(Outcome.Invalid), "MemberDown")]
    public void AMemberThatDoesNotAnswerIsCalledByItsOutcome(string outcome, string name)
    {
        var down = Healthy().Fails(2, Enum.Parse<Outcome>(outcome));
        Assert.Contains($"{name} c: c does not answer for itself: as seen.", Said(down));
    }

    [Fact]
    public void ABlindClusterHasNoOtherClusterFinding()
    {
        var blind = Healthy().Fails(0, Outcome.Dns).Fails(1, Outcome.Dns).Fails(2, Outcome.Dns);
        Assert.Equal(
            ["ClusterBlind", "MemberDown a", "MemberDown b", "MemberDown c"],
            ClusterAnalysis.FromSnapshot(blind).Names()
        );
    }

    [Fact]
    public void BeforeTheFirstPollNothingIsWrong() => Assert.Equal([], Said(Of("a", "b", "c")));

    [Fact]
    public void ReadsThatReachNoQuorumAreALostQuorumThoughAllAnswer() =>
        Assert.Equal(
            ["QuorumLost: Linearizable reads reach no quorum."],
            Said(Healthy() with { LinearizableReadUp = false })
        );

    [Theory]
    [InlineData(nameof(PeerState.Probe), false, "PeerNotReplicating c: c does not replicate: the leader probes it.")]
    [InlineData(nameof(PeerState.Snapshot), false, "PeerSnapshot c: c is being sent a snapshot.")]
    [InlineData(
        nameof(PeerState.Probe),
        true,
        "LearnerStuck c: The learner c does not replicate: the leader probes it."
    )]
    public void APeerIsCalledByItsState(string state, bool learner, string expected)
    {
        var row = Peer(3, state: Enum.Parse<PeerState>(state), learner: learner);
        Assert.Contains(expected, Said(Healthy().Says(0, Leader(1, 5, [Peer(1), Peer(2), row]))));
    }

    [Fact]
    public void ALearnerOfUnknownLagIsNotSaidToLag()
    {
        var row = Peer(3, learner: true) with { Match = null };
        Assert.Contains(
            "LearnerStuck c: The leader does not say how far the learner c lags behind.",
            Said(Healthy().Says(0, Leader(1, 5, [Peer(1), Peer(2), row])))
        );
    }

    /// <summary>Older leaders do not say which of their peers are learners.</summary>
    [Theory]
    [InlineData(true, "learner")]
    [InlineData(false, "voter")]
    [InlineData(null, null)]
    public void ThePeersRoleIsUnknownWhereTheLeaderDoesNotSay(bool? learner, string? expected)
    {
        var row = Peer(3) with { Learner = learner };
        Assert.Equal(expected, new PeerView(row, false, 0, true).Role);
        Assert.Equal("leader", new PeerView(row, true, 0, true).Role);
    }

    [Fact]
    public void AReadOnlyMemberAndOneWithUnknownFieldsAreTickets()
    {
        var odd = Follower(3, 5, 1) with
        {
            ReadOnly = true,
            SchemaFindings = [new(SchemaFindingKind.UnknownField, "mood"), new(SchemaFindingKind.MissingField, "x")],
        };
        Assert.Equal(
            [
                "ReadOnlyMember c: c is configured read_only.",
                "SchemaDrift c: c answers otherwise than any known version: 2 differences, first unknown mood.",
            ],
            Said(Healthy().Says(2, odd))
        );
    }

    private static ClusterSnapshot Led(Func<StatReading, StatReading> change) =>
        Healthy().Says(0, change(Leader(1, 5, [1, 2, 3])));

    private static ClusterSnapshot With(params IdcReading[] idcs) => Led(reading => reading.WithSpace(idcs));

    private static IdcReading Idc(
        string name,
        long total = 12,
        long broken = 0,
        long repairing = 0,
        long expired = 0,
        long chunksFree = 500
    ) =>
        new()
        {
            Idc = name,
            Total = total,
            Available = total,
            Broken = broken,
            Repairing = repairing,
            Expired = expired,
            Chunks = 1000,
            ChunksFree = chunksFree,
        };

    private static string[] Said(ClusterSnapshot snapshot) =>
        [
            .. ClusterAnalysis
                .FromSnapshot(snapshot)
                .Findings.Select(finding =>
                    $"{finding.Name}{(finding.Subject.Length > 0 && !finding.Name.StartsWith("Expired", StringComparison.Ordinal) && !finding.Name.StartsWith("Repair", StringComparison.Ordinal) && !finding.Name.StartsWith("Idc", StringComparison.Ordinal) ? " " + finding.Subject : "")}: {finding.Sentence}"
                ),
        ];
}
