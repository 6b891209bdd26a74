using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using ClustermgrSimulator.Faults;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>The verbs that change a cluster, called as by a script, on real sockets.</summary>
public sealed class AdminTests
{
    private const string Secret = "s3cr3t-of-the-cluster";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("task disable balance", "done: balance is \"false\" (disabled), was \"true\" (enabled)\n")]
    [InlineData("leader transfer --peer=2", "done: node 2 (MEMBER2) leads in term 8; 3 voters, 2 are a quorum\n")]
    [InlineData(
        "member remove --peer=3",
        "done: the leader no longer lists node 3 (MEMBER3); now node 1 (MEMBER1) leads in term 7; 2 voters, 2 are a "
            + "quorum\n"
    )]
    [InlineData(
        "member add --peer=4 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998 --learner",
        "done: the leader lists node 4 (10.0.0.4:10110) as a learner; now node 1 (MEMBER1) leads in term 7; 3 "
            + "voters and 1 learner, 2 are a quorum\n"
    )]
    public async Task EachVerbIsDoneAndSeen(string call, string done)
    {
        await using var cluster = Started();

        var (exit, output, error) = await ExporterProcess.RunAsync([.. call.Split(' '), "--yes", .. cluster.Flags], Ct);

        Assert.True(exit == 0, $"{exit}: {output}{error}");
        Assert.Contains("\nsent: 200\n", output, StringComparison.Ordinal);
        Assert.Contains(
            Regex.Replace(done, @"MEMBER(\d)", number => cluster.Label(ulong.Parse(number.Groups[1].ValueSpan))),
            output,
            StringComparison.Ordinal
        );
        Assert.Equal(1, cluster.Simulated.WritesReceived);
    }

    [Theory]
    [InlineData("task list", "disk_repair             enabled  \"true\"")]
    [InlineData("member list", "  voter   replicate  0")]
    [InlineData("leader show", "  could lead  node 2 (")]
    public async Task EachVerbShows(string call, string shown)
    {
        await using var cluster = Started();

        var (exit, output, error) = await ExporterProcess.RunAsync([.. call.Split(' '), .. cluster.Flags], Ct);

        Assert.Equal((0, ""), (exit, error));
        Assert.Contains(shown, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("task enable vol_inspect --yes", 1, "refused: no version of CubeFS reads vol_inspect")]
    [InlineData("task disable balance", 1, "not sent: no terminal to confirm on; --yes sends it\n")]
    [InlineData("member remove --peer=1 --yes", 1, "refused: node 1 (")]
    [InlineData("member remove --peer=9 --yes", 1, "refused: there is no peer 9; the leader lists 1, 2, 3\n")]
    [InlineData("member add --peer=2 --host=10.0.0.4:10110 --node-host=10.0.0.4:9998 --yes", 1, "refused: node 2 (")]
    [InlineData("leader transfer --peer=1 --yes", 1, "refused: node 1 (")]
    [InlineData(
        "task disable",
        2,
        "Required argument 'KEY' missing for command: 'disable'.\nclustermgr-exporter task disable --help lists all "
            + "there is\n"
    )]
    [InlineData(
        "member remove 3",
        2,
        "\"3\" is one word too many: member remove takes flags, such as --peer\nclustermgr-exporter member remove "
            + "--help lists all there is\n"
    )]
    [InlineData(
        "task enable balance now",
        2,
        "\"now\" is one word too many\nclustermgr-exporter task enable --help lists all there is\n"
    )]
    [InlineData(
        "task enabel balance",
        2,
        "there is no verb \"enabel\" here; did you mean enable?\nclustermgr-exporter task --help lists all there is\n"
    )]
    [InlineData(
        "member remove --pear=3",
        2,
        "there is no flag \"--pear\"; did you mean --peer?\nclustermgr-exporter member remove --help lists all "
            + "there is\n"
    )]
    public async Task EachRefusalIsToldByItsExitCodeAndSendsNothing(string call, int expected, string why)
    {
        await using var cluster = Started();

        var (exit, _, error) = await ExporterProcess.RunAsync([.. call.Split(' '), .. cluster.Flags], Ct);

        Assert.Equal(expected, exit);
        Assert.StartsWith(why, error, StringComparison.Ordinal);
        Assert.Equal(0, cluster.Simulated.WritesReceived);
    }

    [Theory]
    [InlineData(
        WriteFault.Ignore,
        3,
        "not seen within 1s: balance is \"true\" (enabled)\nlook again: clustermgr-exporter task list "
    )]
    [InlineData(
        WriteFault.CutBefore,
        3,
        "unknown whether it took effect: connection reset before an answer\nnot seen within 1s: balance is \"true\" "
            + "(enabled)\n"
            + "check before sending it again: clustermgr-exporter task list "
    )]
    [InlineData(WriteFault.CutAfter, 0, "unknown whether it took effect: connection reset before an answer\n")]
    public async Task WhatNoAnswerTellsIsLookedForAndNotSentAgain(WriteFault fault, int expected, string why)
    {
        await using var cluster = Started();
        cluster.Simulated.SetFaults(1, new MemberFaults { Writes = fault });

        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["task", "disable", "balance", "--yes", "--wait=1s", .. cluster.Flags],
            Ct
        );

        Assert.True(exit == expected, $"{exit}: {output}{error}");
        Assert.StartsWith(why, error, StringComparison.Ordinal);
        Assert.Equal(1, cluster.Simulated.WritesReceived);
        if (exit == 0)
        {
            return;
        }
        var lookup = error.Trim().Split("clustermgr-exporter ")[1].Split(' '); // the suggested call shows the state
        Assert.Contains(
            "balance                 enabled",
            (await ExporterProcess.RunAsync(lookup, Ct)).Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(Secret, 0)]
    [InlineData("s3cr3t-of-another-one", 2)]
    public async Task TheSecretOpensItsClusterAndShowsNowhere(string secret, int expected)
    {
        await using var cluster = Started(Secret);
        using var folder = new TempFolder();
        var file = folder.Write("secret", secret + "\n");
        var seen = "";
        foreach (
            var call in (string[])
                ["task disable balance --yes", "member list -o json", "leader transfer --peer=2 --yes --wait=1s"]
        )
        {
            await using var child = ProgramUnderTest.Start([
                .. call.Split(' '),
                .. cluster.Flags,
                $"--clustermgr.auth.secret-file={file}",
            ]);
            seen += File.Exists($"/proc/{child.Id}/cmdline")
                ? await File.ReadAllTextAsync($"/proc/{child.Id}/cmdline", Ct)
                : "";
            Assert.Equal(expected, await child.EndAsync(ExporterProcess.Patience, Ct));
            seen += child.Output + child.Error;
        }

        Assert.DoesNotContain("s3cr3t", seen, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(
            expected == 0 ? "done: node 2" : "HTTP 403: the member refuses the token",
            seen,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("y\n", 0, "sent: 200")]
    [InlineData("n\n", 1, "not sent")]
    [InlineData("\u0003", 1, "stopped; nothing was sent")] // Ctrl-C
    public async Task AtATerminalItAsks(string typed, int expected, string said)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "script is missing: no terminal can be created");
        await using var cluster = Started();
        await using var terminal = ProgramUnderTest.StartOnTerminal(
            200,
            ["task", "disable", "balance", .. cluster.Flags]
        );
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it is about to ask",
            _ =>
                Task.FromResult(
                    terminal.Output.Contains("{\"key\":\"balance\",\"value\":\"false\"}", StringComparison.Ordinal)
                ),
            () => terminal,
            Ct
        );

        await terminal.PressAsync(typed, Ct);

        Assert.Equal(expected, await terminal.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Contains("send it? [y/N] ", terminal.Output, StringComparison.Ordinal);
        Assert.Contains(said, terminal.Output, StringComparison.Ordinal);
        Assert.Equal(expected == 0 ? 1 : 0, cluster.Simulated.WritesReceived);
    }

    [Fact]
    public async Task WhoStopsItWhileItLooksIsToldThatItWasSent()
    {
        await using var cluster = Started();
        cluster.Simulated.SetFaults(1, new MemberFaults { Writes = WriteFault.Ignore });
        await using var child = ProgramUnderTest.Start([
            "task",
            "disable",
            "balance",
            "--yes",
            "--wait=1h",
            .. cluster.Flags,
        ]);
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it says that it was sent",
            _ => Task.FromResult(child.Output.Contains("sent: 200", StringComparison.Ordinal)),
            () => child,
            Ct
        );

        child.Signal(PosixSignal.SIGINT);

        Assert.Equal(3, await child.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Matches("^not seen before it was stopped: .*\nlook again: clustermgr-exporter task list ", child.Error);
    }

    [Fact]
    public async Task TheManualPageAndTheScriptsArePrinted()
    {
        foreach (
            var (call, begins) in (IEnumerable<(string, string)>)
                [
                    ("man", ".TH CLUSTERMGR"),
                    ("completion bash", "# bash completion"),
                    ("completion zsh", "#compdef clustermgr-exporter\n"),
                    ("completion fish", "# fish completion"),
                ]
        )
        {
            var (exit, output, error) = await ExporterProcess.RunAsync(call.Split(' '), Ct);

            Assert.Equal((0, ""), (exit, error));
            Assert.StartsWith(begins, output, StringComparison.Ordinal);
        }
    }

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
