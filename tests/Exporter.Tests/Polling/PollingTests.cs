using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

public sealed class PollingTests
{
    [Fact]
    public void ReadsThatAreSlowButSucceedWaitForNoConnectionWithinTheirDeadlines()
    {
        var polled = new PollingFixture();
        var open = 0;
        var most = 0;
        polled.Members.Instead = async (_, path, ct) =>
        {
            if (path == "/stat")
            {
                return null;
            }
            most = Math.Max(most, ++open);
            await polled.Clock.Delay(TimeSpan.FromSeconds(2), ct);
            open--;
            return null;
        };
        polled.Start().Run(25);
        // As many as there are connections: one more would wait for a connection while its deadline runs.
        Assert.Equal(2 * MemberConnectionPools.LinearizableConnections, most); // switches; disks and services
        var member = polled.Analysis.Snapshot.Members[0];
        Assert.Equal(TaskSwitches.Keys.Length, member.Tallies[(int)Endpoint.Config].Polls[(int)Outcome.Ok]);
        Assert.All(member.Tallies, tally => Assert.Equal(0, tally.Polls[(int)Outcome.Timeout]));
        Assert.NotNull(polled.Analysis.Snapshot.Disks.ReadAt);
        Assert.NotEmpty(polled.Analysis.Snapshot.Services.Counts);
    }

    [Fact]
    public void AMemberThatHangsEndsItsPartOfARoundAndTheNextReadsAllKeys()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (member, path, ct) =>
            member == "a" && path != "/stat" ? polled.Members.HangAsync(ct) : Healthy;
        polled.Start().Run(3.5);
        Assert.Equal(MemberConnectionPools.LinearizableConnections, polled.Members.Paths("a", "/config/").Count());
        Assert.Equal(TaskSwitches.Keys.Length, polled.Members.Paths("b", "/config/").Count());
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
    }

    [Fact]
    public void AMemberThatAnswersAtOnceIsAskedForOneKeyAtATime()
    {
        var polled = new PollingFixture();
        var open = 0;
        var most = 0;
        polled.Members.Instead = async (_, path, ct) =>
        {
            if (!path.StartsWith("/config/", StringComparison.Ordinal))
            {
                return null;
            }
            most = Math.Max(most, ++open);
            await polled.Clock.Delay(TimeSpan.FromMilliseconds(10), ct);
            open--;
            return null;
        };
        polled.Start();
        for (var i = 0; i < 30; i++)
        {
            polled.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }
        Assert.Equal(TaskSwitches.Keys.Length, polled.Members.Paths("a", "/config/").Count());
        Assert.Equal(1, most);
    }

    [Fact]
    public void TwoKeysThatHangHoldBackNoOther()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, ct) =>
            TaskSwitches.Keys.Take(2).Any(key => path.EndsWith($"key={key}", StringComparison.Ordinal))
                ? polled.Members.HangAsync(ct)
                : Healthy;
        polled.Start().Run(10.5);
        Assert.Equal(
            TaskSwitches.Keys.Skip(2),
            polled.Analysis.Snapshot.Switches.Where(entry => entry.Reading is not null).Select(entry => entry.Key)
        );
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
    }

    [Fact]
    public void WithoutAQuorumARoundAsksEveryMemberForNoMoreKeysThanItHasConnections()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, ct) => path == "/stat" ? Healthy : polled.Members.HangAsync(ct);
        polled.Start().Run(9.9);
        Assert.False(polled.Analysis.Snapshot.LinearizableReadUp);
        foreach (var member in new[] { "a", "b", "c" })
        {
            Assert.InRange(
                polled.Members.Paths(member, "/config/").Count(),
                1,
                MemberConnectionPools.LinearizableConnections
            );
        }
    }

    [Fact]
    public void AClusterIsKnownWithinTheFirstMoment()
    {
        var polled = new PollingFixture().Start();
        polled.Run(0.1);
        Assert.Equal("a:9998", polled.Analysis.Leader?.Name);
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.Equal([new ServiceCount("proxy", "z0", 1, 1)], polled.Analysis.Snapshot.Services.Counts);
        Assert.NotNull(polled.Analysis.Snapshot.Disks.ReadAt);
    }

    [Fact]
    public void AHungSwitchHoldsBackNeitherStatNorTheOtherSwitchesNorDisks()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, ct) =>
            path.EndsWith("key=balance", StringComparison.Ordinal) ? polled.Members.HangAsync(ct) : Healthy;
        polled.Start().Run(61);
        Assert.Equal(13, polled.Members.Paths("b", "/stat").Count());
        var states = polled.Analysis.Snapshot.Switches.ToDictionary(
            entry => entry.Key,
            entry => TaskSwitches.GetState(entry.Key, entry.Reading)
        );
        Assert.Equal((SwitchState.Unknown, SwitchState.Enabled), (states["balance"], states["disk_repair"]));
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp); // nine others reached a quorum
        Assert.True(polled.Analysis.Snapshot.Disks.ReadAt > polled.Clock.GetUtcNow().AddSeconds(-2));
    }

    [Fact]
    public void AMemberThatHangsIsAskedNoSecondTimeMeanwhileAndDelaysNobody()
    {
        var polled = new PollingFixture { Config = Slow() };
        polled.Members.Instead = (member, path, ct) =>
            member == "b" && path == "/stat" ? polled.Members.HangAsync(ct) : Healthy;
        polled.Start().Run(60.5);
        Assert.Equal(1, polled.Members.MostOpen);
        Assert.Equal(13, polled.Members.Paths("a", "/stat").Count()); // every 5 s
        // a wait of 12 s skips two ticks, and the schedule is kept
        Assert.Equal(5, polled.Members.Paths("b", "/stat").Count());
        Assert.Equal(Outcome.Timeout, polled.Analysis.Snapshot.Members[1].Outcome);
        var asked = polled.Members.Asked.Where(a => a is { Member: "b", Path: "/stat" }).Select(a => a.At).ToList();
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.Equal(15, (pair.Second - pair.First).TotalSeconds, 3));
    }

    [Fact]
    public void AMemberThatStopsAnsweringShowsOneIntervalAndOneTimeoutLaterAtMost()
    {
        var polled = new PollingFixture().Start();
        polled.Run(7);
        polled.Members.Instead = (member, _, ct) => member == "c" ? polled.Members.HangAsync(ct) : Healthy;
        polled.Run(5 + 3);
        Assert.Contains("clustermgr_up{cluster=\"prod\",member=\"c:9998\"} 0\n", polled.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void ACalmClustersSwitchesAreAskedOfTheLeaderAloneOnceAnInterval()
    {
        var polled = new PollingFixture().Start();
        polled.Run(120);
        Assert.Equal(4 * TaskSwitches.Keys.Length, polled.Members.Paths("a", "/config/").Count());
        Assert.Empty(polled.Members.Paths("b", "/config/").Concat(polled.Members.Paths("c", "/config/")));
        Assert.Empty(polled.Members.Paths("b", "/disk/").Concat(polled.Members.Paths("c", "/service/")));
    }

    [Fact]
    public void AReadThatTheLeaderDoesNotAnswerIsAskedOfTheNext()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (member, path, _) =>
            member == "a" && path != "/stat" ? throw ScriptedMembers.Refused : Healthy;
        polled.Start().Run(1);
        Assert.Equal(TaskSwitches.Keys.Length, polled.Members.Paths("b", "/config/").Count());
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.NotNull(polled.Analysis.Snapshot.Disks.ReadAt);
    }

    [Fact]
    public void AMemberThatDeniesTheQuorumIsTheLastThatIsAskedAndItIsAskedAgainAtTheNextTick()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) =>
            path == "/stat" ? Healthy : Task.FromResult<(int, string)?>((908, """{"error":"raft read index error"}"""));
        polled.Start().Run(4);
        Assert.False(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.Empty(polled.Members.Paths("b", "/config/"));
        Assert.Single(polled.Members.Paths("a", "/disk/"));
        polled.Run(2);
        Assert.Equal(2 * TaskSwitches.Keys.Length, polled.Members.Paths("a", "/config/").Count());
        polled.Members.Instead = (_, _, _) => Healthy;
        polled.Run(10);
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.NotNull(polled.Analysis.Snapshot.Disks.ReadAt); // it does not wait for the rest of its minute
    }

    [Fact]
    public void AnAnswerThatSaysNothingOfTheQuorumLeavesItUnknown()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) => path == "/stat" ? Healthy : Task.FromResult<(int, string)?>((403, ""));
        polled.Start().Run(10);
        Assert.Null(polled.Analysis.Snapshot.LinearizableReadUp);
    }

    [Fact]
    public void WithEveryMemberDownNothingElseIsAskedAndAllIsReadAtOnceWhenOneComesBack()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        polled.Start().Run(20);
        Assert.All(polled.Members.Asked, asked => Assert.Equal("/stat", asked.Path));
        Assert.Contains("ClusterBlind", polled.Analysis.Findings.Select(finding => finding.Name));
        polled.Members.Instead = (_, _, _) => Healthy;
        polled.Run(11);
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.NotNull(polled.Analysis.Snapshot.Disks.ReadAt);
    }

    [Fact]
    public void AFaultOfOursIsLoggedAndThePollingGoesOn()
    {
        var polled = new PollingFixture();
        var broken = true;
        polled.Members.Instead = (_, path, _) =>
            broken && path == "/stat" ? throw new InvalidOperationException("a bug") : Healthy;
        polled.Start().Run(1);
        Assert.Contains(
            polled.Log,
            line => line.StartsWith("Error: a poll failed because of a bug in this program", StringComparison.Ordinal)
        );
        broken = false;
        polled.Run(5);
        Assert.Equal("a:9998", polled.Analysis.Leader?.Name);
    }

    [Fact]
    public void AFaultOfOursLeavesNoMembersLastGoodValuesStanding()
    {
        var polled = new PollingFixture().Start();
        polled.Run(1);
        polled.Members.Instead = (member, path, _) =>
            member == "a" && path == "/stat" ? throw new InvalidOperationException("a bug") : Healthy;
        polled.Run(20);
        Assert.Contains("clustermgr_up{cluster=\"prod\",member=\"a:9998\"} 0\n", polled.Page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "clustermgr_raft_term{cluster=\"prod\",member=\"a:9998\"}",
            polled.Page,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("clustermgr_space_free_bytes{", polled.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void AMemberThatIsCutOffSpeaksForItselfAloneWhenItDeniesTheQuorum()
    {
        var polled = new PollingFixture();
        // b leads, and only the exporter cannot reach it; a is cut off from both; c follows b and would answer any
        // read.
        polled.Members.Instead = (member, path, _) =>
            (member, path) switch
            {
                ("b", _) => throw ScriptedMembers.Refused,
                ("a", "/stat") => Task.FromResult<(int, string)?>(
                    (
                        200,
                        ScriptedMembers
                            .Stat(1, 0, term: 5)
                            .Replace("StateFollower", "StatePreCandidate", StringComparison.Ordinal)
                    )
                ),
                ("a", _) => Task.FromResult<(int, string)?>((200, """{"Status":907,"Code":"","Err":{}}""")),
                ("c", "/stat") => Task.FromResult<(int, string)?>((200, ScriptedMembers.Stat(3, 2, term: 6))),
                _ => Healthy,
            };
        polled.Start().Run(60);
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.Empty(polled.Members.Paths("a", "/config/")); // members that follow a leader are asked first
        Assert.NotNull(polled.Analysis.Snapshot.Disks.ReadAt);
    }

    [Fact]
    public void AReadThatAlwaysFailsIsNotAskedMoreOftenThanTwiceAnInterval()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) =>
            path == "/disk/droppinglist" || path.StartsWith("/service/get", StringComparison.Ordinal)
                ? Task.FromResult<(int, string)?>((404, "404 page not found"))
                : Healthy;
        polled.Start().Run(600);
        Assert.InRange(polled.Members.Paths("a", "/disk/droppinglist").Count(), 10, 20);
        Assert.InRange(polled.Members.Paths("a", "/service/list").Count(), 10, 20);
    }

    [Fact]
    public void ARefusedTokenIsNoReasonToAskForSwitchesAtEveryTick()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, path, _) =>
            path.StartsWith("/config/", StringComparison.Ordinal)
                ? Task.FromResult<(int, string)?>((403, ""))
                : Healthy;
        polled.Start().Run(120);
        Assert.Equal(4 * TaskSwitches.Keys.Length, polled.Members.Paths("a", "/config/").Count());
        Assert.Contains("StaleData", polled.Analysis.Findings.Select(finding => finding.Name));
    }

    [Fact]
    public void TheFirstAnswerOfThreeSaysNothingOfTheQuorum()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (member, _, ct) =>
            member == "b" ? Task.FromResult<(int, string)?>(null) : polled.Members.HangAsync(ct);
        polled.Start().Run(1);
        Assert.Contains("clustermgr_up{cluster=\"prod\",member=\"b:9998\"} 1\n", polled.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("clustermgr_cluster_quorum_margin", polled.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("clustermgr_member_safe_to_restart", polled.Page, StringComparison.Ordinal);
        Assert.Empty(polled.Analysis.Findings);
    }

    [Fact]
    public void AThousandClustersDoNotFireTogether()
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig
            {
                PollInterval = TimeSpan.FromSeconds(15),
                Clusters = [.. Enumerable.Range(1, 1000).Select(i => PollingFixture.Cluster($"c{i}", "abc"))],
            },
        };
        polled.Start();
        polled.Run(15);
        var perTenth = polled
            .Members.Asked.Where(asked => asked.Path == "/stat")
            .GroupBy(asked => (long)((asked.At - polled.Clock.GetUtcNow()).TotalSeconds * 10))
            .Select(tenth => tenth.Count())
            .ToList();
        Assert.InRange(perTenth.Max(), 1, 60); // 3,000 polls in 150 tenths are 20 each; all at once would be 3,000
        Assert.InRange(polled.Members.Asked.Count(asked => asked.Path == "/stat"), 3000, 3100);
    }

    [Fact]
    public void BesideOneMemberWhatOnlyTheOthersKnowIsAbsent()
    {
        var polled = new PollingFixture
        {
            Config = new ExporterConfig { Clusters = [PollingFixture.Cluster("prod", "b", sidecar: true)] },
        };
        polled.Start().Run(1);
        Assert.Contains(
            "clustermgr_raft_term{cluster=\"prod\",member=\"b:9998\"} 5\n",
            polled.Page,
            StringComparison.Ordinal
        );
        foreach (
            var family in new[]
            {
                "cluster_voters",
                "cluster_quorum_margin",
                "member_safe_to_restart",
                "space_total_bytes",
                "volumes_registered",
                "raft_peer_match_index",
            }
        )
        {
            Assert.DoesNotContain($"clustermgr_{family}{{", polled.Page, StringComparison.Ordinal);
        }
        Assert.Contains("clustermgr_linearizable_read_up{cluster=\"prod\"} 1\n", polled.Page, StringComparison.Ordinal);
    }

    private static Task<(int Status, string Body)?> Healthy => Task.FromResult<(int, string)?>(null);

    private static ExporterConfig Slow() =>
        new() { Timeout = TimeSpan.FromSeconds(12), Clusters = [PollingFixture.Cluster("prod", "abc")] };
}
