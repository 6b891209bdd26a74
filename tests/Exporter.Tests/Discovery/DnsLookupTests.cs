using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Clustermgr.Configuration;
using ClustermgrExporter.Discovery;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Discovery;

/// <summary>Lookups with a name server on a socket.</summary>
public sealed class DnsLookupTests : IDisposable
{
    private readonly DnsServer _dns = new();
    private readonly Dictionary<string, string[]> _hosts = [];
    private ImmutableArray<IPEndPoint> _servers = [];
    private string? _known;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _dns.Dispose();

    [Fact]
    public async Task EveryAddressIsAMemberInTheSameOrderHoweverTheyCome()
    {
        _dns.SetAddresses("cm.prod.test", 60, "10.0.0.10", "10.0.0.9", "fd00::2", "10.0.0.9");
        var answer = await ResolveAsync("dns+http://cm.prod.test:9998");
        Assert.True(answer.Failure == "", answer.Failure);
        Assert.Equal(["10.0.0.9:9998", "10.0.0.10:9998", "[fd00::2]:9998"], answer.Members.Select(one => one.Name));
        Assert.Equal(new Uri("http://[fd00::2]:9998"), answer.Members[2].Url);
        Assert.Equal(TimeSpan.FromSeconds(60), answer.Ttl);
    }

    [Fact]
    public async Task EveryServiceIsAMemberWithItsPort()
    {
        _dns.SetServices("_cm._tcp.test", 5, "cm-2.test.:9998", "cm-1.test:9999", "cm-1.test:9998", ".:0");
        var answer = await ResolveAsync("dns+srv+https://_cm._tcp.test/z0/");
        Assert.True(answer.Failure == "", answer.Failure);
        Assert.Equal(
            ["cm-1.test:9998/z0", "cm-1.test:9999/z0", "cm-2.test:9998/z0"],
            answer.Members.Select(member => member.Name)
        );
        Assert.Equal(new Uri("https://cm-1.test:9998/z0"), answer.Members[0].Url);
        Assert.Equal(["SRV _cm._tcp.test."], _dns.Asked);
    }

    [Fact]
    public async Task AnAliasIsFollowedAndTheShortestTimeCounts()
    {
        _dns.SetAlias("cm.test", 7, "real.test");
        _dns.SetAddresses("real.test", 300, "10.0.0.1");
        var answer = await ResolveAsync("dns+http://cm.test:9998");
        Assert.Equal(["10.0.0.1:9998"], answer.Members.Select(member => member.Name));
        Assert.Equal(TimeSpan.FromSeconds(7), answer.Ttl);
    }

    [Fact]
    public async Task AShortNameIsCompletedAndTheFirstThatIsThereIsMeant()
    {
        _dns.SetAddresses("cm.svc.local", 60, "10.0.0.1");
        _dns.SetAddresses("cm.local", 60, "10.0.0.2");
        var answer = await ResolveAsync("dns+http://cm:9998", "default.svc.local", "svc.local", "local");
        Assert.Equal(["10.0.0.1:9998"], answer.Members.Select(member => member.Name));
        Assert.DoesNotContain("A cm.local.", _dns.Asked);
    }

    [Fact]
    public async Task AServerThatFailsAtTheRightDomainDoesNotLeadToAnotherCluster()
    {
        _dns.SetAddresses("cm.local", 60, "10.0.0.2");
        _dns.Fault = DnsFault.ServerFailure;
        var answer = await ResolveAsync("dns+http://cm:9998", "svc.local", "local");
        Assert.Equal("the DNS server fails: ServerFailure", answer.Failure);
        Assert.DoesNotContain("A cm.local.", _dns.Asked);
    }

    [Theory]
    [InlineData(DnsFault.Silent, "no DNS server answers in time")]
    [InlineData(DnsFault.ServerFailure, "the DNS server fails: ServerFailure")]
    [InlineData(DnsFault.Garbage, "the DNS server's answer cannot be read: *")]
    [InlineData(DnsFault.HalfMessage, "*")]
    public async Task WhatIsNoAnswerIsAFailureWithItsReason(DnsFault fault, string failure)
    {
        _dns.SetAddresses("cm.test", 60, "10.0.0.1");
        _dns.Fault = fault;
        var answer = await ResolveAsync("dns+http://cm.test:9998");
        Assert.Empty(answer.Members);
        Assert.StartsWith(failure.TrimEnd('*'), answer.Failure, StringComparison.Ordinal);
        Assert.NotEqual("", answer.Failure);

        _dns.Fault = DnsFault.None;
        Assert.Equal("", (await ResolveAsync("dns+http://cm.test:9998")).Failure);
    }

    [Fact]
    public async Task WhatIsTooLongForUdpIsAskedByTcp()
    {
        _dns.SetAddresses("cm.test", 60, [.. Enumerable.Range(1, DnsLookup.MaxMembers).Select(i => $"10.0.0.{i}")]);
        _dns.Fault = DnsFault.Truncation;
        Assert.Equal(DnsLookup.MaxMembers, (await ResolveAsync("dns+http://cm.test:9998")).Members.Length);
    }

    [Fact]
    public async Task NobodyIsNoAnswerAndNeitherIsACrowd()
    {
        _dns.SetAddresses("empty.test", 60);
        _dns.SetAddresses("crowd.test", 60, [.. Enumerable.Range(1, 65).Select(i => $"10.0.0.{i}")]);
        _dns.SetServices("odd.test", 60, "a\"b:9998");
        _dns.SetServices("zero.test", 60, "cm-1.test:0");
        Assert.Equal("\"none.test\" has no addresses (no such name)", await FailureAsync("dns+http://none.test:9998"));
        Assert.Equal(
            "\"empty.test\" has no addresses (none of that kind)",
            await FailureAsync("dns+http://empty.test:1")
        );
        Assert.Equal("\"crowd.test\" stands for more than 64 members", await FailureAsync("dns+http://crowd.test:1"));
        Assert.Equal(
            "\"empty.test\" has no SRV records (none of that kind)",
            await FailureAsync("dns+srv+http://empty.test")
        );
        Assert.EndsWith(
            "which is not a member's address",
            await FailureAsync("dns+srv+http://odd.test"),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "which is not a member's address",
            await FailureAsync("dns+srv+http://zero.test"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task WhatDnsDoesNotKnowTheSystemMay()
    {
        _hosts["cm"] = ["10.0.0.3", "10.0.0.1"];
        var answer = await ResolveAsync("dns+http://cm:9998", "local");
        Assert.Equal(["10.0.0.1:9998", "10.0.0.3:9998"], answer.Members.Select(member => member.Name));
        Assert.Equal(
            ["A cm.local.", "A cm."],
            _dns.Asked.Where(asked => asked.StartsWith("A ", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task WhoWasAnsweredForOnceIsAskedForByThatNameAlone()
    {
        _dns.SetAddresses("cm.svc.local", 60, "10.0.0.1");
        _dns.SetAddresses("cm.local", 60, "10.0.0.2");
        _hosts["cm"] = ["10.0.0.3"];
        _known = (await ResolveAsync("dns+http://cm:9998", "svc.local", "local")).Name;
        Assert.Equal("cm.svc.local.", _known);
        _dns.SetAddresses("cm.svc.local", 60); // no pod is ready
        var answer = await ResolveAsync("dns+http://cm:9998", "svc.local", "local");
        Assert.Equal("\"cm.svc.local\" has no addresses (none of that kind)", answer.Failure);
        Assert.DoesNotContain("A cm.local.", _dns.Asked);
    }

    [Fact]
    public async Task ACrowdEndsTheSearch()
    {
        _dns.SetAddresses("cm.svc.local", 60, [.. Enumerable.Range(1, 65).Select(i => $"10.0.0.{i}")]);
        _dns.SetAddresses("cm.local", 60, "10.0.1.2");
        _hosts["cm"] = [.. Enumerable.Range(1, 65).Select(i => $"10.0.0.{i}")];
        var answer = await ResolveAsync("dns+http://cm:9998", "svc.local", "local");
        Assert.Equal("\"cm.svc.local\" stands for more than 64 members", answer.Failure);
        var system = await ResolveAsync("dns+http://cm:9998", "nowhere.local");
        Assert.Equal("\"cm\" stands for more than 64 members", system.Failure);
    }

    [Fact]
    public async Task WhoNamesServersDoesNotWantOthersAsked()
    {
        _hosts["cm"] = ["10.0.0.3"];
        _servers = [_dns.EndPoint];
        Assert.Equal("\"cm\" has no addresses (no such name)", await FailureAsync("dns+http://cm:9998"));
    }

    [Fact]
    public async Task AnAddressOfOldInNewClothesIsTheOldOne()
    {
        _dns.SetAddresses("cm.test", 60, "10.0.0.1", "::ffff:10.0.0.1");
        var answer = await ResolveAsync("dns+http://cm.test:9998");
        Assert.Equal(["10.0.0.1:9998"], answer.Members.Select(one => one.Name));
    }

    [Fact]
    public async Task WhoGivesUpIsNotToldOfATimeout()
    {
        _dns.Fault = DnsFault.Silent;
        var lookup = new DnsLookup(() => new([_dns.EndPoint], []), (_, _) => Task.FromResult<IPAddress[]>([]));
        using var stop = new CancellationTokenSource();
        var asking = lookup.ResolveAsync(MemberSource.Parse("dns+http://cm.test:1", out _)!, [], null, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    private async Task<string> FailureAsync(string source) => (await ResolveAsync(source)).Failure;

    private Task<DnsAnswer> ResolveAsync(string source, params string[] search)
    {
        var lookup = new DnsLookup(
            () => new([_dns.EndPoint], [.. search]),
            (host, _) =>
                _hosts.TryGetValue(host, out var addresses)
                    ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())
                    : throw new SocketException((int)SocketError.HostNotFound)
        );
        var asked = MemberSource.Parse(source, out _)!;
        return lookup.ResolveAsync(asked, _servers, _known, Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }
}
