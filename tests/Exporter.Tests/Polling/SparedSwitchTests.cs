using System.Net;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Tests.Cli;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>Each read of a switch costs the cluster a quorum read, which is not needed if the scheduler reports the
/// switch.</summary>
public sealed class SparedSwitchTests : IDisposable
{
    /// <summary>The switches that the scheduler reports.</summary>
    private static readonly string[] ReportedSwitches =
    [
        "disk_repair",
        "balance",
        "disk_drop",
        "blob_delete",
        "shard_repair",
        "volume_inspect",
    ];

    private readonly ManualClock _clock = new();
    private readonly SimulatedCluster _cluster;
    private readonly List<string> _read = [];
    private string? _schedulerSays;
    private string? _fails;

    public SparedSwitchTests()
    {
        _cluster = new SimulatedCluster(new SimulatorOptions { SchedulersRun = true }, _clock);
        foreach (var key in ReportedSwitches)
        {
            Assert.True(_cluster.SetSwitch(key, "true"));
        }
    }

    public void Dispose() => _cluster.Dispose();

    [Fact]
    public void WhatTheSchedulerRunsIsReadEveryFiveMinutesAndTheRestEveryRound()
    {
        var polled = Polled();
        polled.Run(60);
        _read.Clear();
        Watch(
            polled,
            3600,
            () => Assert.All(ReportedSwitches, key => Assert.Equal(SwitchState.Enabled, State(polled, key)))
        );
        foreach (var key in TaskSwitches.Keys)
        {
            var reads = _read.Count(read => read == key);
            if (ReportedSwitches.Contains(key))
            {
                Assert.InRange(reads, 10, 13);
            }
            else
            {
                Assert.InRange(reads, 118, 121);
            }
        }
    }

    [Theory]
    [InlineData("false", SwitchState.Disabled)]
    [InlineData("Enable", SwitchState.Ineffective)]
    [InlineData(null, SwitchState.Unset)]
    public void WhatIsSwitchedOffIsSeenOnceTheSchedulerHasHeardIt(string? value, SwitchState state)
    {
        var polled = Polled();
        polled.Run(123);
        Assert.True(_cluster.SetSwitch("balance", value));
        // The scheduler sees the change within 15 s, is asked every 30 s, and the key is read at the next tick of 5 s.
        polled.Run(52);
        Assert.Equal(state, State(polled, "balance"));
        _read.Clear();
        polled.Run(600);
        Assert.InRange(_read.Count(read => read == "balance"), 19, 22); // a switch that is off is read every round
        Assert.Equal(state, State(polled, "balance"));

        Assert.True(_cluster.SetSwitch("balance", "true"));
        polled.Run(31);
        Assert.Equal(SwitchState.Enabled, State(polled, "balance"));
    }

    [Fact]
    public void WithoutTheSchedulerAllAreReadAtOnceAndFromThenOnEveryRound()
    {
        var polled = Polled();
        polled.Run(123);
        _cluster.SetSchedulerFault(SchedulerFault.NoLeader);
        _read.Clear();
        Watch(
            polled,
            600,
            () => Assert.All(ReportedSwitches, key => Assert.Equal(SwitchState.Enabled, State(polled, key)))
        );
        Assert.All(ReportedSwitches, key => Assert.InRange(_read.Count(read => read == key), 18, 22));
    }

    [Fact]
    public void ASchedulerThatSaysWhatIsNotSoHidesItForFiveMinutesAtMost()
    {
        var polled = Polled();
        polled.Run(70);
        _schedulerSays = /*lang=json,strict*/
            """{"blobnode":{"balance":{"enable":true}}}""";
        polled.Run(60);
        _cluster.SetSwitch("balance", "false");
        polled.Run(331);
        Assert.Equal(SwitchState.Disabled, State(polled, "balance"));
    }

    /// <summary>The other keys show that there is a quorum, so the scheduler is believed for a while.</summary>
    [Fact]
    public void ASwitchThatCanNoLongerBeReadBecomesUnknownWhateverTheSchedulerSays()
    {
        var polled = Polled();
        polled.Run(123);
        _fails = "balance";
        polled.Run(300 + (5 * 30) + 95);
        Assert.True(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.Equal(SwitchState.Unknown, State(polled, "balance"));
        Assert.Equal(SwitchState.Enabled, State(polled, "disk_repair"));
    }

    [Fact]
    public void WithoutAQuorumWhatTheSchedulerSaysIsNoKnowledgeOfASwitch()
    {
        var polled = Polled();
        polled.Run(123);
        _schedulerSays = /*lang=json,strict*/
            """{"blobnode":{"balance":{"enable":true},"disk_repair":{"enable":true}}}""";
        _cluster.Kill(1);
        _cluster.Kill(2);
        polled.Run(200);
        Assert.False(polled.Analysis.Snapshot.LinearizableReadUp);
        Assert.All(TaskSwitches.Keys, key => Assert.Equal(SwitchState.Unknown, State(polled, key)));
    }

    [Fact]
    public async Task ANewConfigurationReadsAllAnew()
    {
        var polled = Polled();
        polled.Run(123);
        _read.Clear();
        await polled.Registry.ApplyAsync(polled.Config with { StaleAfter = 4 });
        polled.Run(20);
        Assert.All(TaskSwitches.Keys, key => Assert.Contains(key, _read));
    }

    /// <summary>A scheduler that is asked less often than switches are read cannot replace their reads.</summary>
    [Fact]
    public void ASchedulerThatIsSeldomAskedSparesNothing()
    {
        var polled = Polled(config => config with { SchedulerInterval = TimeSpan.FromMinutes(5) });
        polled.Run(400);
        _read.Clear();
        Watch(
            polled,
            600,
            () => Assert.All(ReportedSwitches, key => Assert.Equal(SwitchState.Enabled, State(polled, key)))
        );
        Assert.All(ReportedSwitches, key => Assert.InRange(_read.Count(read => read == key), 16, 22));
    }

    private static SwitchState State(PollingFixture polled, string key) =>
        TaskSwitches.GetState(key, polled.Analysis.Snapshot.Switches.Single(entry => entry.Key == key).Reading);

    private static void Watch(PollingFixture polled, int seconds, Action holds)
    {
        for (var i = 0; i < seconds; i++)
        {
            polled.Run(1);
            holds();
        }
    }

    private PollingFixture Polled(Func<ExporterConfig, ExporterConfig>? config = null)
    {
        var made = new ExporterConfig { Clusters = [StatusCliFixture.Config(_cluster)] };
        return new PollingFixture(
            transport: _ => new KeyRecordingHandler(new SimulatorHandler([_cluster], _clock), this),
            clock: _clock
        )
        {
            Config = config is null ? made : config(made),
        }.Start();
    }

    /// <summary>Records which keys are read; answers in place of the scheduler.</summary>
    private sealed class KeyRecordingHandler(HttpMessageHandler next, SparedSwitchTests test) : DelegatingHandler(next)
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var url = request.RequestUri!;
            if (url.AbsolutePath == "/config/get")
            {
                lock (test._read)
                {
                    test._read.Add(url.Query["?key=".Length..]);
                }
                if (url.Query == $"?key={test._fails}")
                {
                    return Task.FromResult(new HttpResponseMessage(HttpStatusCode.InternalServerError));
                }
            }
            return url.AbsolutePath == "/stats/leader" && test._schedulerSays is { } says
                ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(says) })
                : base.SendAsync(request, cancellationToken);
        }
    }
}
