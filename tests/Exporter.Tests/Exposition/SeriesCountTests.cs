using Clustermgr.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Cli;
using ClustermgrExporter.Tests.Polling;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

/// <summary>How many series a cluster has in Prometheus.</summary>
public sealed class SeriesCountTests
{
    private const int Most = 220;

    [Fact]
    public void AHealthyClusterOfThreeHasAtMost220Series()
    {
        var clock = new ManualClock();
        using var simulated = new SimulatedCluster(new SimulatorOptions(), clock);
        var polled = new PollingFixture(transport: _ => new SimulatorHandler([simulated], clock), clock: clock)
        {
            Config = new ExporterConfig { Clusters = [StatusCliFixture.Config(simulated, "prod")] },
        };
        polled.Start().Run(seconds: 600);

        var page = ExpositionParser.Parse(polled.Page, MetricsFormat.Text004);

        // Every kind of read has succeeded.
        foreach (
            var name in (string[])
                [
                    "clustermgr_raft_peer_state",
                    "clustermgr_task_switch",
                    "clustermgr_disk_info_truncated",
                    "clustermgr_service_instances",
                ]
        )
        {
            Assert.NotEmpty(page.All(name));
        }
        Assert.All(page.All("clustermgr_polls_total"), polls => Assert.Equal("ok", polls.Label("outcome")));
        Assert.InRange(page.Samples.Count(), 100, Most);
    }

    /// <summary>A scheduler adds its own series, most of them for the stages of five tasks.</summary>
    [Fact]
    public void ASchedulerThatAnswersIsAtMost32SeriesMore()
    {
        Assert.InRange(Count(scheduler: true) - Count(scheduler: false), 20, 32);

        static int Count(bool scheduler)
        {
            var clock = new ManualClock();
            using var simulated = new SimulatedCluster(new SimulatorOptions { SchedulersRun = scheduler }, clock);
            var polled = new PollingFixture(transport: _ => new SimulatorHandler([simulated], clock), clock: clock)
            {
                Config = new ExporterConfig { Clusters = [StatusCliFixture.Config(simulated, "prod")] },
            };
            polled.Start().Run(seconds: 120);
            return ExpositionParser.Parse(polled.Page, MetricsFormat.Text004).Samples.Count();
        }
    }
}
