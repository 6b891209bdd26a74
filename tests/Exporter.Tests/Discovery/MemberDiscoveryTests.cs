using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Clustermgr.Configuration;
using ClustermgrExporter.Discovery;
using Microsoft.Extensions.Time.Testing;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Xunit;

namespace ClustermgrExporter.Tests.Discovery;

/// <summary>DNS names over time, on a clock that the test advances.</summary>
public sealed class MemberDiscoveryTests : ILogEventSink, IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentDictionary<string, DnsAnswer> _dns = new();
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly ConcurrentQueue<string> _log = new();
    private readonly MemberDiscovery _discovery;
    private readonly Dictionary<string, TaskCompletionSource> _hanging = [];
    private ImmutableArray<IPEndPoint> _servers = [];
    private int _applied;

    public MemberDiscoveryTests() =>
        _discovery = new(
            async (source, servers, _, ct) =>
            {
                _asked.Enqueue(source.Name);
                _servers = servers;
                if (!_dns.TryGetValue(source.Name, out var answer))
                {
                    // A server that hangs until the test ends it.
                    await _hanging[source.Name].Task.WaitAsync(ct);
                    answer = _dns[source.Name];
                }
                return answer;
            },
            () =>
            {
                Interlocked.Increment(ref _applied);
                return Task.CompletedTask;
            },
            _time,
            new LoggerConfiguration().WriteTo.Sink(this).CreateLogger()
        );

    public ValueTask DisposeAsync() => _discovery.DisposeAsync();

    [Fact]
    public async Task ANameIsAskedForAgainWhenItsRecordsEndAndNotBefore()
    {
        _dns["quick"] = Answer("quick", 0, 1);
        _dns["slow"] = Answer("slow", 90, 2);
        await ExpandAsync("quick", "slow");
        Assert.Equal(["quick", "slow"], _asked.Order());
        Turn(29);
        Assert.Equal(2, _asked.Count);
        Turn(1);
        await AskedAsync("quick", 2);
        Turn(30);
        await AskedAsync("quick", 3);
        Turn(29);
        Assert.Equal(1, _asked.Count(name => name == "slow"));
        Turn(1);
        await AskedAsync("slow", 2);
        Assert.Equal(0, _applied);
    }

    [Fact]
    public async Task AnAgeOfAYearIsNotBelieved()
    {
        _dns["cm"] = Answer("cm", int.MaxValue, 1);
        await ExpandAsync("cm");
        Turn(3599);
        Assert.Single(_asked);
        Turn(1);
        await AskedAsync("cm", 2);
    }

    [Fact]
    public async Task WhatChangesIsAppliedOnceForAllThatChangeTogether()
    {
        _dns["a"] = Answer("a", 30, 1, 2, 3);
        _dns["b"] = Answer("b", 30, 4);
        Assert.Equal(["10.0.0.1:9998", "10.0.0.2:9998", "10.0.0.3:9998", "10.0.0.4:9998"], await ExpandAsync("a", "b"));
        _dns["a"] = Answer("a", 30, 1, 2, 7);
        _dns["b"] = Answer("b", 30, 5);
        Turn(30);
        await LoggedAsync("Information: dns+http://b:9998 stands for 10.0.0.5:9998");
        await LoggedAsync("Information: dns+http://a:9998 stands for 10.0.0.1:9998, 10.0.0.2:9998, 10.0.0.7:9998");
        Assert.Equal(0, _applied);
        Turn(1);
        await HoldsAsync(() => _applied == 1);
        Assert.Equal(["10.0.0.1:9998", "10.0.0.2:9998", "10.0.0.7:9998", "10.0.0.5:9998"], await ExpandAsync("a", "b"));
        Turn(1);
        Assert.Equal(1, _applied);
    }

    [Fact]
    public async Task AResolverThatFailsKeepsTheLastAnswerAndIsToldOnce()
    {
        _dns["cm"] = Answer("cm", 30, 1, 2);
        await ExpandAsync("cm");
        _dns["cm"] = DnsAnswer.FromFailure("no DNS server answers in time");
        for (var i = 2; i < 6; i++)
        {
            Turn(30);
            await AskedAsync("cm", i);
        }
        await HoldsAsync(() => _discovery.Failing == 1);
        Assert.Equal(["10.0.0.1:9998", "10.0.0.2:9998"], await ExpandAsync("cm"));
        Assert.Equal(
            [
                "Warning: dns+http://cm:9998 does not resolve: no DNS server answers in time; the members that it stood "
                    + "for stay: 10.0.0.1:9998, 10.0.0.2:9998, and it is asked again every 30 s",
            ],
            _log.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))
        );
        _dns["cm"] = Answer("cm", 30, 1, 2);
        Turn(30);
        await LoggedAsync("Information: dns+http://cm:9998 resolves again");
        Assert.Equal((0, 0), (_discovery.Failing, _applied));
    }

    [Fact]
    public async Task AServerThatHangsHoldsUpTheStartForFiveSecondsAndNobodyElse()
    {
        _dns["good"] = Answer("good", 30, 1);
        _hanging["hangs"] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var starting = ExpandAsync("good", "hangs");
        await AskedAsync("good", 1);
        await AskedAsync("hangs", 1);
        Assert.False(starting.IsCompleted);
        Turn(5);
        Assert.Equal(["10.0.0.1:9998", "hangs:9998"], await starting);
        Turn(25);
        await AskedAsync("good", 2);

        // Its first answer arrives late, and is applied.
        _dns["hangs"] = Answer("hangs", 30, 9);
        _hanging["hangs"].SetResult();
        await LoggedAsync("Information: dns+http://hangs:9998 stands for 10.0.0.9:9998");
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Turn(1);
        await HoldsAsync(() => _applied == 1);
        Assert.Equal(["10.0.0.1:9998", "10.0.0.9:9998"], await ExpandAsync("good", "hangs"));
    }

    [Fact]
    public async Task OtherServersAreAskedAtOnceAndWhatWasKnownStaysUntilTheyHaveSpoken()
    {
        _dns["cm"] = Answer("cm", 3600, 1);
        await ExpandAsync("cm");
        _dns["cm"] = DnsAnswer.FromFailure("no DNS server answers in time");
        var config = Config("cm") with { DnsServers = [new(IPAddress.Loopback, 8600)] };
        var expanded = await _discovery.ExpandAsync(config);
        Assert.Equal([new(IPAddress.Loopback, 8600)], _servers);
        Assert.Equal("10.0.0.1:9998", expanded.Clusters[0].Members.Single().Name);

        // That configuration is rejected: the previous servers are asked again.
        _dns["cm"] = Answer("cm", 3600, 5);
        _discovery.RetainOnly(Config("cm"));
        await AskedAsync("cm", 3);
        Assert.Empty(_servers);
        Turn(1);
        await HoldsAsync(() => _applied == 1); // their current answer is applied
    }

    [Fact]
    public async Task AnAddressThatIsKeptMakesWayForOneThatIsAnswered()
    {
        _dns["a"] = Answer("a", 30, 1);
        _dns["b"] = Answer("b", 30, 2);
        await ExpandAsync("a", "b");
        // A pod of a is gone, and its address now belongs to b.
        _dns["a"] = DnsAnswer.FromFailure("nobody");
        _dns["b"] = Answer("b", 30, 1, 2);
        Turn(30);
        await LoggedAsync("Information: dns+http://b:9998 stands for 10.0.0.1:9998, 10.0.0.2:9998");
        await HoldsAsync(() => _discovery.Failing == 1);
        Assert.Equal(["a:9998", "10.0.0.1:9998", "10.0.0.2:9998"], await ExpandAsync("a", "b"));
    }

    [Fact]
    public async Task NamesThatGoAreNotAskedForAndANewOneIs()
    {
        _dns["a"] = Answer("a", 30, 1);
        _dns["b"] = Answer("b", 30, 2);
        await ExpandAsync("a");
        await ExpandAsync("b");
        _discovery.RetainOnly(Config("b"));
        Turn(30);
        await AskedAsync("b", 2);
        Assert.Equal(1, _asked.Count(name => name == "a"));
        Assert.Equal(0, _discovery.Failing);
        _discovery.RetainOnly(Config());
        Assert.Null(_discovery.Failing);
    }

    void ILogEventSink.Emit(LogEvent logEvent) =>
        _log.Enqueue($"{logEvent.Level}: {logEvent.RenderMessage(CultureInfo.InvariantCulture)}");

    private async Task<string[]> ExpandAsync(params string[] names)
    {
        var config = await _discovery
            .ExpandAsync(Config(names))
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return [.. config.Clusters.SelectMany(cluster => cluster.Members).Select(member => member.Name)];
    }

    private static ExporterConfig Config(params string[] names) =>
        new()
        {
            Clusters =
            [
                .. names.Select(name => new ClusterConfig
                {
                    Name = name,
                    Members = [],
                    Sources = [Source(name)],
                }),
            ],
        };

    private static MemberSource Source(string name) => MemberSource.Parse($"dns+http://{name}:9998", out _)!;

    private static DnsAnswer Answer(string name, int ttl, params int[] hosts) =>
        new([.. hosts.Select(host => Source(name).CreateMember($"10.0.0.{host}", 9998)!)], TimeSpan.FromSeconds(ttl));

    private void Turn(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>Waits until the lookup has ended, too, so that the timer for the next one runs.</summary>
    private async Task AskedAsync(string name, int times)
    {
        await HoldsAsync(() => _asked.Count(asked => asked == name) == times);
        await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private async Task LoggedAsync(string line)
    {
        await HoldsAsync(() => _log.Contains(line));
        await Task.Delay(20, TestContext.Current.CancellationToken); // by then the next step waits for the clock
    }

    private static async Task HoldsAsync(Func<bool> holds)
    {
        for (var i = 0; i < 3000 && !holds(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.True(holds());
    }
}
