using Clustermgr.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>What remains known about a cluster that keeps its name and members under a new configuration, and what does
/// not.</summary>
public sealed class ReloadedStateTests
{
    private const string BrokenDisk =
        """{"disks":[{"disk_id":7,"status":2,"host":"h","path":"/p","idc":"z0","rack":"r0","cluster_id":"""
        + """1,"readonly":false,"dropping":false}],"marker":7}""";

    private readonly ManualClock _clock = new();
    private readonly List<ScriptedMembers> _made = [];
    private readonly PollingFixture _polled;
    private bool _quorum = true;

    public ReloadedStateTests() =>
        _polled = new PollingFixture(
            clock: _clock,
            transport: _ =>
            {
                var members = new ScriptedMembers(_clock);
                members.Instead = (_, path, ct) =>
                    path switch
                    {
                        _ when !_quorum && path != "/stat" => members.HangAsync(ct),
                        _ when path.StartsWith("/disk/", StringComparison.Ordinal)
                                && path.Contains("status=2", StringComparison.Ordinal)
                                && !path.Contains("marker=7", StringComparison.Ordinal) => Task.FromResult<(
                            int,
                            string
                        )?>((200, BrokenDisk)),
                        _ => Task.FromResult<(int, string)?>(null),
                    };
                _made.Add(members);
                return members;
            }
        );

    public static TheoryData<string> Changes =>
        ["interval", "secret", "switches", "order", "a member more", "a member less"];

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task WhatIsKnownOfTheSameClusterStays(string change)
    {
        _polled.Start().Run(70);
        var before = _polled.Analysis.Snapshot;
        var state = _polled.Registry.Clusters.Single().Publication;
        var polls = before.Members[0].Tallies[0].Polls[0];
        Assert.True(polls > 10);
        var since = Assert.Single(before.Disks.Disks).Since;
        _quorum = false; // from now on only the kept state has the disks
        await ApplyAsync(change);
        var after = _polled.Analysis.Snapshot;
        Assert.NotSame(state, _polled.Registry.Clusters.Single().Publication);
        Assert.Equal(since, Assert.Single(after.Disks.Disks).Since);
        Assert.Equal(before.LastVoters, after.LastVoters);
        Assert.Equal(polls, after.Members.Single(member => member.Name == before.Members[0].Name).Tallies[0].Polls[0]);
        Assert.Same(state.History, _polled.Registry.Clusters.Single().Publication.History);
        _polled.Run(10);
        if (change != "a member less")
        {
            Assert.NotNull(_polled.Analysis.QuorumMargin); // without all voters watched, the margin is unknown
        }
        Assert.True(
            _polled.Analysis.Snapshot.Members.Single(member => member.Name == before.Members[0].Name).Tallies[0].Polls[
                0
            ] > polls
        );
        Assert.True(_made[0].Disposed);
        Assert.False(_made[1].Disposed);
    }

    [Theory]
    [InlineData("xyz")]
    [InlineData("axy")]
    [InlineData("abcxyz")]
    public async Task OfAnotherClusterOfTheSameNameNothingIsKnown(string members)
    {
        _polled.Start().Run(70);
        await _polled
            .Registry.ApplyAsync(Config(PollingFixture.Cluster("prod", members)))
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var after = _polled.Analysis.Snapshot;
        Assert.Empty(after.Disks.Disks);
        Assert.Null(after.LastVoters);
        Assert.All(after.Members, member => Assert.Null(member.Outcome));
    }

    [Fact]
    public async Task AClusterThatGoesDuringItsIncidentIsToldOf()
    {
        _polled.Start().Run(70);
        var other = Config(PollingFixture.Cluster("other", "xyz"));
        var gone = await _polled
            .Registry.ApplyAsync(other)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(["prod"], gone.Unwatched);
        Assert.StartsWith(
            "Warning: no longer watched, by the new configuration, with ",
            _polled.Log[^1],
            StringComparison.Ordinal
        );
        Assert.Contains("TaskSwitchIneffective", _polled.Log[^1], StringComparison.Ordinal);
        var calm = await _polled
            .Registry.ApplyAsync(Config())
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Empty(calm.Unwatched);
        // nothing was known about the other cluster yet
        Assert.Single(_polled.Log, line => line.Contains("no longer watched", StringComparison.Ordinal));
    }

    private async Task ApplyAsync(string change)
    {
        var cluster = _polled.Config.Clusters.Single();
        var changed = change switch
        {
            "secret" => cluster with { Secret = new Secret("s") },
            "switches" => cluster with { Tasks = cluster.Tasks.Add("disk_repair", true) },
            "order" => cluster with { Members = [.. cluster.Members.Reverse()] },
            "a member more" => PollingFixture.Cluster("prod", "abcd"),
            "a member less" => PollingFixture.Cluster("prod", "ab"),
            _ => cluster,
        };
        var config = _polled.Config with { Clusters = [changed] };
        if (change == "interval")
        {
            config = config with { Timeout = TimeSpan.FromSeconds(2) };
        }
        var applied = await _polled
            .Registry.ApplyAsync(config)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("0 added, 0 removed, 1 changed (prod), 0 unchanged", applied.ToString());
        if (change == "switches")
        {
            Assert.Contains(_polled.Analysis.Snapshot.Switches, entry => entry.Expected is true);
        }
    }

    private static ExporterConfig Config(params ClusterConfig[] clusters) => new() { Clusters = [.. clusters] };
}
