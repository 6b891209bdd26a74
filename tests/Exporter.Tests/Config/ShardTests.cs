using System.CommandLine;
using Clustermgr.Configuration;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

/// <summary>Several exporters with the same file.</summary>
public sealed class ShardTests
{
    /// <summary>Every version must divide the clusters in the same way: these values never change.</summary>
    [Theory]
    [InlineData("prod-z0", 3, 2)]
    [InlineData("prod-z1", 3, 2)]
    [InlineData("a\"b\n", 7, 2)]
    [InlineData("", 5, 0)]
    [InlineData("prod-z0", 1, 0)]
    public void AClusterBelongsToOneShardForGood(string cluster, int total, int owner) =>
        Assert.Equal(owner, Shard.Owner(cluster, total));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void OneMoreShardTakesItsPartAndMovesNothingElse(int total)
    {
        var names = Enumerable.Range(0, 6000).Select(i => $"cluster-{i:0000}").ToList();
        var before = names.ConvertAll(name => Shard.Owner(name, total));
        var after = names.ConvertAll(name => Shard.Owner(name, total + 1));
        var moved = before.Zip(after).Where(pair => pair.First != pair.Second).ToList();
        Assert.All(moved, pair => Assert.Equal(total, pair.Second));
        var fair = names.Count / (total + 1);
        Assert.InRange(moved.Count, fair * 0.85, fair * 1.15);
        Assert.All(after.CountBy(shard => shard), shard => Assert.InRange(shard.Value, fair * 0.85, fair * 1.15));
    }

    [Fact]
    public void EachClusterOfAFileIsPolledByOneShard()
    {
        using var folder = new TempFolder();
        var names = Enumerable.Range(0, 50).Select(i => $"c{i}").ToList();
        var file = folder.Write(
            "exporter.yaml",
            $"clusters:\n{string.Concat(names.Select((name, i) => $"- {{ name: {name}, members: ['http://10.0.0.1:{i + 1}'] }}\n"))}"
        );
        var shares = Enumerable
            .Range(0, 3)
            .Select(shard =>
                new ConfigSource(file, null) { Shard = new(shard, 3) }.Load(new Dictionary<string, string>())
            )
            .ToList();
        Assert.Equal(names.Order(), shares.SelectMany(share => share.Config!.Clusters).Select(one => one.Name).Order());
        Assert.Equal(new ClusterShare(1, 3, 50), shares[1].Config!.Share);
        // Secrets are read again for the same clusters.
        Assert.Equal(
            shares[1].Config!.Clusters.Select(one => one.Name),
            shares[1].Reload!().Config!.Clusters.Select(one => one.Name)
        );
    }

    [Theory]
    [InlineData("--shard=2 --total-shards=3", "node", 2, 3)]
    [InlineData("--shard=auto --total-shards=3", "clustermgr-exporter-1", 1, 3)]
    [InlineData("--shard=auto --total-shards=12", "exporter-b-11", 11, 12)]
    public void AShardIsANumberOrTheEndOfTheMachinesName(string flags, string machine, int index, int total)
    {
        var (options, errors) = Read($"--config.file=x {flags}", machine);
        Assert.Empty(errors);
        Assert.Equal(new Shard(index, total), options!.Source!.Shard);
    }

    [Theory]
    [InlineData(
        "--config.file=x --shard=0",
        "--shard is given without --total-shards; give both, as --shard=0 --total-shards=3"
    )]
    [InlineData(
        "--config.file=x --total-shards=3",
        "--total-shards is given without --shard; give both, as --shard=0 --total-shards=3"
    )]
    [InlineData("--config.file=x --shard=3 --total-shards=3", "--shard is \"3\"; write a number from 0 to 2, or auto")]
    [InlineData(
        "--config.file=x --shard=-1 --total-shards=3",
        "--shard is \"-1\"; write a number from 0 to 2, or auto"
    )]
    [InlineData("--config.file=x --shard=0 --total-shards=0", "--total-shards is \"0\"; write a number from 1 to 1000")]
    [InlineData(
        "--config.file=x --shard=0 --total-shards=99999999999",
        "--total-shards is \"99999999999\"; write a number from 1 to 1000"
    )]
    [InlineData(
        "--config.file=x --shard=auto --total-shards=3",
        "--shard is auto, and this machine is called \"exporter-3\": its name must end with -0 to -2; or write the number"
    )]
    [InlineData(
        "--clustermgr.url=http://127.0.0.1:1 --shard=0 --total-shards=2",
        "--shard has no place beside --clustermgr.url: there is one cluster to share out"
    )]
    [InlineData(
        "--config.file=x --web.peers=exporter-1:19998",
        "--web.peers \"exporter-1:19998\" is not an http or https URL without query and login; write one such as https://shard-1.example.com/"
    )]
    public void WhatIsNoShardIsRefusedWithTheNextStep(string flags, string error)
    {
        var (_, errors) = Read(flags, "exporter-3");
        Assert.Equal([error], errors);
    }

    private static (ServeOptions? Options, IEnumerable<string> Errors) Read(string line, string machine)
    {
        var flags = new ServeFlags();
        var root = new RootCommand();
        foreach (var option in flags.All)
        {
            root.Add(option);
        }
        var result = flags.Read(root.Parse(line.Split(' ')), new Dictionary<string, string>(), machine);
        return (result.Options, result.Errors);
    }
}
