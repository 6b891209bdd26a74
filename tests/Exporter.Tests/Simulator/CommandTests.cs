using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

public sealed class CommandTests
{
    [Theory]
    [InlineData("disk 999 broken", "there is no disk 999; ids go from 1 to 36")]
    [InlineData("kill 7", "there is no member 7; ids go from 1 to 3")]
    [InlineData("start 2", "member 2 runs already")]
    [InlineData("fill 100001", "GiB a second go from 0 to 100000")]
    [InlineData("fill NaN", "GiB a second go from 0 to 100000")]
    [InlineData("kil 1", "there is no command kil; did you mean kill? help lists all")]
    [InlineData("frobnicate", "there is no command frobnicate; help lists all")]
    [InlineData("quit", "Ctrl-C ends it")]
    [InlineData("kill 3", "done: member 3")]
    public void ALineIsAnsweredInWords(string line, string answer)
    {
        using var cluster = new SimulatedCluster(new SimulatorOptions(), new ManualClock());
        Assert.Equal(answer, SimulatorCommands.Execute(cluster, line));
    }

    [Theory]
    [InlineData("kill 3")]
    [InlineData("hang 3")]
    [InlineData("transfer 3")]
    public void WhatADeadMemberCannotDoIsSaid(string line)
    {
        using var cluster = new SimulatedCluster(new SimulatorOptions(), new ManualClock());
        SimulatorCommands.Execute(cluster, "kill 3");
        Assert.Equal("member 3 does not run; start 3 starts it", SimulatorCommands.Execute(cluster, line));
    }

    [Fact]
    public void AScenarioThatNeedsFollowersIsNotPlayedWithoutThem()
    {
        using var cluster = new SimulatedCluster(new SimulatorOptions { Members = 1 }, new ManualClock());
        Assert.Equal(
            "follower-hung needs 2 members or more; this cluster has 1",
            SimulatorCommands.Execute(cluster, "scenario follower-hung")
        );
    }
}
