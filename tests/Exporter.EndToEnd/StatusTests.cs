using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class StatusTests
{
    private const string Secret = "s3cr3t-of-the-cluster";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AHealthyClusterEndsWithZero()
    {
        await using var cluster = Started();

        var (exit, output, error) = await ExporterProcess.RunAsync(["status", .. cluster.Flags, "--clustermgr.cluster=prod-z0"], Ct);

        Assert.Equal((0, ""), (exit, error));
        var columns = cluster.Members.Max(member => member.Length);
        Assert.Equal($"""
            prod-z0: healthy
              leader    {cluster.Label(1)} (node 1), term 7
              voters    3, 2 are a quorum
              margin    1 more may fail
              disks     0 not normal
              switches  0 off

              {"MEMBER".PadRight(columns)}  NODE  STATE     LEADER  TERM  COMMIT  APPLIED  LAST ANSWER
              {cluster.Label(1).PadRight(columns)}  1     leader    1       7     48210   48210    ok
              {cluster.Label(2).PadRight(columns)}  2     follower  1       7     48210   48210    ok
              {cluster.Label(3).PadRight(columns)}  3     follower  1       7     48210   48210    ok

            """, output);
    }

    [Fact]
    public async Task ALostQuorumEndsWithOneAndSaysSoFirst()
    {
        await using var cluster = Started();
        cluster.Simulated.Kill(2);
        cluster.Simulated.Kill(3);

        var (exit, output, error) = await ExporterProcess.RunAsync(["status", .. cluster.Flags, "--clustermgr.timeout=1s"], Ct);

        Assert.Equal((1, ""), (exit, error));
        Assert.StartsWith("""
            clustermgr: not healthy, 1 page and 2 tickets
              PAGE    QuorumLost  1 of 3 voters answer, 2 are needed.
              ticket  MemberDown  127.0.0.1:
            """, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereNobodyAnswersItEndsWithTwo()
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(["status", "--clustermgr.url=http://127.0.0.1:1"], Ct);

        Assert.Equal((2, ""), (exit, error));
        Assert.StartsWith("""
            clustermgr: cannot tell, the member does not answer for itself
              PAGE    ClusterBlind  The only member does not answer.

            """, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfAFileOneClusterMayBeChosenElseTheWorstCounts()
    {
        await using var cluster = Started();
        using var folder = new TempFolder();
        var file = folder.Write("exporter.yaml", $"""
            clusters:
            - name: prod-z0
              members: [{string.Join(", ", cluster.Members.Select(member => $"http://{member}"))}]
            - name: prod-z1
              members: [http://127.0.0.1:1]

            """);

        var (exit, output, error) = await ExporterProcess.RunAsync(["status", $"--config.file={file}"], Ct);
        Assert.Equal((2, ""), (exit, error));
        Assert.StartsWith("prod-z0: healthy\n", output, StringComparison.Ordinal);
        Assert.Contains("\n\nprod-z1: cannot tell, no member answers for itself\n", output, StringComparison.Ordinal);

        (exit, output, _) = await ExporterProcess.RunAsync(["status", $"--config.file={file}", "--cluster=prod-z0"], Ct);
        Assert.Equal(0, exit);
        Assert.DoesNotContain("prod-z1", output, StringComparison.Ordinal);
    }

    /// <summary>For whoever has no file, as beside a sidecar.</summary>
    [Fact]
    public async Task TheCallOfTheRunbooksThatNamesTheMembersJudgesTheCluster()
    {
        await using var cluster = Started();
        var line = Assert.Single(File.ReadLines(Path.Combine(ProgramUnderTest.Repository, "docs/runbooks.md")),
            line => line.StartsWith("clustermgr-exporter status ", StringComparison.Ordinal) && line.Contains("--clustermgr.url=", StringComparison.Ordinal));
        foreach (var (host, member) in ((string[])["A:9998", "B:9998", "C:9998"]).Zip(cluster.Members)) line = line.Replace(host, member, StringComparison.Ordinal);

        var (exit, output, error) = await ExporterProcess.RunAsync(line.Split(' ')[1..], Ct);

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("NAME: healthy\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no cluster is named; give --config.file=exporter.yaml, ")]
    [InlineData("--clustermgr.url=http://127.0.0.1:1 --cluster=clustrmgr", "--cluster \"clustrmgr\" is no cluster that is configured; did you mean \"clustermgr\"? known: clustermgr\n")]
    [InlineData("--clustermgr.url=http://127.0.0.1", "--clustermgr.url \"http://127.0.0.1\" has no port; ")]
    [InlineData("--config.file=/nonexistent/exporter.yaml", "/nonexistent/exporter.yaml: ")]
    [InlineData("--clutser=prod-z0", "there is no flag \"--clutser\"; did you mean --cluster?\n")]
    [InlineData($"--clustermgr.url=http://127.0.0.1:1 --clustermgr.auth.secret={Secret}", "--clustermgr.auth.secret is refused: ")]
    public async Task ACommandLineThatNamesNoClusterEndsWithTwoAndTheNextStep(string arguments, string expected)
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], Ct);

        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret, 0)]
    [InlineData("s3cr3t-of-another-one", 2)]
    public async Task TheSecretOpensItsClusterAndShowsNowhere(string secret, int expected)
    {
        await using var cluster = Started(Secret);
        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", .. cluster.Flags, "--clustermgr.auth.secret-env=CM_SECRET"], Ct, new Dictionary<string, string> { ["CM_SECRET"] = secret });

        Assert.Equal(expected, exit);
        Assert.Equal("", error);
        Assert.DoesNotContain("s3cr3t", output, StringComparison.Ordinal);
        Assert.Equal(expected == 2, output.Contains("MemberAuthRefused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhoStopsItIsToldThatNothingIsKnown()
    {
        using var hangs = new TcpListener(IPAddress.Loopback, 0);
        hangs.Start();
        await using var status = ProgramUnderTest.Start(["status", $"--clustermgr.url=http://{hangs.LocalEndpoint}", "--clustermgr.timeout=1m"]);
        using var asked = await hangs.AcceptTcpClientAsync(Ct).AsTask().WaitAsync(ExporterProcess.Patience, Ct);

        status.Signal(PosixSignal.SIGINT);

        Assert.Equal(2, await status.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Equal(("", "stopped before every member had answered\n"), (status.Output, status.Error));
    }

    private static LocalCluster Started(string? secret = null) => LocalCluster.Start(new SimulatorOptions
    {
        FirstLeader = 1,
        FirstTerm = 7,
        WritesPerSecond = 0,
        Secret = secret,
    });
}
