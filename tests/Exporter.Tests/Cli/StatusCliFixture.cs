using Clustermgr.Analysis;
using Clustermgr.Configuration;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;
using ClustermgrExporter.Tests.Polling;
using ClustermgrSimulator;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

/// <summary>Runs status against members that the test chooses, on the test's clock.</summary>
internal sealed class StatusCliFixture(ManualClock? clock = null) : ILogEventSink
{
    public ManualClock Clock { get; } = clock ?? new ManualClock();

    /// <summary>Log messages of level error.</summary>
    public List<string> Log { get; } = [];

    /// <summary>Duration of the last run.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>A simulated cluster whose first member leads in term 7, without any writes.</summary>
    public SimulatedCluster Simulated(int members = 3) =>
        new(
            new SimulatorOptions
            {
                Members = members,
                FirstLeader = 1,
                FirstTerm = 7,
                WritesPerSecond = 0,
            },
            Clock
        );

    /// <summary>Healthy members a, b and c without any finding, unless <paramref name="instead"/> returns an
    /// answer.</summary>
    public ScriptedMembers Scripted(
        Func<ScriptedMembers, string, string, CancellationToken, Task<(int, string)?>?> instead
    )
    {
        var members = new ScriptedMembers(Clock);
        members.Instead = (member, path, ct) =>
            instead(members, member, path, ct)
            ?? Task.FromResult<(int, string)?>(
                path switch
                {
                    "/config/get?key=vol_inspect" => (404, """{"error":"Not Found"}"""),
                    "/service/list" => (200, """{"nodes":null}"""),
                    _ => null,
                }
            );
        return members;
    }

    public static ClusterConfig Config(SimulatedCluster cluster, string name = "prod-z0", params int[] only) =>
        new()
        {
            Name = name,
            Members =
            [
                .. cluster
                    .Members.Where(member => only.Length == 0 || only.Contains((int)member.Id))
                    .Select(member => new MemberConfig(member.HttpHost, new Uri($"http://{member.HttpHost}"))),
            ],
            Sidecar = only.Length == 1,
        };

    /// <summary>The whole output and the exit code for one cluster.</summary>
    public (string Output, int ExitCode) Status(SimulatedCluster cluster, params int[] only)
    {
        var judged = Judge(_ => new SimulatorHandler([cluster], Clock), Config(cluster, "prod-z0", only));
        return (
            StatusText.Format(judged, TerminalFormat.Pipe),
            StatusVerdict.ExitCode(Assert.Single(judged), Severity.Ticket)
        );
    }

    public StatusReport[] Judge(Func<ClusterConfig, HttpMessageHandler> transport, params ClusterConfig[] clusters) =>
        Judge(transport, clusters, Removal.Nothing);

    /// <param name="without">What is removed hypothetically.</param>
    public StatusReport[] Judge(
        Func<ClusterConfig, HttpMessageHandler> transport,
        ClusterConfig cluster,
        Removal without
    ) => Judge(transport, [cluster], without);

    private StatusReport[] Judge(
        Func<ClusterConfig, HttpMessageHandler> transport,
        ClusterConfig[] clusters,
        Removal without
    )
    {
        var log = new LoggerConfiguration().MinimumLevel.Error().WriteTo.Sink(this).CreateLogger();
        var began = Clock.GetUtcNow();
        var asking = new StatusPoll(new ExporterConfig { Clusters = [.. clusters] }, transport, Clock, log)
        {
            SimulatedRemoval = without,
        }.PollAsync(TestContext.Current.CancellationToken);
        // In steps of 0.1 s, for at most 60 s.
        for (var i = 0; i < 600 && !asking.IsCompleted; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(0.1));
        }
        Assert.True(asking.IsCompleted, "status does not end");
        Took = Clock.GetUtcNow() - began;
        return asking.GetAwaiter().GetResult();
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        Log.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
}
