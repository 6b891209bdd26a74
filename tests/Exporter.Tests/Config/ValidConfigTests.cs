using Clustermgr.Configuration;
using Clustermgr.Formatting;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class ValidConfigTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private ExporterConfig Valid(string yaml)
    {
        var result = folder.Parse(yaml);
        Assert.Empty(result.Errors);
        return result.Config!;
    }

    private ClusterConfig ValidCluster(string settings) =>
        Assert.Single(Valid($"clusters:\n- name: a\n  members: [https://h:9998]\n  {settings}\n").Clusters);

    [Fact]
    public void EverySettingArrives()
    {
        var config = Valid(
            """
            poll_interval: 1m30s
            timeout: 500ms
            task_interval: 1h
            disk_interval: 100ms
            service_interval: 2m
            stale_after: 7
            max_body_bytes: 64KiB
            clusters:
            - name: "prod z0"
              members: [http://10.0.0.1:9998, { name: second, url: "https://[::1]:443" }]
              tasks: { disk_repair: enabled, balance: disabled }
            - { name: other, members: [http://CM-1.example:9998/] }
            """
        );
        Assert.Equal(TimeSpan.FromSeconds(90), config.PollInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(500), config.Timeout);
        Assert.Equal(TimeSpan.FromHours(1), config.TaskInterval);
        Assert.Equal(TimeSpan.FromMilliseconds(100), config.DiskInterval);
        Assert.Equal(TimeSpan.FromMinutes(2), config.ServiceInterval);
        Assert.Equal(7, config.StaleAfter);
        Assert.Equal(65536, config.MaxBodyBytes);
        Assert.Equal(["prod z0", "other"], config.Clusters.Select(cluster => cluster.Name));
        Assert.Equal(
            [("10.0.0.1:9998", "http://10.0.0.1:9998/"), ("second", "https://[::1]/")],
            config.Clusters[0].Members.Select(member => (member.Name, member.Url.AbsoluteUri))
        );
        Assert.Equal(443, config.Clusters[0].Members[1].Url.Port);
        Assert.Equal("CM-1.example:9998", Assert.Single(config.Clusters[1].Members).Name);
        Assert.Equal([new("balance", false), new("disk_repair", true)], config.Clusters[0].Tasks);
        Assert.All(config.Clusters, cluster => Assert.False(cluster.Sidecar));
        Assert.All(config.Clusters, cluster => Assert.Null(cluster.Secret));
        Assert.All(config.Clusters, cluster => Assert.Null(cluster.Tls));
    }

    [Fact]
    public void WhatIsLeftOutHasItsDocumentedDefault()
    {
        var config = Valid("clusters: [{ name: a, members: [http://h:9998] }]");
        Assert.Equal(
            ("5s", "3s", "30s", "1m", "1m", 3, 8388608),
            (
                DurationText.Format(config.PollInterval),
                DurationText.Format(config.Timeout),
                DurationText.Format(config.TaskInterval),
                DurationText.Format(config.DiskInterval),
                DurationText.Format(config.ServiceInterval),
                config.StaleAfter,
                config.MaxBodyBytes
            )
        );
    }

    [Theory]
    [InlineData("auth: { secret_file: secret }")]
    [InlineData("auth: { secret_file: secret-without-newline }")]
    [InlineData("auth: { secret_file: folder/../secret }")]
    [InlineData("auth: { secret_env: CM_SECRET }")]
    public void ASecretComesWithoutItsNewline(string auth) =>
        Assert.Equal(ConfigFolder.SecretText, ValidCluster(auth).Secret!.Reveal());

    [Fact]
    public void ASecretDoesNotShowInTheTextOfTheConfiguration()
    {
        var config = Valid("clusters: [{ name: a, members: [http://h:9998], auth: { secret_file: secret } }]");
        Assert.DoesNotContain(ConfigFolder.SecretText, $"{config} {config.Clusters[0]}", StringComparison.Ordinal);
    }

    [Fact]
    public void TlsFilesAreNamedFromTheFolderOfTheFile()
    {
        var tls = ValidCluster(
            "tls: { ca_file: client.pem, cert_file: client.pem, key_file: client.key, server_name: cm, "
                + "insecure_skip_verify: true }"
        ).Tls!;
        var certificate = folder.PathOf("client.pem");
        var key = folder.PathOf("client.key");
        Assert.Equal(new TlsConfig(certificate, certificate, key, "cm", true), tls with { Digest = "" });
    }

    [Fact]
    public void ACompleteFileOfCertificateAndKeyMayServeAsBoth()
    {
        string[] parts = ["client.pem", "client.key"];
        folder.Write("both.pem", string.Join('\n', parts.Select(part => File.ReadAllText(folder.PathOf(part)))));
        Assert.NotNull(ValidCluster("tls: { cert_file: both.pem, key_file: both.pem }").Tls);
    }

    [Theory]
    [InlineData(
        "poll_interval: 1s",
        "http",
        "",
        "1: timeout 3s is longer than poll_interval 1s: a member that does not "
            + "answer in time skips polls; set timeout to 1s or less"
    )]
    [InlineData(
        "timeout: 6s",
        "http",
        "",
        "1: timeout 6s is longer than poll_interval 5s: a member that does not "
            + "answer in time skips polls; set timeout to 5s or less"
    )]
    [InlineData(
        "stale_after: 3",
        "http",
        "tls: { server_name: h }",
        "5: clusters[0].tls has no effect: no member's URL begins with https://"
    )]
    [InlineData(
        "stale_after: 3",
        "http",
        "auth: { secret_file: secret-open }",
        "5: clusters[0].auth.secret_file \"FOLDER/secret-open\" can be read by every user; chmod 0400 it"
    )]
    [InlineData(
        "stale_after: 3",
        "https",
        "tls: { cert_file: client.pem, key_file: open.key }",
        "5: clusters[0].tls.key_file \"FOLDER/open.key\" can be read by every user; chmod 0400 it"
    )]
    public void WhatWorksButIsHardlyMeantIsAWarning(string top, string scheme, string setting, string warning)
    {
        var yaml = $"{top}\nclusters:\n- name: a\n  members: [{scheme}://h:9998]\n  {setting}\n";
        Assert.Equal([warning], folder.WarningsOf(yaml));
        Assert.NotNull(Valid(yaml));
    }

    [Fact]
    public void ATimeoutAsLongAsTheIntervalIsNoReasonToWarn() =>
        Assert.Empty(folder.WarningsOf("timeout: 5s\nclusters: [{ name: a, members: [http://h:9998] }]"));
}
