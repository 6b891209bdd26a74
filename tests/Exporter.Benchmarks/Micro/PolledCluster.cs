using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Timing;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Polling.History;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Micro;

/// <summary>A healthy simulated cluster of three members and three IDCs, polled once by the program's own collector, so
/// that what is measured has the shape and size of the real thing.</summary>
internal static class PolledCluster
{
    private static readonly AnalysisSettings Settings = new(
        Sidecar: false,
        StaleAfter: 3,
        TaskInterval: TimeSpan.FromSeconds(30),
        DiskInterval: TimeSpan.FromSeconds(60),
        ServiceInterval: TimeSpan.FromSeconds(60)
    );

    public static ClusterPublication Poll(int number, ServerVersion version = ServerVersion.Master)
    {
        var time = TimeProvider.System;
        var clock = new SteadyClock(time);
        using var cluster = Simulate(number, version);
        using var http = new SimulatorHandler([cluster], time);
        var members = cluster.Members;
        var clients = members.Select(member => new ClustermgrClient(
            http,
            new ClientOptions(new Uri($"http://{member.HttpHost}"), null, TimeSpan.FromSeconds(3), 8 << 20),
            time
        ));
        var start = ClusterSnapshot.CreateInitial(
            $"cluster-{number}",
            members.Select(member => (member.HttpHost, member.HttpHost)),
            ImmutableDictionary<string, bool>.Empty,
            Settings,
            clock.Now
        );
        var log = Serilog.Core.Logger.None;
        var state = new ClusterPublication(
            ClusterAnalysis.FromSnapshot(start),
            new ClusterHistory($"cluster-{number}", new EventSequence()),
            new ChangeLog(log, $"cluster-{number}", clock)
        );
        PollAsync(
                new ClusterCollector([.. clients], new ClusterState(start, clock, state.Publish), clock),
                members.Count
            )
            .GetAwaiter()
            .GetResult();
        return state.Analysis is { Leader: not null, Findings.IsEmpty: true }
            ? state
            : throw new InvalidOperationException(
                $"the simulated cluster {number} is not healthy: {string.Join(' ', state.Analysis.Findings)}"
            );
    }

    /// <summary>The leader's answer to /stat.</summary>
    public static byte[] LeaderStat(ServerVersion version)
    {
        using var cluster = Simulate(1, version);
        var answer = cluster.AnswerAsync(cluster.Leader!.Value, "GET", "/stat", null, default, CancellationToken.None);
        return answer.GetAwaiter().GetResult().Body.ToArray();
    }

    private static SimulatedCluster Simulate(int number, ServerVersion version)
    {
        var hosts = Enumerable.Range(1, 3).Select(member => $"10.{number >> 8}.{number & 255}.{member}:9998");
        return new SimulatedCluster(
            new SimulatorOptions
            {
                Seed = (ulong)number,
                Version = version,
                MemberHosts = [.. hosts],
            },
            TimeProvider.System
        );
    }

    private static async Task PollAsync(ClusterCollector collector, int members)
    {
        for (var member = 0; member < members; member++)
        {
            await collector.CollectStatAsync(member, CancellationToken.None);
        }
        await collector.CollectSwitchesAsync(CancellationToken.None);
        await collector.CollectDisksAsync(CancellationToken.None);
        await collector.CollectServicesAsync(CancellationToken.None);
    }
}
