using Clustermgr.Configuration;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Polling;
using ClustermgrSimulator;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClustermgrExporter.Tests.Cli.Rehearsing;

public sealed class AlertTrackerTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly AlertTracker _tracker = new(AlertRule.LoadShipped(), "prod-z0");

    [Fact]
    public void AnAlertFiresAfterTheTimeOfItsRuleWithItsLabelsAndEndsWithItsCause()
    {
        using var cluster = new SimulatedCluster(new SimulatorOptions { FirstLeader = 1 }, _clock);
        var registry = Started(cluster);
        Assert.Equal([], Run(registry, 60));
        cluster.Kill(2);
        cluster.Kill(3);
        Assert.Equal([], Run(registry, 25));

        var fired = Assert.Single(Run(registry, 20));

        Assert.Equal("QuorumLost", fired.Rule.Name);
        Assert.Equal("1 of 3 voters answer, 2 are needed.", fired.Sentence);
        Assert.Equal(
            [
                ("alertname", "ClustermgrQuorumLost"),
                ("cluster", "prod-z0"),
                ("rehearsal", "true"),
                ("severity", "page"),
            ],
            fired.Labels.Select(label => (label.Key, label.Value))
        );
        Assert.Same(fired, Assert.Single(_tracker.Firing));
        cluster.Start(2);
        cluster.Start(3);
        Run(registry, 120); // an election, and then the alert keeps firing for a while
        Assert.Empty(_tracker.Firing);
    }

    [Fact]
    public void AlertsOfMembersSayWhichAndOneFindingOfTwoKindsIsOneAlert()
    {
        using var cluster = new SimulatedCluster(new SimulatorOptions { FirstLeader = 1, Members = 5 }, _clock);
        var registry = Started(cluster);
        Run(registry, 60);
        cluster.Kill(2);
        cluster.Kill(3);
        var fired = Run(registry, 320)
            .Where(alert => alert.Rule.Name == "MemberDown")
            .Select(alert => alert.Labels["member"]);
        Assert.Equal(["10.0.0.2:9998", "10.0.0.3:9998"], fired.Order());
    }

    private ClusterRegistry Started(SimulatedCluster cluster)
    {
        var registry = new ClusterRegistry(
            (_, _) => new SimulatorHandler([cluster], _clock),
            _clock,
            Serilog.Core.Logger.None
        );
        _ = registry.ApplyAsync(new ExporterConfig { Clusters = [StatusCliFixture.Config(cluster)] });
        return registry;
    }

    private List<FiringAlert> Run(ClusterRegistry registry, int seconds)
    {
        var fired = new List<FiringAlert>();
        for (var i = 0; i < seconds; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            fired.AddRange(_tracker.Look(registry.Clusters.Single().Publication.Analysis, _clock.GetUtcNow()).Fired);
        }
        return fired;
    }
}
