using System.Text;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Simulator;

public sealed class ScenarioTests
{
    public static TheoryData<string> Names => [.. Scenario.All.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task EveryScenarioPlaysForTenMinutesAndTheSameSeedGivesTheSameAnswers(string name)
    {
        var once = await PlayAsync(name, 7);
        Assert.Equal(once, await PlayAsync(name, 7));
        Assert.NotEqual(once, await PlayAsync(name, 8));
    }

    [Fact]
    public void EveryScenarioIsHealthyForTwentySecondsAndDescribesItself()
    {
        foreach (var scenario in Scenario.All)
        {
            Assert.All(scenario.Steps, step => Assert.True(step.At >= TimeSpan.FromSeconds(20), scenario.Name));
            Assert.Equal(scenario.Steps.OrderBy(s => s.At), scenario.Steps);
            Assert.NotEmpty(scenario.LookFor);
        }
        Assert.Equal(Scenario.All.Count, Scenario.All.Select(s => s.Name).Distinct().Count());
        Assert.Equal(
            ["at 0:25 the leader is killed", "at 1:30 it is started again", "every 3:00 it begins again"],
            Scenario.Parse("leader-lost").Describe()
        );
    }

    [Fact]
    public void AnUnknownNameIsAnErrorThatNamesTheNearest()
    {
        var error = Assert.Throws<ArgumentException>(() => Scenario.Parse("quorum-loss"));
        Assert.StartsWith(
            "there is no scenario \"quorum-loss\"; did you mean quorum-lost? There are: healthy, ",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "there is no scenario \"frobnicate\"; there are: healthy, ",
            Assert.Throws<ArgumentException>(() => Scenario.Parse("frobnicate")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void LosingTheQuorumLeavesNoLeaderAndComesBack()
    {
        var clock = new ManualClock();
        using var cluster = new SimulatedCluster(new SimulatorOptions { Members = 5 }, clock);
        Scenario.Parse("quorum-lost").Play(cluster);
        clock.Advance(TimeSpan.FromSeconds(24));
        Assert.NotNull(cluster.Leader);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(cluster.Leader);
        clock.Advance(TimeSpan.FromSeconds(150));
        Assert.NotNull(cluster.Leader);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryScenarioIsHarmlessToAClusterOfOneMember(string name)
    {
        var clock = new ManualClock();
        var scenario = Scenario.Parse(name);
        using var cluster = new SimulatedCluster(scenario.Configure(new SimulatorOptions { Members = 1 }), clock);
        scenario.Play(cluster);
        clock.Advance(TimeSpan.FromMinutes(7));
        Assert.Contains(cluster.Members, m => m.Id == 1);
    }

    /// <summary>All answers of all members to /stat, every 5 s.</summary>
    private static async Task<string> PlayAsync(string name, ulong seed)
    {
        var clock = new ManualClock();
        var scenario = Scenario.Parse(name);
        using var cluster = new SimulatedCluster(scenario.Configure(new SimulatorOptions { Seed = seed }), clock);
        scenario.Play(cluster);
        var said = new StringBuilder();
        for (var t = 0; t < 600; t += 5)
        {
            foreach (var member in cluster.Members)
            {
                using var timeout = new CancellationTokenSource();
                var answer = cluster.AnswerAsync(member.Id, "GET", "/stat", null, default, timeout.Token);
                if (!answer.IsCompleted)
                {
                    await timeout.CancelAsync();
                }
                said.AppendLine(answer.IsCanceled ? "none" : Encoding.UTF8.GetString((await answer).Body.Span));
            }
            clock.Advance(TimeSpan.FromSeconds(5));
        }
        return said.ToString();
    }
}
