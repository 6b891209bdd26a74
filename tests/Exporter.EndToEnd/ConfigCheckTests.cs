using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class ConfigCheckTests
{
    private const string Bad = """
        poll_intervall: 5s
        timeout: 3
        clusters:
        - name: prod
          members: [http://10.0.0.1]
          auth: { secret: hunter2 }

        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AValidFileIsToldInAFewLinesAndEndsWithZero()
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            """
            poll_interval: 15s
            clusters:
            - name: prod-z0
              members: [http://10.0.0.1:9998, http://10.0.0.2:9998]
              tasks: { disk_repair: enabled, balance: disabled }
            - name: prod-z1
              members: [{ name: cm-1, url: http://10.0.1.1:9998 }]

            """
        );

        var (exit, output, error) = await ExporterProcess.RunAsync([$"--config.file={file}", "--config.check"], Ct);

        Assert.Equal("", error);
        Assert.Equal(
            $"""
            {file} is valid: 2 clusters, 3 members
              asks every 15s, waits 3s; task switches every 30s, disks every 1m, services every 1m, the scheduler every 30s
              takes up to 91 file descriptors (LimitNOFILE in a systemd unit, --ulimit nofile of a container)
              prod-z0: 10.0.0.1:9998, 10.0.0.2:9998; balance disabled; disk_repair enabled
              prod-z1: cm-1

            """,
            output
        );
        Assert.Equal(0, exit);
    }

    [Fact]
    public async Task AFileWithErrorsIsRefusedWithAllOfThemAndTheirLinesButNoSecret()
    {
        using var folder = new TempFolder();
        var file = folder.Write("exporter.yaml", Bad);

        var (exit, output, error) = await ExporterProcess.RunAsync([$"--config.file={file}", "--config.check"], Ct);

        Assert.Equal("", output);
        Assert.Equal(ErrorsOf(file) + $"{file} is not valid: 4 errors\n", error);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task AStartWithAFileThatHasErrorsShowsThemAllAndListensNowhere()
    {
        using var folder = new TempFolder();
        var file = folder.Write("exporter.yaml", Bad);
        // This port is taken: if it listened before it read the file, it would report the port.
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();

        var (exit, output, error) = await ExporterProcess.RunAsync(
            [$"--config.file={file}", $"--web.listen-address={taken.LocalEndpoint}"],
            Ct
        );

        Assert.Equal("", output);
        Assert.Equal(ErrorsOf(file) + $"{file} is not valid; nothing was started\n", error);
        Assert.Equal(1, exit);
    }

    [Fact]
    public async Task AFileThatIsNotThereIsRefusedWithWhatToDo()
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(["--config.file=/nonexistent/exporter.yaml"], Ct);

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith("/nonexistent/exporter.yaml: ", error, StringComparison.Ordinal);
        Assert.Contains("exporter.example.yaml shows all keys", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStartWithoutAnyClusterSaysTheThreeWaysToName()
    {
        var (exit, output, error) = await ExporterProcess.RunAsync([], Ct);

        Assert.Equal((2, ""), (exit, output));
        Assert.Contains("--config.file=", error, StringComparison.Ordinal);
        Assert.Contains("--clustermgr.url=", error, StringComparison.Ordinal);
        Assert.Contains("clustermgr-exporter demo", error, StringComparison.Ordinal);
    }

    private static string ErrorsOf(string file) =>
        $"""
            {file}:1: unknown key "poll_intervall" at the top level; did you mean "poll_interval"?
            {file}:2: timeout "3" has no unit; write 3s or 3ms
            {file}:5: clusters[0].members[0] "http://10.0.0.1" has no port; {MissingPort}
            {file}:6: clusters[0].auth.secret is refused: {SecretInFile}

            """;

    private const string MissingPort = "clustermgr listens on 9998: write http://10.0.0.1:9998";
    private const string SecretInFile =
        "a secret does not belong in this file, where many can read it; put it into a file or an environment "
        + "variable and name that by secret_file or secret_env";
}
