using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed partial class HelpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheHelpOfEveryVerbShowsEveryFlagWithAnExample()
    {
        var toAsk = new Queue<string[]>([
            [],
        ]);
        var flags = 0;
        var verbs = new List<string>();
        while (toAsk.TryDequeue(out var verb))
        {
            var (exit, output, error) = await ExporterProcess.RunAsync([.. verb, "--help"], Ct);

            Assert.Equal((0, ""), (exit, error));
            foreach (var line in output.Split('\n'))
            {
                if (Subcommand().Match(line) is { Success: true } command)
                {
                    toAsk.Enqueue([.. verb, command.Groups[1].Value]);
                }
                if (Flag().Match(line) is not { Success: true } flag || flag.Groups[1].Value is "--help" or "--version")
                {
                    continue;
                }
                flags++;
                Assert.True(
                    Regex.IsMatch(line, $@"Example: .*{Regex.Escape(flag.Groups[1].Value)}(=|\s|$)"),
                    $"{string.Join(' ', verb)}: no example in: {line}"
                );
            }
            verbs.Add(string.Join(' ', verb));
        }
        Assert.True(flags > 40, $"only {flags} flags were found: the help was not parsed");
        foreach (
            var verb in (string[])
                [
                    "serve",
                    "demo",
                    "simulate",
                    "status",
                    "rehearse",
                    "alerting test",
                    "task enable",
                    "member add",
                    "leader transfer",
                    "completion bash",
                    "completion powershell",
                    "version",
                    "man",
                ]
        )
        {
            Assert.Contains(verb, verbs);
        }
    }

    [Fact]
    public async Task TheVersionIsPrinted()
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(["--version"], Ct);

        Assert.Equal((0, ""), (exit, error));
        Assert.Matches(@"^\d+\.\d+\.\d+(-[\w.]+)?(\+[0-9a-f]+)?\n$", output);
        var version = output.Trim().Split('+')[0];
        await using var exporter = await ExporterProcess.StartAsync(["--clustermgr.url=http://127.0.0.1:1"], Ct);
        var page = await exporter.ScrapeAsync(Ct);
        Assert.Equal(version, page.One("clustermgr_exporter_build_info").Label("version"));
    }

    [Theory]
    [InlineData("serv --web.telemetry-path=/m", "there is no verb \"serv\" here; did you mean serve?\n")]
    [InlineData(
        "dmo",
        "there is no verb \"dmo\" here; did you mean demo?\nclustermgr-exporter --help lists all there is\n"
    )]
    [InlineData("frobnicate", "there is no verb \"frobnicate\" here\nclustermgr-exporter --help lists all there is\n")]
    [InlineData(
        "demo --scenaro=leader-lost",
        "there is no flag \"--scenaro\"; did you mean --scenario?\nclustermgr-exporter demo --help lists all there is\n"
    )]
    [InlineData(
        "--clustermgr.ulr=http://127.0.0.1:1",
        "there is no flag \"--clustermgr.ulr\"; did you mean --clustermgr.url?\n"
    )]
    [InlineData(
        "--web.listen-adress=:0",
        "there is no flag \"--web.listen-adress\"; did you mean --web.listen-address?\n"
    )]
    [InlineData("--clustermgr.auth.secert=s3cr3t", "there is no flag \"--clustermgr.auth.secert\"")]
    [InlineData("--clustermgr.auth.secert s3cr3t", "there is no flag \"--clustermgr.auth.secert\"")]
    [InlineData(
        "--config.file",
        "Required argument missing for option: '--config.file'.\nclustermgr-exporter --help lists all there is\n"
    )]
    public async Task ACommandLineThatCannotBeReadIsRefusedWithTheNearestWord(string arguments, string expected)
    {
        var (exit, output, error) = await ExporterProcess.RunAsync(arguments.Split(' '), Ct);

        Assert.Equal((2, ""), (exit, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^  ([a-z]+)  +[A-Z]")]
    private static partial Regex Subcommand();

    [GeneratedRegex(@"^  (?:-\w, )*(--[\w.-]+)(?:=\S+)?  ")]
    private static partial Regex Flag();
}
