using System.CommandLine;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Tests.Config;
using Xunit;

namespace ClustermgrExporter.Tests.Cli;

public sealed class ClusterFlagsTests : IDisposable
{
    private readonly ConfigFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AllClustersAreMeantUnlessOneIsNamed()
    {
        var file = Clusters("prod-z0", "prod-z1");
        Assert.Equal(["prod-z0", "prod-z1"], Names(Load([file])));
        Assert.Equal(["prod-z1"], Names(Load([file, "--cluster=prod-z1"])));
        Assert.Equal(["prod-z0"], Names(Load([file], ("CLUSTERMGR_EXPORTER_CLUSTER", "prod-z0"))));
        Assert.Equal(
            ["prod"],
            Names(Load(["--clustermgr.url=http://a:9998", "--clustermgr.cluster=prod", "--cluster=prod"]))
        );
    }

    [Theory]
    [InlineData(
        "prod-zo",
        "--cluster \"prod-zo\" is not a configured cluster; did you mean \"prod-z0\"? known: prod-z0, prod-z1"
    )]
    [InlineData("test", "--cluster \"test\" is not a configured cluster; known: prod-z0, prod-z1")]
    [InlineData("\u001b[2J", "--cluster \"\\u001b[2J\" is not a configured cluster; known: prod-z0, prod-z1")]
    public void AnUnknownClusterIsRefusedWithTheNearestAndAllThatThereAre(string name, string expected) =>
        Refused(expected, Load([Clusters("prod-z0", "prod-z1"), $"--cluster={name}"]));

    [Fact]
    public void OfManyClustersTheFirstTwentyAreListed()
    {
        var names = Enumerable.Range(1, 30).Select(i => $"c{i:00}").ToArray();
        Refused(
            $"--cluster \"elsewhere\" is not a configured cluster; known: {string.Join(", ", names[..20])} and "
                + $"10 more",
            Load([Clusters(names), "--cluster=elsewhere"])
        );
    }

    [Fact]
    public void WithoutAnyClusterTheTwoWaysToNameThemAreSaid() =>
        Refused(
            "no cluster is named; give --config.file=exporter.yaml, "
                + "or --clustermgr.url=http://10.0.0.1:9998 for each member of one cluster",
            Load([])
        );

    [Fact]
    public void AFileThatIsNoGoodIsRefusedWithAllItsErrors()
    {
        _folder.Write("bad.yaml", "timeout: 3\nclusters:\n- name: a\n  members: [http://h]\n");
        var file = _folder.PathOf("bad.yaml");
        var loaded = Load([$"--config.file={file}"]);
        Assert.Null(loaded.Config);
        Assert.Equal(3, loaded.Errors.Length);
        Assert.Equal($"{file} is not valid; nothing was asked", loaded.Errors[2]);
    }

    [Fact]
    public void ALongTimeoutIsNoFaultOfWhoAsksOnce()
    {
        Assert.Empty(Load(["--clustermgr.url=http://a:9998", "--clustermgr.timeout=12s"]).Warnings);
        _folder.Write("slow.yaml", "timeout: 12s\nclusters:\n- name: a\n  members: [http://h:9998]\n");
        Assert.Empty(Load([$"--config.file={_folder.PathOf("slow.yaml")}"]).Warnings);
        Assert.Contains(
            "CLUSTERMGR_EXPORTER_CLUSTR",
            Assert.Single(Load(["--clustermgr.url=http://a:9998"], ("CLUSTERMGR_EXPORTER_CLUSTR", "a")).Warnings),
            StringComparison.Ordinal
        );
    }

    private static void Refused(string expected, ConfigResult loaded)
    {
        Assert.Null(loaded.Config);
        Assert.Equal([expected], loaded.Errors);
    }

    private static IEnumerable<string> Names(ConfigResult loaded)
    {
        Assert.Empty(loaded.Errors);
        return loaded.Config!.Clusters.Select(cluster => cluster.Name);
    }

    private string Clusters(params string[] names)
    {
        _folder.Write(
            "exporter.yaml",
            $"clusters:\n{string.Concat(names.Select(name => $"- name: {name}\n  members: [http://{name}:9998]\n"))}"
        );
        return $"--config.file={_folder.PathOf("exporter.yaml")}";
    }

    private static ConfigResult Load(string[] args, params (string Name, string Value)[] environment)
    {
        var flags = new ClusterFlags();
        var status = new Command("status");
        Array.ForEach([.. flags.All], status.Add);
        var parse = new RootCommand { status }.Parse(["status", .. args]);
        Assert.Empty(parse.Errors);
        return flags.Load(parse, environment.ToDictionary(x => x.Name, x => x.Value), "node-7");
    }
}
