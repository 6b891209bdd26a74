using Clustermgr.Configuration;
using ClustermgrExporter.Polling;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

public sealed class ClusterRegistryTests
{
    [Fact]
    public async Task EverythingThatHangsStopsAtOnce()
    {
        var polled = new PollingFixture();
        polled.Members.Instead = (_, _, ct) => polled.Members.HangAsync(ct);
        polled.Start().Run(1);
        // the clock of the polls does not advance
        await polled.Registry.StopAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        var asked = polled.Members.Asked.Count;
        polled.Run(30);
        Assert.Equal(asked, polled.Members.Asked.Count);
        Assert.True(polled.Members.Disposed);
    }

    [Fact]
    public void TheListsOfManyClustersAreReadOverTheWholeInterval()
    {
        const int clusters = 1_000;
        var clock = new ManualClock();
        var members = new List<ScriptedMembers>();
        var polled = new PollingFixture(
            clock: clock,
            transport: _ =>
            {
                members.Add(new ScriptedMembers(clock));
                return members[^1];
            }
        )
        {
            Config = new ExporterConfig
            {
                Clusters = [.. Enumerable.Range(0, clusters).Select(i => PollingFixture.Cluster($"c{i}", "a"))],
            },
        };
        polled.Start();
        for (var i = 0; i < 130; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }
        var start = members.Min(one => one.Asked[0].At);
        var reads = members
            .SelectMany(one => one.Asked)
            .Where(asked => asked.Path == "/service/list")
            .Select(asked => (asked.At - start).TotalSeconds)
            .ToList();
        Assert.All(members, one => Assert.InRange(one.Paths("a", "/service/list").Count(), 2, 4));
        // The first reads follow the first answers. In the second minute, each ten seconds have about a sixth of the
        // reads, not half of them.
        Assert.Equal(clusters, reads.Count(at => at < 6));
        for (var from = 60; from < 120; from += 10)
        {
            Assert.InRange(reads.Count(at => at >= from && at < from + 10), clusters / 12, clusters / 4);
        }
    }

    [Fact]
    public async Task ANewConfigurationLeavesAloneWhatStayedTheSame()
    {
        var members = new Dictionary<string, ScriptedMembers>();
        var clock = new PollingFixture();
        var polled = new PollingFixture(transport: cluster => members[cluster.Name] = new ScriptedMembers(clock.Clock))
        {
            Config = Config("kept abc", "gone abc", "changed abc"),
        };
        polled.Start();
        var kept = polled.Registry.Clusters.First();
        var goneMembers = members["gone"];
        var changedMembers = members["changed"];
        var change = await polled
            .Registry.ApplyAsync(Config("changed ab", "new abc", "kept abc"))
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("1 added (new), 1 removed (gone), 1 changed (changed), 1 unchanged", change.ToString());
        Assert.Equal(["changed", "new", "kept"], polled.Registry.Clusters.Select(poller => poller.Cluster.Name));
        Assert.Same(kept, polled.Registry.Clusters.Last());
        Assert.True(goneMembers.Disposed);
        Assert.True(changedMembers.Disposed);
        Assert.False(members["kept"].Disposed);
        Assert.Equal(2, polled.Registry.Clusters.First().Cluster.Members.Length);
    }

    [Fact]
    public async Task ANewTimingIsANewPollerForEveryCluster()
    {
        var polled = new PollingFixture().Start();
        var before = polled.Registry.Clusters.Single();
        await polled
            .Registry.ApplyAsync(polled.Config with { Timeout = TimeSpan.FromSeconds(2) })
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.NotSame(before, polled.Registry.Clusters.Single());
    }

    [Fact]
    public async Task ATransportThatCannotBeMadeLeavesAllAsItWas()
    {
        var made = new List<ScriptedMembers>();
        var clock = new ManualClock();
        var polled = new PollingFixture(transport: cluster =>
        {
            if (cluster.Name == "bad")
            {
                throw new InvalidDataException("no certificate");
            }
            made.Add(new ScriptedMembers(clock));
            return made[^1];
        });
        polled.Start();
        var before = polled.Registry.Clusters.Single();
        await Assert.ThrowsAsync<InvalidDataException>(() => polled.Registry.ApplyAsync(Config("good abc", "bad abc")));
        Assert.Same(before, polled.Registry.Clusters.Single());
        Assert.False(made[0].Disposed);
        Assert.True(made[1].Disposed); // the transport of good, created first, is closed
    }

    [Fact]
    public void AChangeNamesFiveClustersOfEachKindAtMost()
    {
        var change = RegistryChange.Between([], ["a", "b", "c", "d", "e", "f"], new HashSet<string>());
        Assert.Equal("6 added (a, b, c, d, e, …), 0 removed, 0 changed, 0 unchanged", change.ToString());
    }

    [Fact]
    public void ACertificateThatWasRenewedInItsPlaceIsAChange()
    {
        using var folder = new Config.ConfigFolder();
        var before = Parse(folder);
        Assert.True(before.Matches(Parse(folder)));
        folder.Write(
            "ca.pem",
            File.ReadAllText(folder.PathOf("client.pem")) + "\n" + File.ReadAllText(folder.PathOf("client.pem"))
        );
        Assert.False(before.Matches(Parse(folder)));
        var after = Parse(folder);
        folder.Write("client.key", File.ReadAllText(folder.PathOf("client.key")) + "\n");
        Assert.False(after.Matches(Parse(folder)));

        static ClusterConfig Parse(Config.ConfigFolder folder)
        {
            if (!File.Exists(folder.PathOf("ca.pem")))
            {
                folder.Write("ca.pem", File.ReadAllText(folder.PathOf("client.pem")));
            }
            var result = folder.Parse(
                "clusters:\n- name: a\n  members: [https://h:9998]\n"
                    + "  tls: { ca_file: ca.pem, cert_file: client.pem, key_file: client.key }\n"
            );
            Assert.Empty(result.Errors);
            return result.Config!.Clusters.Single();
        }
    }

    [Fact]
    public void EqualSecretsAndMembersAreNoChange()
    {
        var one = PollingFixture.Cluster("a", "abc") with { Secret = new Secret("s") };
        Assert.True(one.Matches(PollingFixture.Cluster("a", "abc") with { Secret = new Secret("s") }));
        Assert.False(one.Matches(PollingFixture.Cluster("a", "abc") with { Secret = new Secret("t") }));
        Assert.False(one.Matches(PollingFixture.Cluster("a", "abd") with { Secret = new Secret("s") }));
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
