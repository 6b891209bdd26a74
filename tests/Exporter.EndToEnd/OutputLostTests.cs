using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Verbs with a closed stdout, or one on a full disk.</summary>
public sealed class OutputLostTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Calls
    {
        get
        {
            var calls = new TheoryData<string, string>();
            foreach (
                var call in (string[])
                    [
                        "--version",
                        "--help",
                        "man",
                        "completion bash",
                        "--config.check --config.file=FILE",
                        "task list FLAGS",
                        "member list FLAGS",
                        "leader show FLAGS",
                        "status FLAGS",
                        "status FLAGS --output=json",
                        "task disable balance --yes FLAGS",
                    ]
            )
            {
                foreach (var redirection in (string[])[">/dev/full", ">&-", ">/dev/full 2>/dev/full", ">&- 2>&-"])
                {
                    calls.Add(call, redirection);
                }
            }
            return calls;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task OneLineOnStderrAndExitCode2(string call, string redirection)
    {
        await using var cluster = LocalCluster.Start();
        using var folder = new TempFolder();
        var file = folder.Write("exporter.yaml", "clusters: [{ name: prod, members: [http://127.0.0.1:1] }]\n");
        string[] words = call.Replace("FILE", file, StringComparison.Ordinal).Split(' ');

        await using var child = ProgramUnderTest.StartRedirected(
            redirection,
            words.SelectMany(word => word == "FLAGS" ? cluster.Flags : [word])
        );
        var exit = await child.EndAsync(ExporterProcess.Patience, Ct);

        Assert.True(exit == 2, $"{exit}: {child.Error}");
        if (redirection.Contains("2>", StringComparison.Ordinal))
        {
            Assert.Equal("", child.Error);
        }
        else
        {
            Assert.Matches(
                new Regex(
                    "\\Astdout takes nothing: (No space left on device|it is closed); send it where there is room, "
                        + "as with > FILE or \\| less\n\\z"
                ),
                child.Error
            );
        }
        Assert.Equal(0, cluster.Simulated.WritesReceived);
    }

    [Fact]
    public async Task AReaderThatHasSeenEnoughIsNoFault()
    {
        await using var child = ProgramUnderTest.StartRedirected("| head -c 10", ["man"]);
        Assert.Equal(0, await child.EndAsync(ExporterProcess.Patience, Ct));
        Assert.Equal("", child.Error);
    }

    [Theory]
    [InlineData("--clustermgr.cluster= --config.check", "--clustermgr.cluster=")]
    [InlineData("serve --config.file= --config.check", "--config.file=")]
    [InlineData("status --config.file= --watch", "--config.file=")]
    [InlineData("task disable balance --reason= --yes", "--reason=")]
    public async Task AFlagWithNothingBehindItTakesNotTheNext(string call, string flag)
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(call.Split(' '), Ct);
        Assert.Equal(
            (2, "", $"nothing follows \"{flag}\"; write {flag}VALUE, or leave the flag out\n"),
            (exit, output, error)
        );
    }
}
