using Clustermgr.Analysis;
using Xunit;
using static Clustermgr.Tests.Analysis.Cluster;

namespace Clustermgr.Tests.Analysis;

public sealed class StalenessTests
{
    [Fact]
    public void AMembersAnswerStaysForTwoFailedPollsAndGoesWithTheThird()
    {
        var twice = Healthy().Fails(0, Outcome.Timeout, times: 2);
        Assert.NotNull(twice.Members[0].Reading);
        Assert.False(twice.Members[0].Up);
        Assert.Null(twice.Fails(0, Outcome.Refused).Members[0].Reading);
    }

    [Fact]
    public void OneGoodAnswerStartsTheCountAnew()
    {
        var after = Healthy()
            .Fails(1, Outcome.Timeout, times: 2)
            .Says(1, Follower(2, 5, 1))
            .Fails(1, Outcome.Timeout, times: 2);
        Assert.NotNull(after.Members[1].Reading);
    }

    [Fact]
    public void PollsAreCountedByOutcomeFromZero()
    {
        var polls = Healthy()
            .Fails(1, Outcome.Timeout)
            .Fails(1, Outcome.Refused, times: 2)
            .Members[1]
            .Tallies[(int)Endpoint.Stat]
            .Polls;
        Assert.Equal([1, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], polls);
    }

    [Fact]
    public void TheLastSuccessIsTheLastOwnAnswerNotTheLastPoll()
    {
        var tally = Healthy().Says(1, Follower(2, 5, 1), at: 5).Fails(1, Outcome.Timeout, at: 10).Members[1].Tallies[
            (int)Endpoint.Stat
        ];
        Assert.Equal(Start.AddSeconds(5), tally.LastSuccess);
        Assert.Equal(TimeSpan.FromSeconds(3), tally.Took);
    }

    [Fact]
    public void ASwitchThatCouldNotBeReadForThreeIntervalsIsUnknown()
    {
        var read = Healthy().Apply("disk_repair", new SwitchReading("true"), Start);
        Assert.Equal(SwitchState.Enabled, State(read.Says(0, Leader(1, 5, [1, 2, 3]), at: 90)));
        Assert.Equal(SwitchState.Unknown, State(read.Says(0, Leader(1, 5, [1, 2, 3]), at: 91)));

        static SwitchState State(ClusterSnapshot snapshot) =>
            TaskSwitches.GetState("disk_repair", snapshot.Switches[0].Reading);
    }

    [Fact]
    public void DisksAndServicesThatCouldNotBeReadForThreeIntervalsGo()
    {
        var disk = new DiskReading(5, "http://h", "/d", "z0", "r", DiskStatus.Broken, false);
        var read = Healthy()
            .Fold(DiskListKind.Broken, new DiskList(Start, [disk], false))
            .Apply(
                "proxy",
                ServiceRecord.Create("proxy", [new ServiceInstance("PROXY", "h", "z0")], new ServicePage([]), Start)
            );
        var fresh = read.Says(0, Leader(1, 5, [1, 2, 3]), at: 180);
        Assert.Single(fresh.Disks.Disks);
        Assert.Single(fresh.Services.Counts);
        var stale = read.Says(0, Leader(1, 5, [1, 2, 3]), at: 181);
        Assert.Null(stale.Disks.ReadAt);
        Assert.Empty(stale.Disks.Disks);
        Assert.Empty(stale.Services.Counts);
    }

    [Fact]
    public void AFlickerOfActiveIsNoSilence()
    {
        var silent = Leader(1, 5, [Peer(1), Peer(2, active: false), Peer(3)]);
        var snapshot = Healthy();
        for (var at = 5; at <= 15; at += 5)
        {
            snapshot = snapshot.Says(0, silent, at);
        }
        Assert.True(ClusterAnalysis.FromSnapshot(snapshot).Peers[1].Active); // 10 s so far
        snapshot = snapshot.Says(0, silent, 20);
        Assert.False(ClusterAnalysis.FromSnapshot(snapshot).Peers[1].Active);
        Assert.Equal(["PeerNotReplicating b"], ClusterAnalysis.FromSnapshot(snapshot).Names());
        snapshot = snapshot.Says(0, Leader(1, 5, [1, 2, 3]), 25).Says(0, silent, 30);
        Assert.True(ClusterAnalysis.FromSnapshot(snapshot).Peers[1].Active);
    }

    [Fact]
    public void TwoFlickersInARowOfSlowPollsAreNoSilence()
    {
        var silent = Leader(1, 5, [Peer(1), Peer(2, active: false), Peer(3)]);
        var snapshot = Healthy().Says(0, silent, 15).Says(0, silent, 30);
        Assert.True(ClusterAnalysis.FromSnapshot(snapshot).Peers[1].Active);
        Assert.False(ClusterAnalysis.FromSnapshot(snapshot.Says(0, silent, 45)).Peers[1].Active);
    }

    [Fact]
    public void WhatOneLeaderCountedIsVoidUnderTheNext()
    {
        var silent = new[] { Peer(1), Peer(2), Peer(3, active: false) };
        var snapshot = Healthy().Says(0, Leader(1, 5, silent), 5).Says(0, Leader(1, 5, silent), 12);
        snapshot = snapshot.Says(1, Leader(2, 6, silent), 18).Says(1, Leader(2, 6, silent), 25);
        Assert.True(ClusterAnalysis.FromSnapshot(snapshot).Peers[2].Active);
    }

    [Fact]
    public void TheLeadersOwnRowIsActiveByDefinition()
    {
        var own = Leader(1, 5, [Peer(1, active: false, state: PeerState.Probe), Peer(2), Peer(3)]);
        var snapshot = Healthy();
        for (var at = 5; at <= 60; at += 5)
        {
            snapshot = snapshot.Says(0, own, at);
        }
        Assert.True(ClusterAnalysis.FromSnapshot(snapshot).Peers[0].Active);
        Assert.Equal([], ClusterAnalysis.FromSnapshot(snapshot).Names());
    }
}
