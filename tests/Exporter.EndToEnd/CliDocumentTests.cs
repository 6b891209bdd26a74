using System.Runtime.InteropServices;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>The commands of docs/cli.md work as described, with other addresses and another file.</summary>
public sealed class CliDocumentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string Document => File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "docs/cli.md"));

    public static TheoryData<string> StatusLines => [.. Lines("status")];

    public static TheoryData<string> RehearseLines => [.. Lines("rehearse")];

    public static TheoryData<string> AlertingLines => [.. Lines("alerting")];

    [Theory]
    [MemberData(nameof(StatusLines))]
    public async Task AnExampleOfStatusTellsAHealthyCluster(string line)
    {
        await using var cluster = LocalCluster.Start(new SimulatorOptions { FirstLeader = 1 });
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            $"clusters:\n- name: prod-z0\n  members: "
                + $"[{string.Join(", ", cluster.Members.Select(member => $"http://{member}"))}]\n"
        );
        foreach (var node in (ulong[])[1, 2, 3])
        {
            line = line.Replace($"10.0.0.{node}:9998", cluster.Label(node), StringComparison.Ordinal);
        }
        await using var status = ProgramUnderTest.Start(
            line.Replace("exporter.yaml", file, StringComparison.Ordinal).Split(' ')[1..]
        );

        if (line.Contains("--watch", StringComparison.Ordinal))
        {
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                "a state",
                _ => Task.FromResult(status.Output.Contains("prod-z0", StringComparison.Ordinal)),
                () => status,
                Ct
            );
            status.Signal(PosixSignal.SIGINT);
        }

        // A small cluster cannot take writes without one of its hosts, two disks or an IDC.
        var harms = line.Contains("--without-", StringComparison.Ordinal) ? 1 : 0;
        Assert.Equal((harms, ""), (await status.EndAsync(ExporterProcess.Patience, Ct), status.Error));
        Assert.Matches(
            "(prod-z0|clustermgr): (healthy|no finding at the 2 members)|\"verdict\": ?\"healthy\"",
            status.Output
        );
    }

    /// <summary>Each runs until it has printed its forecast.</summary>
    [Theory]
    [MemberData(nameof(RehearseLines))]
    public async Task AnExampleOfRehearseBeginsAndEndsWhenStopped(string line)
    {
        using var alertmanager = new FakeAlertmanager();
        line = line.Replace("http://127.0.0.1:9093", alertmanager.Root.ToString(), StringComparison.Ordinal);
        string[] served = line.Contains("--alertmanager.url", StringComparison.Ordinal)
            ? []
            : ["--web.listen-address=127.0.0.1:0"];
        await using var rehearsal = ProgramUnderTest.Start([.. line.Split(' ')[1..], .. served]);
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "it says what will happen",
            _ => Task.FromResult(rehearsal.Output.Contains("Ctrl-C ends it", StringComparison.Ordinal)),
            () => rehearsal,
            Ct
        );
        if (line.Contains("quorum-lost", StringComparison.Ordinal))
        {
            // As in the document, except for the random times.
            foreach (
                var row in Block("  ALERT ")
                    .Split('\n')
                    .Select(row =>
                        System.Text.RegularExpressions.Regex.Replace(
                            System.Text.RegularExpressions.Regex.Escape(row),
                            @"\d+:\d\d",
                            @"\d+:\d\d"
                        )
                    )
            )
            {
                Assert.Matches($"(?m)^{row}$", rehearsal.Output);
            }
        }

        rehearsal.Signal(PosixSignal.SIGINT);

        var code = await rehearsal.EndAsync(ExporterProcess.Patience, Ct);
        Assert.True(code == 0, $"{code}\n{rehearsal}");
    }

    [Theory]
    [MemberData(nameof(AlertingLines))]
    public async Task AnExampleOfAlertingIsTaken(string line)
    {
        using var alertmanager = new FakeAlertmanager();
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            $"clusters: [{{ name: a, members: ['http://127.0.0.1:1'] }}]\n"
                + $"alerting: {{ alertmanagers: [{{ url: '{alertmanager.Root}' }}] }}\n"
        );
        var (exit, output, error) = await ExporterProcess.RunAsync(
            line.Replace("exporter.yaml", file, StringComparison.Ordinal).Split(' ')[1..],
            Ct
        );
        Assert.Equal((0, ""), (exit, error));
        Assert.EndsWith(
            "every Alertmanager took it; alertname=\"ClustermgrTest\" finds it\n",
            output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void TheTablesAreThoseOfTheGoldenFile() =>
        Assert.StartsWith(
            Block("prod-z0: "),
            File.ReadAllText(
                Path.Combine(ProgramUnderTest.Repository, "tests/Exporter.Tests/Golden/status/ill-80.txt")
            ),
            StringComparison.Ordinal
        );

    private static string Block(string beginning) =>
        Assert.Single(
            Document.Split("```text\n")[1..].Select(rest => rest[..rest.IndexOf("\n```", StringComparison.Ordinal)]),
            block => block.StartsWith(beginning, StringComparison.Ordinal)
        );

    /// <summary>The commands of a verb, without comments and pipes.</summary>
    private static IEnumerable<string> Lines(string verb) =>
        Document
            .Split('\n')
            .Where(line => line.StartsWith($"clustermgr-exporter {verb} ", StringComparison.Ordinal))
            .Select(line => line.Split(" | ")[0].Split(" # ")[0].TrimEnd())
            .Distinct();
}
