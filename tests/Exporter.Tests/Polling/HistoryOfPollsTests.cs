using Clustermgr.Configuration;
using ClustermgrExporter.Polling.History;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>What polls record in the history of their cluster.</summary>
public sealed class HistoryOfPollsTests
{
    [Fact]
    public void ACalmClusterGetsOneSampleAMinuteAndOnlyTheEventsOfItsStart()
    {
        var polled = new PollingFixture().Start();
        polled.Run(5 * 60);
        var history = polled.Registry.Clusters.Single().Publication.History;
        Assert.Equal(5, history.Samples().Length);
        Assert.All(
            history.Samples(),
            sample =>
                Assert.Equal(
                    (5UL, 0UL, 1000L, 500L),
                    (sample.Term, sample.LagEntries, sample.TotalBytes, sample.WritableBytes)
                )
        );
        Assert.All(
            history.Samples().Zip(history.Samples().Skip(1)),
            pair => Assert.InRange((pair.Second.At - pair.First.At).TotalSeconds, 55, 65)
        );
        Assert.Equal(
            ["finding", "leader", "member", "member", "member", "switch"],
            history.Events().Select(entry => entry.Change.Kind).Order()
        );
    }

    [Fact]
    public void WhatIsNotKnownIsAbsentInTheSamplesToo()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, _, _) => throw ScriptedMembers.Refused;
        polled.Start().Run(61);
        var samples = polled.Registry.Clusters.Single().Publication.History.Samples();
        Assert.Equal(2, samples.Length);
        Assert.All(samples, sample => Assert.Equal(new Sample(sample.At, null, null, null, null), sample));
    }

    [Fact]
    public void TheHistoryTellsWhatTheLogTells()
    {
        var polled = new PollingFixture().Start();
        polled.Run(10);
        polled.Members.Instead = (member, _, _) =>
            member == "a" ? throw ScriptedMembers.Refused : Task.FromResult<(int, string)?>(null);
        polled.Run(60);
        var told = polled.Registry.Clusters.Single().Publication.History.Events();
        Assert.Contains(told, entry => entry.Change is { Kind: "member", Subject: "a:9998", Bad: true });
        Assert.Equal(
            polled.Log,
            told.Select(entry => $"{(entry.Change.Bad ? "Warning" : "Information")}: {entry.Change.Sentence}")
        );
    }

    [Fact]
    public async Task AReloadKeepsTheHistoryOfClustersThatStayAsTheyWere()
    {
        var polled = new PollingFixture { Config = Config("kept abc", "changed abc") };
        polled.Start().Run(61);
        var before = polled.Registry.Events(null, 0, 100);
        await polled
            .Registry.ApplyAsync(Config("changed ab", "kept abc"))
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        polled.Run(1);
        var kept = polled.Registry.Clusters.Single(poller => poller.Cluster.Name == "kept");
        Assert.Equal(before.Where(entry => entry.Cluster == "kept"), polled.Registry.Events(kept, 0, 100));
        Assert.Equal(2, kept.Publication.History.Samples().Length);
        Assert.All(
            polled.Registry.Events(polled.Registry.Clusters.First(), 0, 100),
            entry => Assert.Equal("changed", entry.Cluster)
        );
    }

    [Fact]
    public void TheEventsOfAllClustersAreOneListAndNoneIsMissedBetweenTwoLooks()
    {
        var polled = new PollingFixture { Config = Config([.. Enumerable.Range(0, 20).Select(i => $"c{i} abc")]) };
        polled.Start();
        List<ClusterEvent> seen = [];
        for (var second = 0; second < 60; second++)
        {
            var down = second / 10 % 2 == 1 ? "b" : "c";
            polled.Members.Instead = (member, _, _) =>
                member == down ? throw ScriptedMembers.Refused : Task.FromResult<(int, string)?>(null);
            polled.Run(1);
            seen.InsertRange(0, polled.Registry.Events(null, seen.Count > 0 ? seen[0].Id : 0, 1000));
        }
        var all = polled.Registry.Events(null, 0, 1000);
        Assert.InRange(all.Length, 200, 1000);
        Assert.Equal(all, seen);
        Assert.Equal(all.OrderByDescending(entry => entry.Id), all);
        Assert.Equal(all.Take(7), polled.Registry.Events(null, 0, 7));
        var one = polled.Registry.Clusters.ElementAt(3);
        Assert.Equal(all.Where(entry => entry.Cluster == "c3"), polled.Registry.Events(one, 0, 1000));
    }

    private static ExporterConfig Config(params string[] clusters) =>
        new()
        {
            Clusters =
            [
                .. clusters.Select(cluster => PollingFixture.Cluster(cluster.Split(' ')[0], cluster.Split(' ')[1])),
            ],
        };
}
