using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Clustermgr.Analysis;
using Clustermgr.Client;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace Clustermgr.Tests.Client;

/// <summary>A DNS server that is dead, slow or wrong.</summary>
public sealed class NameResolverTests : AskingTests
{
    private static readonly IPAddress[] Loopback = [IPAddress.Loopback];

    private readonly ConcurrentDictionary<string, TaskCompletionSource<IPAddress[]>> _lookups = new();
    private readonly NameResolver _names;

    public NameResolverTests() => _names = new NameResolver(host => _lookups.GetOrAdd(host, _ => new()).Task);

    [Fact]
    public async Task WhileThirtyNamesHangAMemberByAddressIsAnsweredAndEachNameKeepsItsOwnDeadline()
    {
        await using var server = RawServer.Always(RawServer.Response(200, SmallStat));
        using var http = MemberConnectionPools.Create(null, _names);
        var named = Enumerable
            .Range(0, 30)
            .Select(i => Client(new Uri($"http://n{i}.example:9998"), http: http).GetStatAsync(Ct))
            .ToList();

        Assert.Equal(Outcome.Ok, (await Bounded(Client(server.Url, http: http).GetStatAsync(Ct))).Outcome);
        Assert.DoesNotContain(named, asking => asking.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.All(
            await Bounded(Task.WhenAll(named)),
            answer => Assert.Equal((Outcome.Timeout, TimeSpan.FromSeconds(3)), (answer.Outcome, answer.Took))
        );
        Assert.Equal(NameResolver.MaxLookups, _lookups.Count);
    }

    [Fact]
    public async Task ANameIsLookedUpAndItsMemberAnswers()
    {
        await using var server = RawServer.Always(RawServer.Response(200, SmallStat));
        using var http = MemberConnectionPools.Create(null, new NameResolver(_ => Task.FromResult(Loopback)));
        var answer = await Bounded(Client(new Uri($"http://cm-1.example:{server.Port}"), http: http).GetStatAsync(Ct));
        Assert.Equal(Outcome.Ok, answer.Outcome);
    }

    [Theory]
    [InlineData(SocketError.HostNotFound)]
    [InlineData(SocketError.TryAgain)]
    [InlineData(SocketError.NoData)]
    public async Task WhateverTheResolverFailsWithIsDns(SocketError error)
    {
        var names = new NameResolver(_ => Task.FromException<IPAddress[]>(new SocketException((int)error)));
        using var http = MemberConnectionPools.Create(null, names);
        Is(
            Outcome.Dns,
            "the host name does not resolve; check the URL and DNS",
            await Bounded(Client(new Uri("http://n.example:9998"), http: http).GetStatAsync(Ct))
        );
    }

    [Fact]
    public async Task ANameWithoutAnAddressIsDns()
    {
        using var http = MemberConnectionPools.Create(null, new NameResolver(_ => Task.FromResult<IPAddress[]>([])));
        Assert.Equal(
            Outcome.Dns,
            (await Bounded(Client(new Uri("http://n.example:9998"), http: http).GetStatAsync(Ct))).Outcome
        );
    }

    [Fact]
    public async Task ASlotComesBackWhenTheResolverReturnsAndNotWhenItsAskerGivesUp()
    {
        using var impatient = new CancellationTokenSource();
        var hung = Enumerable
            .Range(0, NameResolver.MaxLookups)
            .Select(i => _names.ResolveAsync($"n{i}", impatient.Token))
            .ToList();
        await impatient.CancelAsync();
        foreach (var asking in hung)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(asking));
        }
        var ninth = _names.ResolveAsync("ninth", Ct);
        Assert.DoesNotContain("ninth", _lookups.Keys);
        _lookups["n3"].SetException(new SocketException((int)SocketError.TryAgain));
        await WaitForAsync("ninth");
        _lookups["ninth"].SetResult(Loopback);
        Assert.Equal(Loopback, await Bounded(ninth));

        // All slots are back: eight more run at once.
        foreach (var (_, lookup) in _lookups)
        {
            lookup.TrySetResult(Loopback);
        }
        var more = Enumerable.Range(0, NameResolver.MaxLookups).Select(i => _names.ResolveAsync($"m{i}", Ct)).ToList();
        for (var i = 0; i < more.Count; i++)
        {
            await WaitForAsync($"m{i}");
        }
    }

    [Fact]
    public async Task WhoWaitsForASlotGivesUpWithHisOwnToken()
    {
        for (var i = 0; i < NameResolver.MaxLookups; i++)
        {
            _ = _names.ResolveAsync($"n{i}", Ct);
        }
        using var impatient = new CancellationTokenSource();
        var ninth = _names.ResolveAsync("ninth", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Bounded(ninth));
        _lookups["n0"].SetResult(Loopback);
        Assert.Equal(Loopback, await Bounded(Answered("tenth")));
        Assert.DoesNotContain("ninth", _lookups.Keys);
    }

    [Fact]
    public async Task OneNameTakesOneSlotHoweverManyAskForItAndIsLookedUpAnewAfterwards()
    {
        var calls = 0;
        var lookup = new TaskCompletionSource<IPAddress[]>();
        var names = new NameResolver(_ =>
        {
            calls++;
            return lookup.Task;
        });
        var asking = Enumerable.Range(0, 20).Select(i => names.ResolveAsync(i % 2 == 0 ? "cm-1" : "CM-1", Ct)).ToList();
        Assert.Equal(1, calls);
        lookup.SetResult(Loopback);
        Assert.All(await Bounded(Task.WhenAll(asking)), addresses => Assert.Equal(Loopback, addresses));
        await Bounded(names.ResolveAsync("cm-1", Ct));
        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    public async Task AnAddressIsNeverLookedUp(string host)
    {
        Assert.Equal(IPAddress.Parse(host), Assert.Single(await Bounded(_names.ResolveAsync(host, Ct))));
        Assert.Empty(_lookups);
    }

    private Task<IPAddress[]> Answered(string host)
    {
        _lookups.GetOrAdd(host, _ => new()).SetResult(Loopback);
        return _names.ResolveAsync(host, Ct);
    }

    private async Task WaitForAsync(string host)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (!_lookups.ContainsKey(host))
        {
            await Task.Delay(1, bound.Token);
        }
    }
}
