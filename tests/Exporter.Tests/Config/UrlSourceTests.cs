using Clustermgr.Configuration;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Configuration;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class UrlSourceTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private static ConfigResult Load(params string[] args)
    {
        var result = ServeFlagsTests.Read(args);
        Assert.Empty(result.Errors);
        return result.Options!.Source!.Load(ConfigFolder.Environment);
    }

    private static ClusterConfig Cluster(params string[] args)
    {
        var result = Load(args);
        Assert.Empty(result.Errors);
        return Assert.Single(result.Config!.Clusters);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9998", "node-7:9998")]
    [InlineData("http://127.8.9.1:9998", "node-7:9998")]
    [InlineData("http://localhost:18001", "node-7:18001")]
    [InlineData("http://[::1]:9998", "node-7:9998")]
    [InlineData("http://10.0.0.1:9998", "10.0.0.1:9998")]
    public void ASingleUrlMakesASidecarThatBearsTheMachinesNameForLoopback(string url, string member)
    {
        var cluster = Cluster($"--clustermgr.url={url}");
        Assert.True(cluster.Sidecar);
        Assert.Equal("clustermgr", cluster.Name);
        Assert.Equal(member, Assert.Single(cluster.Members).Name);
        Assert.Equal(new Uri(url), cluster.Members[0].Url);
    }

    /// <summary>Every flag has a key of the same name in a file.</summary>
    [Fact]
    public void EveryFlagHasItsKeyInTheFile()
    {
        var keys = RootReader
            .Keys.Concat(AuthReader.Keys.Select(key => $"auth.{key}"))
            .Concat(TlsReader.Keys.Select(key => $"tls.{key}"))
            .Append("cluster")
            .Append("member");
        var flags = new SourceFlags()
            .All.Select(option => option.Name)
            .Where(name => name is not ("--config.file" or "--clustermgr.url" or "--clustermgr.auth.secret"))
            .Select(name => name["--clustermgr.".Length..].Replace('-', '_'))
            .ToList();
        Assert.Equal(11, flags.Count);
        Assert.Subset(keys.ToHashSet(), flags.ToHashSet());
        Assert.Subset(flags.ToHashSet(), keys.Where(key => key.Contains('.')).ToHashSet());
    }

    [Fact]
    public void NamesByFlagWin()
    {
        var cluster = Cluster(
            "--clustermgr.url=http://127.0.0.1:9998",
            "--clustermgr.cluster=prod",
            "--clustermgr.member=m"
        );
        Assert.Equal(("prod", "m"), (cluster.Name, cluster.Members[0].Name));
    }

    [Fact]
    public void SeveralUrlsAreTheMembersOfOneClusterUnderTheirOwnAddresses()
    {
        var cluster = Cluster("--clustermgr.url=http://127.0.0.1:9998", "--clustermgr.url=http://127.0.0.1:9999");
        Assert.False(cluster.Sidecar);
        Assert.Equal(["127.0.0.1:9998", "127.0.0.1:9999"], cluster.Members.Select(member => member.Name));
    }

    [Fact]
    public void TheVariableHoldsSeveralUrlsWithCommas()
    {
        var options = ServeFlagsTests.Read([], ("CLUSTERMGR_EXPORTER_CLUSTERMGR_URL", "http://a:9998, http://b:9998"));
        var config = options.Options!.Source!.Load(ConfigFolder.Environment).Config!;
        Assert.Equal(["a:9998", "b:9998"], config.Clusters[0].Members.Select(member => member.Name));
    }

    [Fact]
    public void SecretTimesAndTlsArrive()
    {
        var config = Load(
            "--clustermgr.url=https://h:9998",
            $"--clustermgr.auth.secret-file={folder.PathOf("secret")}",
            "--clustermgr.poll-interval=15s",
            "--clustermgr.timeout=2s",
            $"--clustermgr.tls.ca-file={folder.PathOf("client.pem")}",
            "--clustermgr.tls.server-name=cm",
            "--clustermgr.tls.insecure-skip-verify"
        ).Config!;
        Assert.Equal((TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(2)), (config.PollInterval, config.Timeout));
        Assert.Equal(ConfigFolder.SecretText, config.Clusters[0].Secret!.Reveal());
        Assert.Equal(
            new TlsConfig(folder.PathOf("client.pem"), null, null, "cm", true),
            config.Clusters[0].Tls! with
            {
                Digest = "",
            }
        );
        Assert.Equal(
            ConfigFolder.SecretText,
            Cluster("--clustermgr.url=http://h:9998", "--clustermgr.auth.secret-env=CM_SECRET").Secret!.Reveal()
        );
    }

    [Fact]
    public void AllErrorsComeAtOnceAndNameTheirFlag() =>
        Assert.Equal(
            [
                "--clustermgr.member names one member, but there are 3 URLs; give names in a file",
                "--clustermgr.url \"10.0.0.1:9998\" has no scheme; write http://10.0.0.1:9998",
                "--clustermgr.url h:9998 is given twice; remove one of the two",
                "--clustermgr.poll-interval \"5\" has no unit; write 5s or 5ms",
                "--clustermgr.cluster is blank; give it the name that dashboards and alerts will show",
                "--clustermgr.auth.secret-env: the environment variable CM_ABSENT is not set; set it to the secret, or "
                    + "name "
                    + "a file instead",
                "--clustermgr.tls.key-file stands alone; add the cert_file that belongs to it",
                $"--clustermgr.tls.key-file \"{folder.PathOf("not.pem")}\" is not PEM; it must hold -----BEGIN PRIVATE "
                    + "KEY-----",
                "--clustermgr.tls.server-name \"a b\" is not a host name; write the one in the certificate",
            ],
            Load(
                "--clustermgr.url=10.0.0.1:9998",
                "--clustermgr.url=http://h:9998",
                "--clustermgr.url=http://H:9998",
                "--clustermgr.member=m",
                "--clustermgr.cluster= ",
                "--clustermgr.poll-interval=5",
                "--clustermgr.auth.secret-env=CM_ABSENT",
                $"--clustermgr.tls.key-file={folder.PathOf("not.pem")}",
                "--clustermgr.tls.server-name=a b"
            ).Errors
        );

    [Theory]
    [InlineData(
        "--clustermgr.auth.secret-file=absent",
        "--clustermgr.auth.secret-env=CM_SECRET",
        "--clustermgr.auth.secret-file and --clustermgr.auth.secret-env are both given; keep one"
    )]
    [InlineData(
        "--clustermgr.auth.secret-file=absent",
        "--clustermgr.timeout=2s",
        "--clustermgr.auth.secret-file \"absent\": no such file; name a file that holds the secret alone"
    )]
    [InlineData(
        "--clustermgr.auth.secret-env=hunter2",
        "--clustermgr.timeout=2s",
        "--clustermgr.auth.secret-env: the environment variable it names is not set; set it to the secret, or name a "
            + "file instead"
    )]
    public void ABadSecretIsRefused(string first, string second, string error) =>
        Assert.Equal([error], Load("--clustermgr.url=http://h:9998", first, second).Errors);

    [Fact]
    public void WhatIsHardlyMeantIsAWarning() =>
        Assert.Equal(
            [
                "--clustermgr.tls.server-name has no effect: no member's URL begins with https://",
                "timeout 3s is longer than poll_interval 1s: a member that does not answer in time skips polls; "
                    + "set timeout to 1s or less",
            ],
            Load(
                "--clustermgr.url=http://h:9998",
                "--clustermgr.tls.server-name=h",
                "--clustermgr.poll-interval=1s"
            ).Warnings
        );
}
