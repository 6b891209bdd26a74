using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
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

        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", .. cluster.Flags, "--clustermgr.cluster=prod-z0"],
            Ct
        );

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith(
            $"""
            prod-z0: healthy
              leader    {cluster.Label(1)} (node 1), term 7
              voters    3, 2 are a quorum
              margin    1 more may fail
              reads     reach a quorum
              disks     0 not normal
              switches  0 off

              MEMBER
            """,
            output,
            StringComparison.Ordinal
        );
        foreach (var node in (ulong[])[1, 2, 3])
        {
            Assert.Matches(
                $@"\n  {cluster.Label(node)} +{node} +(leader|follower) +1 +7 +48210 +48210 +ok +yes\n",
                output
            );
        }
        foreach (var heading in (string[])["PEER", "BLOBNODES IN", "SPACE", "VOLUMES", "SWITCH", "SERVICE"])
        {
            Assert.Contains($"\n\n  {heading} ", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task GivenAFollowerItFindsTheLeaderAndSaysWhomItCannotKnow()
    {
        await using var cluster = Started();

        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", $"--clustermgr.url=http://{cluster.Label(2)}"],
            Ct
        );

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith(
            $"clustermgr: no finding at the 2 members that were asked; what only the others know is not judged\n  "
                + $"leader    {cluster.Label(1)} (node 1), term 7\n",
            output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "  note      not asked: node 3 (raft 10.0.0.3:10110). Peers are listed by raft address, ",
            output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("ticket", 1)]
    [InlineData("page", 0)]
    public async Task AsJsonItIsOneDocumentWithTheExitCode(string failOn, int expected)
    {
        await using var cluster = Started();
        cluster.Simulated.SetSwitch("balance", "Enable");

        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", .. cluster.Flags, "-o", "json", $"--fail-on={failOn}"],
            Ct
        );

        Assert.Equal((expected, ""), (exit, error));
        var document = JsonNode.Parse(output)!;
        Assert.Equal(
            (1, expected, "TaskSwitchIneffective"),
            (
                (int)document["version"]!,
                (int)document["exitCode"]!,
                (string?)document["clusters"]![0]!["findings"]![0]!["name"]
            )
        );
    }

    [Fact]
    public async Task ALostQuorumEndsWithOneAndSaysSoFirst()
    {
        await using var cluster = Started();
        cluster.Simulated.Kill(2);
        cluster.Simulated.Kill(3);

        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", .. cluster.Flags, "--clustermgr.timeout=1s"],
            Ct
        );

        Assert.Equal((1, ""), (exit, error));
        Assert.StartsWith(
            """
            clustermgr: not healthy, 1 page and 2 tickets
              PAGE    QuorumLost  1 of 3 voters answer, 2 are needed.
              ticket  MemberDown  127.0.0.1:
            """,
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task WhereNobodyAnswersItEndsWithTwo()
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", "--clustermgr.url=http://127.0.0.1:1"],
            Ct
        );

        Assert.Equal((2, ""), (exit, error));
        Assert.StartsWith(
            """
            clustermgr: cannot tell, the member does not answer for itself
              PAGE    ClusterBlind  The only member does not answer.

            """,
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task OfAFileOneClusterMayBeChosenElseTheWorstCounts()
    {
        await using var cluster = Started();
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            $"""
            clusters:
            - name: prod-z0
              members: [{string.Join(", ", cluster.Members.Select(member => $"http://{member}"))}]
            - name: prod-z1
              members: [http://127.0.0.1:1]

            """
        );

        var (exit, output, error) = await ExporterProcess.RunAsync(["status", $"--config.file={file}"], Ct);
        Assert.Equal((2, ""), (exit, error));
        Assert.StartsWith(
            """
            2 clusters: 1 cannot be judged, 1 healthy
            prod-z1: cannot tell, no member answers for itself
              PAGE    ClusterBlind  The only member does not answer.

            """,
            output,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "\nprod-z0: healthy\n\nmembers, disks and switches: of all with --wide, of one with --cluster=NAME\n",
            output,
            StringComparison.Ordinal
        );

        (exit, output, error) = await ExporterProcess.RunAsync(["status", $"--config.file={file}", "--wide"], Ct);
        Assert.Equal((2, ""), (exit, error));
        Assert.StartsWith("prod-z0: healthy\n", output, StringComparison.Ordinal);
        Assert.Contains("\n\nprod-z1: cannot tell, no member answers for itself\n", output, StringComparison.Ordinal);

        (exit, output, _) = await ExporterProcess.RunAsync(
            ["status", $"--config.file={file}", "--cluster=prod-z0"],
            Ct
        );
        Assert.Equal(0, exit);
        Assert.DoesNotContain("prod-z1", output, StringComparison.Ordinal);
    }

    /// <summary>For deployments without a file, as with sidecars.</summary>
    [Fact]
    public async Task TheCallOfTheRunbooksThatNamesTheMembersJudgesTheCluster()
    {
        await using var cluster = Started();
        var line = Assert.Single(
            File.ReadLines(Path.Combine(ProgramUnderTest.Repository, "docs/runbooks.md")),
            line =>
                line.StartsWith("clustermgr-exporter status ", StringComparison.Ordinal)
                && line.Contains("--clustermgr.url=", StringComparison.Ordinal)
        );
        foreach (var (host, member) in ((string[])["A:9998", "B:9998", "C:9998"]).Zip(cluster.Members))
        {
            line = line.Replace(host, member, StringComparison.Ordinal);
        }
        var (exit, output, error) = await ExporterProcess.RunAsync(line.Split(' ')[1..], Ct);

        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("NAME: healthy\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no cluster is named; give --config.file=exporter.yaml, ")]
    [InlineData(
        "--clustermgr.url=http://127.0.0.1:1 --cluster=clustrmgr",
        "--cluster \"clustrmgr\" is not a configured cluster; did you mean \"clustermgr\"? known: clustermgr\n"
    )]
    [InlineData("--clustermgr.url=http://127.0.0.1", "--clustermgr.url \"http://127.0.0.1\" has no port; ")]
    [InlineData("--config.file=/nonexistent/exporter.yaml", "/nonexistent/exporter.yaml: ")]
    [InlineData("--clustermgr.url=http://127.0.0.1:1 -o yaml", "--output is \"yaml\"; write table or json\n")]
    [InlineData(
        "--clustermgr.url=http://127.0.0.1:1 --fail-on=never",
        "--fail-on is \"never\"; write ticket or page\n"
    )]
    [InlineData("--clustermgr.url=http://127.0.0.1:1 --color=red", "--color is \"red\"; write auto, always or never\n")]
    [InlineData("--clustermgr.url=http://127.0.0.1:1 --watch=5", "--watch \"5\" has no unit; write 5s or 5ms\n")]
    [InlineData("--clutser=prod-z0", "there is no flag \"--clutser\"; did you mean --cluster?\n")]
    [InlineData(
        $"--clustermgr.url=http://127.0.0.1:1 --clustermgr.auth.secret={Secret}",
        "--clustermgr.auth.secret is refused: "
    )]
    public async Task ACommandLineThatNamesNoClusterEndsWithTwoAndTheNextStep(string arguments, string expected)
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["status", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            Ct
        );

        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Secret, 0, "table")]
    [InlineData(Secret, 0, "json")]
    [InlineData("s3cr3t-of-another-one", 2, "table")]
    [InlineData("s3cr3t-of-another-one", 2, "json")]
    public async Task TheSecretOpensItsClusterAndShowsNowhere(string secret, int expected, string format)
    {
        await using var cluster = Started(Secret);
        await using var watch = ProgramUnderTest.Start(
            [
                "status",
                .. cluster.Flags,
                "--clustermgr.auth.secret-env=CM_SECRET",
                "--watch=200ms",
                $"--output={format}",
            ],
            new Dictionary<string, string> { ["CM_SECRET"] = secret }
        );
        await SaysAsync(watch, expected == 2 ? "MemberAuthRefused" : "healthy");
        var processes = await File.ReadAllTextAsync($"/proc/{watch.Id}/cmdline", Ct);
        watch.Signal(PosixSignal.SIGINT);

        Assert.Equal(expected, await watch.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Equal("", watch.Error);
        Assert.DoesNotContain("s3cr3t", watch.Output + processes, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(
            Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(secret)),
            watch.Output + processes,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task WhoStopsItIsToldThatNothingIsKnown()
    {
        using var hangs = new TcpListener(IPAddress.Loopback, 0);
        hangs.Start();
        await using var status = ProgramUnderTest.Start([
            "status",
            $"--clustermgr.url=http://{hangs.LocalEndpoint}",
            "--clustermgr.timeout=1m",
        ]);
        using var asked = await hangs.AcceptTcpClientAsync(Ct).AsTask().WaitAsync(ExporterProcess.Patience, Ct);

        status.Signal(PosixSignal.SIGINT);

        Assert.Equal(2, await status.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Equal(("", "stopped before every member had answered\n"), (status.Output, status.Error));
    }

    private static Task SaysAsync(ChildProcess child, string text) =>
        Eventually.HoldsAsync(
            ExporterProcess.Patience,
            text,
            _ => Task.FromResult(child.Output.Contains(text, StringComparison.Ordinal)),
            () => child,
            Ct
        );

    private static LocalCluster Started(string? secret = null) =>
        LocalCluster.Start(
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 7,
                WritesPerSecond = 0,
                Secret = secret,
            }
        );
}
