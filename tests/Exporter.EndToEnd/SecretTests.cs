using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class SecretTests
{
    private const string Right = "s3cr3t-of-the-cluster";
    private const string Wrong = "s3cr3t-of-another-one";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Right, "ok", "1", "--log.level=debug")]
    [InlineData(Wrong, "auth", "0", "--log.level=debug")]
    [InlineData(Wrong, "auth", "0", "--log.format=json")]
    public async Task TheSecretOfAFileOpensItsClusterAndShowsNowhere(
        string secret,
        string outcome,
        string up,
        string flag
    )
    {
        await using var cluster = LocalCluster.Start(new SimulatorOptions { Secret = Right, FirstLeader = 1 });
        using var folder = new TempFolder();
        var file = folder.Write("secret", secret + "\n");
        await using var exporter = await ExporterProcess.StartAsync(
            [.. cluster.Flags, $"--clustermgr.auth.secret-file={file}", flag],
            Ct
        );
        await exporter.ReadyAsync(Ct);

        var page = await exporter.ScrapeUntilAsync(
            $"/config/get of the leader is asked, or nobody is up",
            page =>
                up == "0"
                || page.All("clustermgr_polls_total", "endpoint=config", "outcome=ok").Sum(polls => polls.Value) > 0,
            Ct
        );

        Assert.All(page.All("clustermgr_up"), member => Assert.Equal(up, member.Text));
        Assert.All(
            page.All("clustermgr_polls_total", "endpoint=stat", $"outcome={outcome}"),
            polls => Assert.NotEqual("0", polls.Text)
        );
        var seen = string.Join(
            '\n',
            await exporter.TextAsync("/metrics", Ct),
            await exporter.TextAsync("/", Ct),
            await exporter.TextAsync("/-/ready", Ct),
            await exporter.TextAsync("/api/v1/clusters", Ct),
            await exporter.TextAsync("/api/v1/events", Ct),
            await File.ReadAllTextAsync($"/proc/{exporter.Child.Id}/cmdline", Ct)
        );
        exporter.Child.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        await exporter.Child.EndAsync(ExporterProcess.Patience, Ct);
        Assert.DoesNotContain(
            "s3cr3t",
            seen + exporter.Child.Output + exporter.Child.Error,
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Contains("127.0.0.1", exporter.Child.Error, StringComparison.Ordinal); // it has logged something
    }

    [Fact]
    public async Task ASecretOnTheCommandLineIsRefusedAndNotRepeated()
    {
        foreach (
            var given in (string[][])
                [
                    [$"--clustermgr.auth.secret={Right}"],
                    ["--clustermgr.auth.secret", Right],
                ]
        )
        {
            var (exit, output, error) = await ExporterProcess.RunAsync(
                ["--clustermgr.url=http://127.0.0.1:1", .. given],
                Ct
            );

            Assert.Equal((2, ""), (exit, output));
            Assert.Contains("--clustermgr.auth.secret-file", error, StringComparison.Ordinal);
            Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
        }
    }
}
