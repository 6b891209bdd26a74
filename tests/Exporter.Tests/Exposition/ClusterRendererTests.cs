using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class ClusterRendererTests
{
    [Fact]
    public void AMemberThatFailsIsDownAndItsSeriesStayUntilItsReadingIsStale()
    {
        var member = Samples.Member("a:1") with { Outcome = Outcome.Refused, Reading = Samples.Stat(1, term: 7) };

        Assert.Equal("0", Render(member).One("clustermgr_up").Text);
        Assert.Equal("7", Render(member).One("clustermgr_raft_term").Text);

        var stale = Render(member with { Reading = null });
        Assert.Equal("0", stale.One("clustermgr_up").Text);
        Assert.Equal(
            ["clustermgr_raft_leader_changes_total"],
            stale
                .Families.Select(family => family.Name)
                .Where(name => name.StartsWith("clustermgr_raft_", StringComparison.Ordinal))
        );
        Assert.Empty(stale.All("clustermgr_member_info"));
    }

    [Fact]
    public void AFieldThatTheAnswerDoesNotHoldIsAbsentAndNotZero()
    {
        var page = Render(Samples.Member("a:1") with { Outcome = Outcome.Ok, Reading = Samples.Stat(1) });

        Assert.Empty(page.All("clustermgr_raft_commit_index"));
        Assert.Empty(page.All("clustermgr_raft_applying_batches"));
        Assert.Empty(page.All("clustermgr_read_only"));
        Assert.Single(page.All("clustermgr_raft_term"));
    }

    [Theory]
    [InlineData("leader")]
    [InlineData("follower")]
    [InlineData("candidate")]
    [InlineData("pre_candidate")]
    [InlineData("unknown")]
    public void ExactlyOneStateOfAMemberIsSet(string word)
    {
        var state = Enum.Parse<RaftState>(word.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        var stat = Samples.Stat(1);

        var page = Render(
            Samples.Member("a:1") with
            {
                Outcome = Outcome.Ok,
                Reading = stat with { Raft = stat.Raft with { State = state } },
            }
        );

        Assert.Equal(word == "unknown" ? 5 : 4, page.All("clustermgr_raft_state").Count());
        var set = Assert.Single(page.All("clustermgr_raft_state"), sample => sample.Text == "1");
        Assert.Equal(word, set.Label("state"));
    }

    [Fact]
    public void PollsAreCountedByMemberEndpointAndOutcome()
    {
        var tallies = LabelNames.MemberEndpoints.Select(endpoint =>
            EndpointTally.Zero with
            {
                Polls = [.. LabelNames.Outcomes.Select(outcome => (100L * (int)endpoint) + (int)outcome)],
            }
        );

        var page = Render(Samples.Member("a:1") with { Tallies = [.. tallies] });

        Assert.All(
            LabelNames.MemberEndpoints,
            endpoint =>
                Assert.All(
                    LabelNames.Outcomes,
                    outcome =>
                        Assert.Equal(
                            (100 * (int)endpoint) + (int)outcome,
                            page.One(
                                "clustermgr_polls_total",
                                $"endpoint={LabelNames.ToLabel(endpoint)}",
                                $"outcome={LabelNames.ToLabel(outcome)}"
                            ).Value
                        )
                )
        );
    }

    [Fact]
    public void AFamilyThatCannotBeWrittenCostsItsOwnLinesAndIsTold()
    {
        var full = Samples.Full();
        // A real analysis never has null services: they stand for any bug in one writer.
        var broken = full with
        {
            Snapshot = full.Snapshot with { Services = null! },
        };
        var told = new List<string>();
        var others = new ClusterPage(full).Lines;

        var lines = new ClusterPage(broken, (family, fault) => told.Add($"{family}: {fault.GetType().Name}")).Lines;

        Assert.NotEmpty(told);
        Assert.Equal(told.Distinct(), told);
        Assert.All(told, line => Assert.EndsWith(": NullReferenceException", line, StringComparison.Ordinal));
        for (var i = 0; i < Catalogue.Cluster.Length; i++)
        {
            var missing = told.Exists(line =>
                line.StartsWith($"{Catalogue.Cluster[i].Family.Name}:", StringComparison.Ordinal)
            );
            Assert.Equal(missing ? "" : Text(others.GetLines(i)), Text(lines.GetLines(i)));
        }

        static string Text(ReadOnlyMemory<byte> lines) => System.Text.Encoding.UTF8.GetString(lines.Span);
    }

    [Fact]
    public void SchemaFindingsGoWithTheAnswerThatHadThem()
    {
        var stat = Samples.Stat(1) with { SchemaFindings = [new(SchemaFindingKind.MissingField, "raft_status.vote")] };
        var page = Render(Samples.Member("a:1") with { Outcome = Outcome.Timeout, Reading = stat });
        Assert.Equal("1", page.One("clustermgr_schema_findings", "endpoint=stat", "kind=missing_field").Text);
        Assert.Equal("0", page.One("clustermgr_schema_findings", "endpoint=stat", "kind=unknown_field").Text);
        Assert.Empty(
            Render(Samples.Member("a:1") with { Outcome = Outcome.Timeout }).All("clustermgr_schema_findings")
        );
    }

    [Fact]
    public void SpaceAndVolumesAreTheLeadersAndGoWithIt()
    {
        var follower = Samples.Full().Leader! with { Name = "b:1" };
        var analysis = new ClusterAnalysis { Snapshot = Samples.Snapshot("c", follower) };

        var page = Samples.Scrape(MetricsFormat.Text004, analysis);

        string[] prefixes =
        [
            "clustermgr_space",
            "clustermgr_disks",
            "clustermgr_nodes",
            "clustermgr_chunks",
            "clustermgr_shards",
            "clustermgr_volumes",
            "clustermgr_raft_peer",
        ];
        Assert.DoesNotContain(
            page.Families,
            family => prefixes.Any(prefix => family.Name.StartsWith(prefix, StringComparison.Ordinal))
        );
    }

    [Fact]
    public void AClusterWithoutShardnodesHasNoShardnodeSeries()
    {
        var nothing = new SpaceReading
        {
            Total = 0,
            Free = 0,
            Used = 0,
            Writable = 0,
            Nodes = 0,
            Disks = 0,
        };

        Assert.DoesNotContain(OfLeader(nothing).Samples, IsShardnode);
        Assert.DoesNotContain(OfLeader(null).Samples, IsShardnode);
        // One registered node counts, even if its space is 0.
        var page = OfLeader(nothing with { Nodes = 1 });
        Assert.Equal("0", page.One("clustermgr_space_total_bytes", "node_type=shardnode").Text);

        static bool IsShardnode(ExposedSample sample) => sample.Pairs.Contains("node_type=shardnode");
    }

    [Fact]
    public void TheLeadersOwnRowSaysNothingOfItsHealth()
    {
        var page = Samples.Scrape(MetricsFormat.Text004, Samples.Full());

        Assert.Equal("1", page.One("clustermgr_raft_peer_active", "peer=1").Text);
        Assert.Equal("4001", page.One("clustermgr_raft_peer_match_index", "peer=1").Text);
        Assert.All(
            ["state", "paused", "inflight_messages", "inflight_full", "pending_snapshot_index"],
            (string name) =>
            {
                Assert.NotEmpty(page.All($"clustermgr_raft_peer_{name}", "peer=2"));
                Assert.Empty(page.All($"clustermgr_raft_peer_{name}", "peer=1"));
            }
        );
    }

    [Fact]
    public void DisksAndServicesThatWereNeverReadAreAbsent()
    {
        var full = Samples.Full();
        var page = Samples.Scrape(
            MetricsFormat.Text004,
            full with
            {
                Snapshot = full.Snapshot with
                {
                    Disks = DiskRecords.None,
                    Services = ServiceRecords.None,
                    Scheduler = SchedulerRecord.None,
                    VolumeScan = null,
                },
            }
        );

        Assert.DoesNotContain(
            page.Families,
            family =>
                family.Name.StartsWith("clustermgr_disk_", StringComparison.Ordinal)
                || family.Name == "clustermgr_service_instances"
                || family.Name == "clustermgr_task_jobs"
        );
    }

    [Fact]
    public void APageMayBeLargerThanAnyBufferThatItStartsWith()
    {
        var path = "/" + new string('é', 70_000);
        DiskReading Disk(ulong id) => new(id, "h", id == 250 ? path : "/data", "z0", "r", DiskStatus.Broken, false);
        var disks = Enumerable.Range(1, 500).Select(id => new DiskRecord(Disk((ulong)id), "broken", Samples.Now));

        var page = Samples.Scrape(
            MetricsFormat.Text004,
            new ClusterAnalysis
            {
                Snapshot = Samples.Snapshot("c") with { Disks = Samples.DisksRead(false, [.. disks]) },
            }
        );

        Assert.Equal(500, page.All("clustermgr_disk_info").Count());
        Assert.Equal(path, page.One("clustermgr_disk_info", "disk_id=250").Label("path"));
    }

    [Fact]
    public void HostileNamesBreakNoLine()
    {
        const string evil = "\"} 1\n# EOF\nup{x=\"\\";
        var stat = Samples.Stat(1) with
        {
            Blobnodes = new SpaceReading { Idcs = [new IdcReading { Idc = evil, Total = 3 }] },
        };
        var leader = Samples.Member(evil) with { Outcome = Outcome.Ok, Reading = stat };
        var analysis = new ClusterAnalysis
        {
            Snapshot = Samples.Snapshot(evil, leader) with
            {
                Switches = [new(evil, null, null, null)],
                Disks = Samples.DisksRead(
                    false,
                    new DiskRecord(new(1, evil, evil, evil, evil, DiskStatus.Broken, false), evil, Samples.Now)
                ),
                Services = Samples.ServicesRead(new ServiceCount(evil, evil, 1, 1)),
            },
            Leader = leader,
            Peers =
            [
                new(
                    new PeerReading
                    {
                        Id = 2,
                        Host = evil,
                        State = PeerState.Probe,
                        Match = 1,
                    },
                    false,
                    1,
                    true
                ),
            ],
        };

        foreach (var format in Enum.GetValues<MetricsFormat>())
        {
            var page = Samples.Scrape(format, analysis);
            Assert.Equal(
                [evil, "1", evil, evil, evil, evil, evil],
                page.One("clustermgr_disk_info").Labels.Select(label => label.Value)
            );
            Assert.Equal(evil, page.One("clustermgr_raft_peer_match_index").Label("host"));
        }
    }

    private static ScrapedPage Render(MemberRecord member) =>
        Samples.Scrape(MetricsFormat.Text004, new ClusterAnalysis { Snapshot = Samples.Snapshot("c", member) });

    private static ScrapedPage OfLeader(SpaceReading? shardnodes)
    {
        var leader = Samples.Member("a:1") with
        {
            Outcome = Outcome.Ok,
            Reading = Samples.Stat(1) with { Shardnodes = shardnodes },
        };
        return Samples.Scrape(
            MetricsFormat.Text004,
            new ClusterAnalysis { Snapshot = Samples.Snapshot("c", leader), Leader = leader }
        );
    }
}
