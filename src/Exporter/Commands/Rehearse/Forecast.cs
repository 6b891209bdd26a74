using System.Collections.Immutable;
using Clustermgr.Configuration;
using ClustermgrExporter.Polling;
using ClustermgrSimulator;
using Serilog.Core;

namespace ClustermgrExporter.Commands;

/// <summary>Predicts which alerts a scenario raises and when: runs the same simulation, polled by the same collectors,
/// on a fast-forwarded clock.</summary>
internal static class Forecast
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Each alert with the time from the beginning, in their order.</summary>
    /// <param name="scenario">The scenario that will be played.</param>
    /// <param name="options">The options that will be used.</param>
    /// <param name="horizon">How far to look.</param>
    public static async Task<ImmutableArray<(FiringAlert Alert, TimeSpan At)>> PredictAsync(
        Scenario scenario,
        SimulatorOptions options,
        string cluster,
        ImmutableDictionary<string, AlertRule> rules,
        TimeSpan horizon
    )
    {
        var clock = new ManualClock();
        using var simulated = new SimulatedCluster(options, clock);
        scenario.Play(simulated);
        var registry = new ClusterRegistry((_, _) => new SimulatorHandler([simulated], clock), clock, Logger.None);
        await registry.ApplyAsync(
            new ExporterConfig
            {
                Clusters =
                [
                    new ClusterConfig
                    {
                        Name = cluster,
                        Members =
                        [
                            .. simulated.Members.Select(member => new MemberConfig(
                                member.HttpHost,
                                new Uri($"http://{member.HttpHost}")
                            )),
                        ],
                    },
                ],
            }
        );
        var tracker = new AlertTracker(rules, cluster);
        var fired = ImmutableArray.CreateBuilder<(FiringAlert, TimeSpan)>();
        for (var at = Step; at <= horizon; at += Step)
        {
            clock.Advance(Step);
            fired.AddRange(
                tracker
                    .Look(registry.Clusters.Single().Publication.Analysis, clock.GetUtcNow())
                    .Fired.Select(alert => (alert, at))
            );
        }
        await registry.StopAsync();
        return fired.DrainToImmutable();
    }
}
