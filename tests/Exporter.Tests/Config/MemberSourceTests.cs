using ClustermgrExporter.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

/// <summary>DNS names in place of members.</summary>
public sealed class MemberSourceTests
{
    [Theory]
    [InlineData("dns+http://clustermgr.prod.svc:9998", "dns+http://clustermgr.prod.svc:9998")]
    [InlineData("DNS+HTTP://CM.prod:9998/", "dns+http://cm.prod:9998")]
    [InlineData("dns+https://cm:9998/z0/", "dns+https://cm:9998/z0")]
    [InlineData("dns+http://cm.prod.:9998", "dns+http://cm.prod.:9998")]
    [InlineData("dns+srv+http://_clustermgr._tcp.prod.svc", "dns+srv+http://_clustermgr._tcp.prod.svc")]
    [InlineData("dns+srv+https://cm.service.consul/a", "dns+srv+https://cm.service.consul/a")]
    public void WhatIsNamedIsRead(string text, string expected)
    {
        var config = Read($"members: ['{text}']").Config!;
        Assert.Empty(config.Clusters[0].Members);
        Assert.Equal(expected, config.Clusters[0].Sources.Single().ToString());
    }

    [Theory]
    [InlineData("dns+http://cm", "\"http://cm\" has no port; clustermgr listens on 9998: write http://cm:9998")]
    [InlineData("dns+http://10.0.0.1:9998", "has an address where a DNS name belongs; write it without dns+")]
    [InlineData("dns+srv+http://[::1]", "has a port; the SRV records tell each member's, so leave it out")]
    [InlineData("dns+srv+http://_cm._tcp.x:9998", "has a port; the SRV records tell each member's, so leave it out")]
    [InlineData("dns+ftp://cm:9998", "has the scheme \"ftp\"; only http and https can be asked")]
    [InlineData("dns+srv://_cm._tcp.x", "has the scheme \"srv\"; only http and https can be asked")]
    [InlineData("dns+http://u:p@cm:9998", "holds user information (an @)")]
    [InlineData("dns+http://_cm:9998", "has the host \"_cm\", which is neither a name nor an address")]
    [InlineData("dns+http://cm:9998/stat", "has more than host and port; write \"http://cm:9998\" alone")]
    [InlineData("dns+", "is empty; write a URL")]
    [InlineData("dns+srv+http://", "has no host")]
    public void WhatCannotBeANameIsRefusedWithWhatToWrite(string text, string expected)
    {
        var error = Assert.Single(Read($"members: ['{text}']").Errors);
        Assert.StartsWith("exporter.yaml:3: clusters[0].members[0] ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void ANameStandsForSeveralAndIsGivenOnce()
    {
        Assert.Contains(
            "clusters[0].members[0].url dns+http://cm:9998 stands for several members, which no name fits; remove the name",
            Assert.Single(Read("members: [{name: a, url: 'dns+http://cm:9998'}]").Errors),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "clusters[0].members[1] dns+http://cm:9998 is already clusters[0].members[0] (line 3); remove one of the two",
            Assert.Single(Read("members: ['dns+http://cm:9998', 'dns+http://CM:9998']").Errors),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void OneUrlByFlagIsAWholeClusterWhereItIsAName()
    {
        var source = new UrlSource([new("dns+http://cm:9998", "--clustermgr.url", ByFlag: true)], "node-7");
        var cluster = source.Load(new Dictionary<string, string>()).Config!.Clusters.Single();
        Assert.False(cluster.Sidecar);
        Assert.Equal("dns+http://cm:9998", $"{cluster.Sources.Single()}");

        var named = source with { Settings = new() { ["member"] = new("a", "--clustermgr.member", ByFlag: true) } };
        Assert.Equal(
            ["--clustermgr.member names one member, and a DNS name stands for several; remove it"],
            named.Load(new Dictionary<string, string>()).Errors
        );
    }

    [Theory]
    [InlineData("[10.0.0.53, '[fd00::53]:8600', 127.0.0.1:5353]", "10.0.0.53:53 [fd00::53]:8600 127.0.0.1:5353")]
    [InlineData("[]", "")]
    public void ServersAreAddresses(string servers, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read("members: ['http://a:9998']", servers).Config!.DnsServers));

    [Theory]
    [InlineData("[dns.test]")]
    [InlineData("['10.0.0.1:70000']")]
    public void AServerByNameIsRefused(string servers) =>
        Assert.Contains(
            "is not an address; write one such as 10.0.0.53, 10.0.0.53:8600 or [fd00::53]:53",
            Assert.Single(Read("members: ['http://a:9998']", servers).Errors),
            StringComparison.Ordinal
        );

    private static ConfigResult Read(string members, string? servers = null) =>
        ConfigLoader.Parse(
            $"clusters:\n- name: a\n  {members}\n" + (servers is null ? "" : $"dns_servers: {servers}\n"),
            "exporter.yaml",
            "/",
            new Dictionary<string, string>()
        );
}
