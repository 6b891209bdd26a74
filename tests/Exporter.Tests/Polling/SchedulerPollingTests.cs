using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Tests.Cli;
using ClustermgrSimulator;
using Xunit;
using SimulatedDiskStatus = ClustermgrSimulator.Storage.SimulatedDiskStatus;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>The scheduler of a simulated cluster, polled while it works, hangs, sends wrong answers and is
/// down.</summary>
public sealed class SchedulerPollingTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly SimulatedCluster _cluster;
    private readonly List<string> _asked = [];

    public SchedulerPollingTests() =>
        _cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                SchedulersRun = true,
                RefreshInterval = TimeSpan.FromSeconds(5),
                Timings = new() { RepairJob = TimeSpan.FromSeconds(10) },
            },
            _clock
        );

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void ARepairIsFollowedJobByJobUntilTheDiskIsRepaired()
    {
        var polled = Polled();
        polled.Run(10);
        Assert.Contains("clustermgr_task_enabled{cluster=\"prod-z0\",task=\"disk_repair\"} 1\n", polled.Page, default);
        Assert.DoesNotContain("clustermgr_disk_migration_jobs{", polled.Page, StringComparison.Ordinal);

        _cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        polled.Run(170);
        var disk = Assert.Single(ProgressFacts.GetDisksInProgress(polled.Analysis));
        Assert.Equal((5UL, "disk_repair"), (disk.Disk, disk.Task));
        Assert.InRange(disk.Done, 10, 17);
        Assert.Equal(0.1, disk.Rate(polled.Analysis.Snapshot.At)!.Value, 0.02);
        var left = ProgressFacts.EstimateRemaining(polled.Analysis, disk)!.Value;
        Assert.InRange(left.TotalSeconds, (disk.Total - disk.Done) * 7, (disk.Total - disk.Done) * 14);
        Assert.Equal(
            $"about {Math.Ceiling(left.TotalMinutes)}m left",
            ProgressFacts.DescribeOutlook(polled.Analysis, disk)
        );

        polled.Run(400);
        Assert.Empty(ProgressFacts.GetDisksInProgress(polled.Analysis));
        Assert.Contains(polled.Log, line => line.Contains("disk is repaired, was repairing (seen for ", default));
    }

    [Fact]
    public void WithTheSwitchOffAllJobsAreDoneAndTheLastStepWaits()
    {
        var polled = Polled();
        _cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        polled.Run(30);
        _cluster.SetSwitch("disk_repair", "false");
        polled.Run(600);
        var disk = Assert.Single(ProgressFacts.GetDisksInProgress(polled.Analysis));
        Assert.True(disk.IsDone);
        Assert.Equal(
            "all jobs are done; the last step waits for disk_repair, which is disabled",
            ProgressFacts.DescribeOutlook(polled.Analysis, disk)
        );
        _cluster.SetSwitch("disk_repair", "true");
        polled.Run(90);
        Assert.Empty(ProgressFacts.GetDisksInProgress(polled.Analysis));
    }

    [Fact]
    public void AJobThatHangsIsToldAsAStandstillAndPromisesNothing()
    {
        var polled = Polled();
        _cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        polled.Run(130);
        _cluster.SetRepairStalled(true);
        polled.Run(700);
        var disk = Assert.Single(ProgressFacts.GetDisksInProgress(polled.Analysis));
        Assert.Equal("stands still", ProgressFacts.DescribeOutlook(polled.Analysis, disk));
        Assert.Null(ProgressFacts.EstimateRemaining(polled.Analysis, disk));
    }

    [Fact]
    public void WhoDoesNotAnswerIsAskedLessAndLessOftenTheNextHostFirst()
    {
        var polled = Polled();
        polled.Run(100);
        Assert.Equal(["10.2.0.1:9800"], _asked.Distinct()); // only the one that answered
        Assert.Equal(4, _asked.Count);
        _cluster.SetService("SCHEDULER", online: false, "z0");
        _asked.Clear();
        polled.Run(60);
        Assert.Equal(["10.2.0.1:9800", "10.2.1.1:9800", "10.2.1.1:9800"], _asked);
        Assert.NotNull(polled.Analysis.Snapshot.Scheduler.Reading);

        _cluster.SetSchedulerFault(SchedulerFault.NoLeader);
        _asked.Clear();
        polled.Run(1800);
        Assert.InRange(_asked.Count, 10, 24); // at first after 30 s, in the end every 5 min, two hosts each time
        Assert.Null(polled.Analysis.Snapshot.Scheduler.Reading);
        Assert.True(polled.Analysis.Snapshot.Scheduler.Outcome is Outcome.HttpError or Outcome.Refused);
        Assert.DoesNotContain("clustermgr_task_jobs{", polled.Page, StringComparison.Ordinal);
        _cluster.SetSchedulerFault(SchedulerFault.None);
        polled.Run(300);
        Assert.NotNull(polled.Analysis.Snapshot.Scheduler.Reading);
    }

    /// <summary>A scheduler that crashes now and then must not restart the time of a standstill.</summary>
    [Fact]
    public void ASchedulerThatIsAwayForMinutesBeginsNoStandstillAnew()
    {
        var polled = Polled();
        _cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        polled.Run(130);
        _cluster.SetRepairStalled(true);
        polled.Run(60);
        var since = Assert.Single(ProgressFacts.GetDisksInProgress(polled.Analysis)).AdvancedAt;
        for (var i = 0; i < 3; i++)
        {
            _cluster.SetSchedulerFault(SchedulerFault.NoLeader);
            polled.Run(300);
            Assert.Empty(ProgressFacts.GetDisksInProgress(polled.Analysis));
            _cluster.SetSchedulerFault(SchedulerFault.None);
            polled.Run(320);
        }
        Assert.Equal(since, Assert.Single(ProgressFacts.GetDisksInProgress(polled.Analysis)).AdvancedAt);
    }

    /// <summary>Registered schedulers are read with a quorum; without one, the known schedulers are still
    /// asked.</summary>
    [Fact]
    public void ALostQuorumHidesNoSchedulerThatWasKnown()
    {
        var polled = Polled();
        polled.Run(40);
        foreach (var member in (ulong[])[1, 2, 3])
        {
            _cluster.Isolate(member);
        }
        polled.Run(400);
        Assert.Empty(polled.Analysis.Snapshot.Services.Services);
        Assert.NotNull(polled.Analysis.Snapshot.Scheduler.Reading);
    }

    [Theory]
    [InlineData(SchedulerFault.Hang, Outcome.Timeout)]
    [InlineData(SchedulerFault.Lies, Outcome.Invalid)]
    [InlineData(SchedulerFault.Redirect, Outcome.HttpError)]
    public void WhatIsNoAnswerIsNotShownAndHoldsUpNobody(SchedulerFault fault, Outcome outcome)
    {
        _cluster.SetSchedulerFault(fault);
        _cluster.SetDisk(5, SimulatedDiskStatus.Broken);
        var polled = Polled();
        polled.Run(60);
        var scheduler = polled.Analysis.Snapshot.Scheduler;
        Assert.Equal((null, outcome), (scheduler.Reading, scheduler.Outcome));
        Assert.Equal(["repairing"], polled.Analysis.Snapshot.Disks.Disks.Select(disk => disk.State));
        Assert.StartsWith(
            "no scheduler answers (",
            ProgressFacts.DescribeUnknown(polled.Analysis)!,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(_asked, host => host == "10.9.9.9:9800");
        Assert.DoesNotContain("clustermgr_task_", polled.Page.Replace("task_switch", "", default), default);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9800", "the registered schedulers have loopback addresses; list them as schedulers")]
    [InlineData("http://[::1]:9800", "the registered schedulers have loopback addresses; list them as schedulers")]
    [InlineData("ftp://a:1", "no registered scheduler has an address that can be asked")]
    [InlineData("http://u:p@10.2.0.1:9800/x", "no registered scheduler has an address that can be asked")]
    [InlineData("", "no registered scheduler has an address that can be asked")]
    public void AnAddressThatCannotBeMeantFromHereIsNotAsked(string host, string reason)
    {
        using var cluster = new SimulatedCluster(
            new SimulatorOptions { SchedulersRun = true, Services = [new("SCHEDULER", host, "z0")] },
            _clock
        );
        var polled = Polled(cluster);
        polled.Run(100);
        Assert.Empty(_asked);
        Assert.Equal(
            (null, reason),
            (polled.Analysis.Snapshot.Scheduler.Outcome, polled.Analysis.Snapshot.Scheduler.Detail)
        );
    }

    [Fact]
    public void NobodyIsAskedWhereItIsOffAndWhoIsConfiguredIsAskedInstead()
    {
        var off = Polled(config: config => config with { SchedulerInterval = TimeSpan.Zero });
        off.Run(100);
        Assert.Empty(_asked);
        var named = Polled(cluster: null, of => of with { Schedulers = [new("http://10.2.1.1:9800")] });
        named.Run(100);
        Assert.Equal(["10.2.1.1:9800"], _asked.Distinct());
    }

    [Fact]
    public void OfManyDisksEachHasItsTurn()
    {
        using var cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                SchedulersRun = true,
                BlobnodesPerIdc = 10,
                Timings = new() { RepairJob = TimeSpan.FromHours(1) },
            },
            _clock
        );
        foreach (var disk in cluster.DiskIds.Take(50))
        {
            cluster.SetDisk(disk, SimulatedDiskStatus.Repairing);
        }
        var polled = Polled(cluster);
        polled.Run(32);
        Assert.Equal(32, ProgressFacts.GetDisksInProgress(polled.Analysis).Count());
        polled.Run(32);
        Assert.Equal(50, ProgressFacts.GetDisksInProgress(polled.Analysis).Count());
        polled.Run(300);
        Assert.Equal(50, ProgressFacts.GetDisksInProgress(polled.Analysis).Count());
    }

    private PollingFixture Polled(
        SimulatedCluster? cluster = null,
        Func<ClusterConfig, ClusterConfig>? of = null,
        Func<ExporterConfig, ExporterConfig>? config = null
    )
    {
        cluster ??= _cluster;
        var own = StatusCliFixture.Config(cluster);
        var made = new ExporterConfig { Clusters = [of is null ? own : of(own)] };
        return new PollingFixture(
            transport: _ => new SchedulerRecordingHandler(new SimulatorHandler([cluster], _clock), _asked),
            clock: _clock
        )
        {
            Config = config is null ? made : config(made),
        }.Start();
    }

    /// <summary>Records which schedulers are asked for their stats.</summary>
    private sealed class SchedulerRecordingHandler(HttpMessageHandler next, List<string> asked)
        : DelegatingHandler(next)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            if (request.RequestUri!.AbsolutePath == "/stats/leader")
            {
                Assert.DoesNotContain("BLOB-STORE-AUTH-TOKEN", request.Headers.Select(header => header.Key));
                asked.Add(request.RequestUri.Authority);
            }
            return base.SendAsync(request, cancellationToken);
        }
    }
}
