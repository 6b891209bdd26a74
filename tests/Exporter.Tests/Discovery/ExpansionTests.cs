using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Discovery;
using Xunit;

namespace ClustermgrExporter.Tests.Discovery;

/// <summary>Members in place of the DNS names that resolve to them.</summary>
public sealed class ExpansionTests
{
    private readonly Dictionary<string, string[]> _dns = [];
    private readonly List<MemberConflict> _conflicts = [];

    [Fact]
    public void MembersByUrlComeFirstAndEachIsThereOnce()
    {
        _dns["cm"] = ["10.0.0.1", "10.0.0.2"];
        _dns["too"] = ["10.0.0.2", "10.0.0.3"];
        var cluster = Expand(
            "- name: a\n  members: [dns+http://cm:9998, {name: first, url: 'http://10.0.0.1:9998'}, dns+http://too:9998]\n"
        )[0];
        Assert.Equal(["first", "10.0.0.2:9998", "10.0.0.3:9998"], Names(cluster));
        Assert.True(cluster.Resolved);
        Assert.Empty(_conflicts);
    }

    [Fact]
    public void ANameThatNeverResolvedIsOneMemberThatCannotAnswer()
    {
        var cluster = Expand("- name: a\n  members: [dns+http://cm.test:9998/x, dns+srv+https://_cm._tcp.test]\n")[0];
        Assert.Equal(["cm.test:9998/x", "_cm._tcp.test:9998"], Names(cluster));
        Assert.Equal(
            ["http://cm.test.invalid.:9998/x", "https://_cm._tcp.test.invalid.:9998/"],
            cluster.Members.Select(member => member.Url.AbsoluteUri)
        );
    }

    [Fact]
    public void AMemberOfAnotherClusterIsNotPolledForTwo()
    {
        _dns["a"] = ["10.0.0.1", "10.0.0.2"];
        _dns["b"] = ["10.0.0.2", "10.0.0.3", "10.0.0.9"];
        _dns["c"] = ["10.0.0.1"];
        var clusters = Expand(
            """
            - name: a
              members: [dns+http://a:9998]
            - name: b
              members: [dns+http://b:9998]
            - name: c
              members: [dns+http://c:9998]
            - name: d
              members: [http://10.0.0.9:9998]
            """
        );
        Assert.Equal(["10.0.0.1:9998", "10.0.0.2:9998"], Names(clusters[0]));
        Assert.Equal(["10.0.0.3:9998"], Names(clusters[1]));
        Assert.Equal(["c:9998"], Names(clusters[2])); // it is shown as down, and not as without members
        Assert.Equal(
            [
                "dns+http://b:9998 of b leads to 10.0.0.2:9998, which is a member of a: not asked for both",
                "dns+http://b:9998 of b leads to 10.0.0.9:9998, which is a member of d: not asked for both",
                "dns+http://c:9998 of c leads to 10.0.0.1:9998, which is a member of a: not asked for both",
            ],
            _conflicts.Select(conflict => conflict.Sentence)
        );
    }

    [Theory]
    [InlineData(
        "{name: '10.0.0.1:9998', url: 'http://10.9.9.9:9998'}, dns+http://cm:9998",
        "10.0.0.1:9998 | 10.0.0.1:9998 (2) | 10.0.0.2:9998"
    )]
    [InlineData("http://no:9998, dns+http://no:9998", "no:9998 | dns+http://no:9998")]
    [InlineData("dns+http://no:9998, dns+srv+http://no", "no:9998 | dns+srv+http://no")]
    [InlineData("dns+http://no:9998, dns+https://no:9998", "no:9998 | dns+https://no:9998")]
    public void TwoMembersNeverHaveOneName(string members, string expected)
    {
        _dns["cm"] = ["10.0.0.1", "10.0.0.2"];
        Assert.Equal(expected, string.Join(" | ", Names(Expand($"- name: a\n  members: [{members}]\n")[0])));
    }

    [Theory]
    [InlineData("[dns+https://cm.test:9998]", "", "cm.test")]
    [InlineData("[dns+https://cm.test:9998]", "  tls: {server_name: other.test}\n", "other.test")]
    [InlineData("[dns+http://cm.test:9998]", "", null)]
    [InlineData("[dns+srv+https://cm.test]", "", null)] // the targets have their own names
    [InlineData("[dns+https://cm.test:9998, 'https://cm-9.test:9998']", "", null)]
    [InlineData("[dns+https://cm.test:9998]", "  proxy_url: http://proxy:3128\n", null)]
    public void AddressesShowTheCertificateOfTheirName(string members, string more, string? expected) =>
        Assert.Equal(expected, Expand($"- name: a\n  members: {members}\n{more}")[0].Tls?.ServerName);

    private ClusterConfig[] Expand(string clusters)
    {
        var read = ConfigLoader.Parse($"clusters:\n{clusters}", "exporter.yaml", "/", new Dictionary<string, string>());
        Assert.Equal([], read.Errors);
        var config = MemberExpansion.Expand(
            read.Config!,
            source =>
                new(
                    [
                        .. _dns.GetValueOrDefault(source.Name, [])
                            .Select(host => source.CreateMember(host, source.Port ?? 1)!),
                    ],
                    Fresh: true
                ),
            _conflicts
        );
        return [.. config.Clusters];
    }

    private static IEnumerable<string> Names(ClusterConfig cluster) => cluster.Members.Select(member => member.Name);
}
