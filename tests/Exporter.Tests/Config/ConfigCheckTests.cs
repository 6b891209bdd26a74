using ClustermgrExporter.Commands;
using ClustermgrExporter.Hosting;
using Xunit;

namespace ClustermgrExporter.Tests.Config;

public sealed class ConfigCheckTests(ConfigFolder folder) : IClassFixture<ConfigFolder>
{
    private (int ExitCode, string Output, string Error) Run(string yaml)
    {
        folder.Write("exporter.yaml", yaml);
        var output = new StringWriter();
        var error = new StringWriter();
        var exitCode = ConfigCheck.Run(
            new ConfigSource(folder.PathOf("exporter.yaml"), null),
            ConfigFolder.Environment,
            DescriptorBudget.GetRequired,
            output,
            error
        );
        return (exitCode, Short(output), Short(error));
    }

    private string Short(StringWriter text) =>
        text.ToString().ReplaceLineEndings("\n").Replace(folder.Root + "/", "", StringComparison.Ordinal);

    [Fact]
    public void AValidFileIsSummedUp() =>
        Assert.Equal(
            (
                0,
                """
                exporter.yaml is valid: 2 clusters, 4 members, 1 warning
                  asks every 2s, waits 3s; task switches every 30s, disks every 1m30s, services every 1m, the scheduler every 30s
                  takes up to 94 file descriptors (LimitNOFILE in a systemd unit, --ulimit nofile of a container)
                  prod-z0: 10.0.0.1:9998, 10.0.0.2:9998, cm-3; with a secret; balance disabled; disk_repair enabled
                  prod-z1: h:443; TLS unverified

                """,
                """
                warning: exporter.yaml:1: timeout 3s is longer than poll_interval 2s: a member that does not answer in time skips polls; set timeout to 2s or less

                """
            ),
            Run(
                """
                poll_interval: 2s
                disk_interval: 90s
                clusters:
                - name: prod-z0
                  members: [http://10.0.0.1:9998, http://10.0.0.2:9998, { name: cm-3, url: http://10.0.0.3:9998 }]
                  auth: { secret_env: CM_SECRET }
                  tasks: { disk_repair: enabled, balance: disabled }
                - name: prod-z1
                  members: [https://h:443]
                  tls: { insecure_skip_verify: true }
                """
            )
        );

    [Fact]
    public void AnInvalidFileShowsAllItsErrorsAndEndsWithOne() =>
        Assert.Equal(
            (
                1,
                "",
                """
                exporter.yaml:1: poll_interval "2" has no unit; write 2s or 2ms
                exporter.yaml:4: unknown key "memebers" under clusters[0]; did you mean "members"?
                warning: exporter.yaml:4: clusters[0].tls has no effect: no member's URL begins with https://
                exporter.yaml is not valid: 2 errors

                """
            ),
            Run(
                """
                poll_interval: 2
                timeout: 10s
                clusters:
                - { name: a, members: [http://h:9998], memebers: [], tls: { server_name: h } }
                """
            )
        );

    [Fact]
    public void FlagsAreCheckedToo()
    {
        string[] flags = ["--clustermgr.url=http://127.0.0.1:9998", "--clustermgr.cluster=z0"];
        var source = ServeFlagsTests.Read(flags).Options!.Source!;
        var output = new StringWriter();
        var error = new StringWriter();
        Assert.Equal(0, ConfigCheck.Run(source, ConfigFolder.Environment, DescriptorBudget.GetRequired, output, error));
        Assert.Equal(
            """
            the command line is valid: 1 cluster, 1 member
              asks every 5s, waits 3s; task switches every 30s, disks every 1m, services every 1m, the scheduler every 30s
              takes up to 84 file descriptors (LimitNOFILE in a systemd unit, --ulimit nofile of a container)
              z0: node-7:9998; sidecar

            """,
            Short(output)
        );
        Assert.Equal("", error.ToString());
    }
}
