using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>status on a terminal, and status --watch.</summary>
public sealed partial class StatusWatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OnATerminalItHasColoursAndFitsUnlessToldOtherwise()
    {
        Programs.Need("script", "bsdutils");
        await using var cluster = Started();
        cluster.Simulated.SetSwitch("balance", "Enable");
        foreach (
            var (columns, variable, flag, coloured) in ((int, string, string, bool)[])
                [
                    (80, "", "auto", true),
                    (200, "", "auto", true),
                    (80, "1", "auto", false),
                    (80, "1", "always", true),
                    (80, "", "never", false),
                ]
        )
        {
            await using var status = ProgramUnderTest.StartOnTerminal(
                columns,
                ["status", .. cluster.Flags, $"--color={flag}", "--clustermgr.timeout=30s"],
                new Dictionary<string, string> { ["NO_COLOR"] = variable, ["TERM"] = "xterm" }
            );
            Assert.Equal(1, await status.EndAsync(ExporterProcess.Patience, Ct));
            var lines = status.Output.Replace("\r", "", StringComparison.Ordinal).Split('\n');
            Assert.Equal(
                coloured,
                lines.Any(line =>
                    line.Contains("\u001b[33mticket\u001b[0m  TaskSwitchIneffective", StringComparison.Ordinal)
                )
            );
            Assert.Equal(
                !coloured,
                lines.Any(line => line.Contains("  ticket  TaskSwitchIneffective", StringComparison.Ordinal))
            );
            Assert.Equal(
                columns == 80,
                status.Output.Contains("left out, as 80 columns are not enough", StringComparison.Ordinal)
            );
            Assert.All(lines, line => Assert.True(Escape().Replace(line, "").Length <= columns, line));
        }
    }

    [Fact]
    public async Task AWatchInAPipeShowsOneStateAfterTheOtherAndEndsWithTheLast()
    {
        await using var cluster = Started();
        await using var watch = ProgramUnderTest.Start([
            "status",
            .. cluster.Flags,
            "--watch=200ms",
            "--clustermgr.timeout=30s",
        ]);
        await SaysAsync(watch, "clustermgr: healthy\n");

        cluster.Simulated.Kill(3);
        await SaysAsync(
            watch,
            "clustermgr: not healthy, 1 page and 1 ticket (before: healthy)\n* PAGE    NoQuorumMargin"
        );
        watch.Signal(PosixSignal.SIGINT);

        Assert.Equal(1, await watch.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Equal("", watch.Error);
        Assert.DoesNotContain('\u001b', watch.Output);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\nclustermgr: healthy\n", watch.Output);
    }

    [Fact]
    public async Task AWatchOnATerminalDrawsInPlaceAndNoLongerThanItIs()
    {
        Programs.Need("script", "bsdutils");
        await using var cluster = Started();
        await using var watch = ProgramUnderTest.StartOnTerminal(
            80,
            ["status", .. cluster.Flags, "--watch=200ms", "--clustermgr.timeout=30s"],
            new Dictionary<string, string> { ["TERM"] = "xterm", ["NO_COLOR"] = "" }
        );
        // The table has more than the 50 lines of the terminal; a message says how many are cut off.
        await SaysAsync(watch, "lines more than fit here; Ctrl-C ends it");

        cluster.Simulated.SetSwitch("balance", "Enable");
        await SaysAsync(watch, "\u001b[33;7mticket\u001b[0m");

        var frames = watch.Output.Replace("\r", "", StringComparison.Ordinal).Split("\u001b[H")[1..^1];
        Assert.All(frames, frame => Assert.True(frame.Split('\n').Length <= 50, frame));
    }

    [Fact]
    public async Task AsJsonAWatchIsALineForEachState()
    {
        await using var cluster = Started();
        await using var watch = ProgramUnderTest.Start([
            "status",
            .. cluster.Flags,
            "--watch=200ms",
            "--output=json",
            "--clustermgr.timeout=30s",
        ]);
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "three states",
            _ => Task.FromResult(watch.Output.Split('\n').Length > 3),
            () => watch,
            Ct
        );
        watch.Signal(PosixSignal.SIGINT);

        Assert.Equal(0, await watch.EndAsync(ExporterProcess.Patience, Ct));
        Assert.All(
            watch.Output.TrimEnd('\n').Split('\n'),
            line => Assert.Equal("healthy", (string?)JsonNode.Parse(line)!["clusters"]![0]!["verdict"])
        );
    }

    private static Task SaysAsync(ChildProcess child, string text) =>
        Eventually.HoldsAsync(
            ExporterProcess.Patience,
            text,
            _ => Task.FromResult(child.Output.Contains(text, StringComparison.Ordinal)),
            () => child,
            Ct
        );

    private static LocalCluster Started() =>
        LocalCluster.Start(
            new SimulatorOptions
            {
                FirstLeader = 1,
                FirstTerm = 7,
                WritesPerSecond = 0,
            }
        );

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z=>]|\u001b[=>]")]
    private static partial Regex Escape();
}
