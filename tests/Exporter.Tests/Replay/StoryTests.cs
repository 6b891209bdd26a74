using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>What an operator must see, second by second, in each recorded incident with the default settings.</summary>
public sealed class StoryTests
{
    private const string A = "127.0.0.1:9998";
    private const string B = "127.0.0.1:9999";
    private const string C = "127.0.0.1:10000";

    /// <summary>One poll interval, one timeout, and the second at which the page is read.</summary>
    private const double SeenWithin = 5 + 3 + 1;

    [Fact]
    public void WhenTheLeaderIsKilledItShowsDownWithinOnePollAndOneTimeoutAndTheOthersChangeLeaderOnce()
    {
        var replayed = ReplayFixture.Of("leader-killed");
        var killed = replayed.Recording.At("kill -9");
        var restarted = replayed.Recording.At("restart");
        var terms = new HashSet<string>();
        foreach (var page in replayed.EverySecond())
        {
            if (page.At > killed + SeenWithin && page.At < restarted)
            {
                Assert.Equal("0", page.Of("clustermgr_up", C));
            }
            if (page.At > restarted + SeenWithin)
            {
                Assert.Equal("1", page.Of("clustermgr_up", C));
            }
            Assert.Equal("1", page.Of("clustermgr_up", A)); // no other member is ever down, not even the new leader
            LeadersNeverActInactive(page);
            Assert.True(Leading(page).Count <= 1, $"two leaders shown at {page.At}");
            foreach (var leader in Leading(page))
            {
                terms.Add($"{leader} in {page.Of("clustermgr_raft_term", leader)}");
            }
        }
        Assert.Equal([$"{C} in 4", $"{B} in 5"], terms);
        var end = replayed.ReadPage();
        Assert.Equal(
            ["1", "1", "1"],
            new[] { A, B, C }.Select(member => end.Of("clustermgr_raft_leader_changes_total", member))
        );
        Assert.Equal(
            [$"member {C} down", $"leader changed from {C} (node 3) to {B} (node 2) in term 5", $"member {C} up again"],
            Told(replayed, after: killed)
        );
    }

    [Fact]
    public void WhenTheLeaderHangsTheOthersLoseItThenFollowTheNewOne()
    {
        var replayed = ReplayFixture.Of("leader-hung");
        var hung = replayed.Recording.At("SIGSTOP");
        var resumed = replayed.Recording.At("SIGCONT");
        foreach (var page in replayed.EverySecond())
        {
            if (page.At > hung + SeenWithin && page.At < resumed)
            {
                Assert.Equal("0", page.Of("clustermgr_up", B));
            }
            if (page.At > resumed + SeenWithin)
            {
                Assert.Equal("1", page.Of("clustermgr_up", B));
            }
            Assert.Equal("1", page.Of("clustermgr_up", A));
            LeadersNeverActInactive(page);
            Assert.True(Leading(page).Count <= 1);
        }
        Assert.Equal("1", replayed.ReadPage().Of("clustermgr_linearizable_read_up"));
        Assert.Equal(C, Assert.Single(Leading(replayed.ReadPage())));
    }

    [Fact]
    public void WhenAFollowerHangsOnlyItIsDownAndTheClusterGoesOn()
    {
        var replayed = ReplayFixture.Of("follower-hung");
        var hung = replayed.Recording.At("SIGSTOP");
        var resumed = replayed.Recording.At("SIGCONT");
        foreach (var page in replayed.EverySecond())
        {
            if (page.At < 2)
            {
                continue;
            }
            var down = page.At > hung + SeenWithin && page.At < resumed;
            if (down)
            {
                Assert.Equal("0", page.Of("clustermgr_up", A));
                Assert.Equal("0", page.Of("clustermgr_cluster_quorum_margin"));
                Assert.Equal(
                    ("0", "0"),
                    (page.Of("clustermgr_member_safe_to_restart", B), page.Of("clustermgr_member_safe_to_restart", C))
                );
            }
            Assert.Equal(B, Assert.Single(Leading(page)));
            Assert.Equal(("1", "1"), (page.Of("clustermgr_up", B), page.Of("clustermgr_up", C)));
            Assert.Equal("1", page.Of("clustermgr_linearizable_read_up"));
            Assert.Equal("1", page.Of("clustermgr_cluster_leaders"));
        }
        Assert.Equal("1", replayed.ReadPage().Of("clustermgr_cluster_quorum_margin"));
        Assert.Equal([$"member {A} down", $"member {A} up again"], Told(replayed, after: hung));
    }

    [Fact]
    public void WhenTheQuorumIsLostReadsFailWhileTheLeaderStillClaimsToLead()
    {
        // According to /stat alone this cluster has a leader for another 10 s, but a read that hangs shows the lost
        // quorum.
        var replayed = ReplayFixture.Of("quorum-lost", pollInterval: 1, timeout: 2, taskInterval: 2);
        var killed = replayed.Recording.At("kill -9 both");
        var restarted = replayed.Recording.At("restart node 1");
        var claimedWithoutQuorum = 0;
        foreach (var page in replayed.EverySecond())
        {
            if (page.At > killed + 1 && page.At < restarted)
            {
                Assert.Equal("-1", page.Of("clustermgr_cluster_quorum_margin"));
                if (
                    page.Of("clustermgr_raft_has_leader", B) == "1"
                    && page.Of("clustermgr_linearizable_read_up") == "0"
                )
                {
                    claimedWithoutQuorum++;
                }
            }
            if (page.At > killed + 13 && page.At < restarted)
            {
                Assert.Equal("0", page.Of("clustermgr_raft_has_leader", B));
                Assert.Equal("0", page.Of("clustermgr_linearizable_read_up"));
                Assert.Empty(Leading(page));
                Assert.Equal("0", page.Of("clustermgr_cluster_leaders"));
            }
        }
        Assert.True(claimedWithoutQuorum >= 3, $"{claimedWithoutQuorum} s");
        var end = replayed.ReadPage();
        Assert.Equal(
            ("1", "1"),
            (end.Of("clustermgr_linearizable_read_up"), end.Of("clustermgr_cluster_quorum_margin"))
        );
    }

    [Fact]
    public void ALostQuorumShowsInTheReadsSoonWithTheSettingsAsShipped()
    {
        var replayed = ReplayFixture.Of("quorum-lost");
        var restarted = replayed.Recording.At("restart node 1");
        var pages = replayed.EverySecond().ToList();
        Assert.All(
            pages.Where(page => page.At > 35 && page.At < restarted),
            page => Assert.Equal("0", page.Of("clustermgr_linearizable_read_up"))
        );
        // Reads recover within a poll interval or two, not a task interval: a failed read is retried at every tick.
        Assert.All(
            pages.Where(page => page.At > restarted + 12),
            page => Assert.Equal("1", page.Of("clustermgr_linearizable_read_up"))
        );
    }

    [Fact]
    public void APlannedTransferShowsOneChangeOfLeaderAndNothingElse()
    {
        var replayed = ReplayFixture.Of("leadership-transfer");
        foreach (var page in replayed.EverySecond())
        {
            if (page.At < 2)
            {
                continue;
            }
            Assert.Equal(
                ("1", "1", "1"),
                (page.Of("clustermgr_up", A), page.Of("clustermgr_up", B), page.Of("clustermgr_up", C))
            );
            Assert.Single(Leading(page));
            LeadersNeverActInactive(page);
            Assert.Equal("1", page.Of("clustermgr_cluster_leaders"));
        }
        Assert.Equal(
            [$"leader changed from {C} (node 3) to {A} (node 1) in term 8"],
            Told(replayed, after: replayed.Recording.At("leadership transfer"))
        );
    }

    [Fact]
    public void ADiskIsFollowedFromBrokenToRepairedAndSwitchesAreCalledWhatTheyDo()
    {
        var replayed = ReplayFixture.Of("disks-and-switches", taskInterval: 5);
        var off = replayed.Recording.At("disk_repair=false");
        var on = replayed.Recording.At("disk_repair=true");
        foreach (var page in replayed.EverySecond())
        {
            if (page.At <= off + 6 || page.At >= on)
            {
                continue;
            }
            Assert.Equal("1", page["clustermgr_task_switch{cluster=\"prod\",task=\"disk_repair\",state=\"disabled\"}"]);
            Assert.Equal("1", page["clustermgr_task_switch{cluster=\"prod\",task=\"balance\",state=\"ineffective\"}"]);
        }
        Assert.Equal(
            [
                "switch blob_delete switch is ineffective (\"Enable\")", // it is so from the start, and is logged
                "disk 2 disk is repairing",
                "disk 5 disk is broken",
                "switch disk_repair switch is disabled (\"false\"), was enabled",
                "2 disks are broken or repairing while disk_repair is disabled (\"false\").",
                "switch balance switch is ineffective (\"Enable\"), was enabled",
                "disk 5 disk is repairing, was broken",
                "disk 5 disk is repaired, was repairing (seen for 14s)",
                "switch vol_inspect switch is ineffective (\"true\"), was unset",
                "switch disk_repair switch is enabled (\"true\"), was disabled",
                "no longer: 1 disk is broken or repairing while disk_repair is disabled (\"false\").",
                "switch balance switch is enabled (\"true\"), was ineffective",
            ],
            Told(replayed, after: 0)
                .Where(line =>
                    !line.StartsWith("member", StringComparison.Ordinal)
                    && !line.StartsWith("leader", StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public void DisksWithoutHeartbeatShowAsExpiredAndStayAvailable()
    {
        var replayed = ReplayFixture.Of("disks-expired");
        var end = replayed.EverySecond().Last();
        Assert.Equal(
            "4",
            end["clustermgr_disks{cluster=\"prod\",node_type=\"blobnode\",idc=\"z0\",state=\"expired\"}"]
        );
        Assert.Equal(
            "4",
            end["clustermgr_disks{cluster=\"prod\",node_type=\"blobnode\",idc=\"z0\",state=\"available\"}"]
        );
        Assert.Equal("0", end["clustermgr_disks{cluster=\"prod\",node_type=\"blobnode\",idc=\"z0\",state=\"broken\"}"]);
    }

    [Fact]
    public void AWrongSecretIsAuthOnEveryMemberAndTellsNothingElse()
    {
        var replayed = ReplayFixture.Of("v3.3-auth-wrong-secret", pollInterval: 1);
        var end = replayed.EverySecond().Last();
        foreach (var member in replayed.Recording.Members)
        {
            Assert.Equal("0", end.Of("clustermgr_up", member));
            Assert.NotEqual(
                "0",
                end[
                    $"clustermgr_polls_total{{cluster=\"prod\",member=\"{member}\",endpoint=\"stat\",outcome=\"auth\"}}"
                ]
            );
        }
        Assert.DoesNotContain(
            end.Samples.Keys,
            series => series.StartsWith("clustermgr_raft_term", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            end.Samples.Keys,
            series => series.StartsWith("clustermgr_member_safe_to_restart", StringComparison.Ordinal)
        );
        Assert.Null(end.Of("clustermgr_linearizable_read_up"));
        // Each member is logged once, not at every poll; the other line says that no member answers.
        Assert.Equal(
            3,
            replayed.LogLines.Count(line => line.Line.Contains("down from the start, auth:", StringComparison.Ordinal))
        );
        Assert.Equal("None of the 3 members answers.", replayed.LogLines[3].Line);
        Assert.Equal(4, replayed.LogLines.Count);
    }

    [Fact]
    public void AnOldVersionsFailoverReadsLikeANewOnes()
    {
        var replayed = ReplayFixture.Of("v3.3-auth-leader-killed");
        foreach (var page in replayed.EverySecond())
        {
            Assert.True(Leading(page).Count <= 1);
            LeadersNeverActInactive(page);
        }
        Assert.Single(replayed.LogLines, line => line.Line.StartsWith("leader changed", StringComparison.Ordinal));
        Assert.All(
            replayed.Recording.Members,
            member => Assert.Equal("1", replayed.ReadPage().Of("clustermgr_raft_leader_changes_total", member))
        );
    }

    [Theory]
    [InlineData("healthy")]
    [InlineData("v3.5-healthy")]
    public void AHealthyClusterIsQuiet(string file)
    {
        var replayed = ReplayFixture.Of(file);
        var end = replayed.EverySecond().Last();
        Assert.Equal(
            ("1", "3", "2", "1"),
            (
                end.Of("clustermgr_cluster_leaders"),
                end.Of("clustermgr_cluster_voters"),
                end.Of("clustermgr_cluster_quorum"),
                end.Of("clustermgr_cluster_quorum_margin")
            )
        );
        Assert.All(
            replayed.Recording.Members,
            member => Assert.Equal("1", end.Of("clustermgr_member_safe_to_restart", member))
        );
        Assert.DoesNotContain(
            end.Samples,
            sample =>
                sample.Key.StartsWith("clustermgr_schema_findings", StringComparison.Ordinal) && sample.Value != "0"
        );
        Assert.Empty(Told(replayed, after: 3));
    }

    private static List<string> Leading(Page page) =>
        [
            .. new[] { A, B, C, "127.0.0.1:18001", "127.0.0.1:18002", "127.0.0.1:18003" }.Where(member =>
                page[$"clustermgr_raft_state{{cluster=\"prod\",member=\"{member}\",state=\"leader\"}}"] == "1"
                && page.Of("clustermgr_up", member) == "1"
            ),
        ];

    /// <summary>The leader's own row flickers after elections, but no page may show the leader as inactive.</summary>
    private static void LeadersNeverActInactive(Page page)
    {
        foreach (var leader in Leading(page))
        {
            var node = page.Of("clustermgr_raft_leader_node_id", leader);
            Assert.DoesNotContain(
                page.Samples,
                sample =>
                    sample.Value == "0"
                    && sample.Key.StartsWith(
                        $"clustermgr_raft_peer_active{{cluster=\"prod\",peer=\"{node}\"",
                        StringComparison.Ordinal
                    )
            );
        }
    }

    /// <summary>Log lines without their values: subject and first words.</summary>
    private static List<string> Told(ReplayFixture replayed, double after) =>
        [.. replayed.LogLines.Where(line => line.At > after).Select(line => Short(line.Line))];

    private static string Short(string line)
    {
        var subject = line.Split(' ')[0];
        var member =
            subject.Contains(':', StringComparison.Ordinal) && line.Contains(" member ", StringComparison.Ordinal);
        if (member)
        {
            var up = line.Contains("member up", StringComparison.Ordinal) ? "up" : "down";
            return $"member {subject} {(line.Contains("up again", StringComparison.Ordinal) ? "up again" : up)}";
        }
        if (char.IsAsciiDigit(line[0]) && line.Split(' ')[1] == "disk")
        {
            return $"disk {line[..(line.IndexOf(": ", StringComparison.Ordinal) is var i and > 0 ? i : line.Length)]}";
        }
        return line.Contains(" switch is ", StringComparison.Ordinal) ? $"switch {line}" : line;
    }
}
