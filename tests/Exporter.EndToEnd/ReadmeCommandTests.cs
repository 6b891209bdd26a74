using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Runs every command of the README, unchanged except for the addresses of a simulated cluster, free ports,
/// temporary folders, and --yes in place of a person. Build commands are run by tests/run-all.sh; here the test only
/// checks that they are in that script.</summary>
public sealed class ReadmeCommandTests
{
    private const string Program = "clustermgr-exporter ";

    private static readonly string Readme = File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "README.md"));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Lines of its shell blocks, without comments.</summary>
    public static TheoryData<string> Commands =>
        [
            .. Regex
                .Matches(Readme, "^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
                .SelectMany(block => block.Groups[1].Value.Split('\n'))
                .Select(line => line.Split(" #")[0].Trim())
                .Where(line => line.Length > 0),
        ];

    [Fact]
    public void TheReadmeHasCommands() => Assert.InRange(Commands.Count, 12, 30);

    [Theory]
    [MemberData(nameof(Commands))]
    public Task ItRuns(string command) =>
        command switch
        {
            "dotnet run -c Release --project src/Exporter -- demo" => BuildsAndServesAsync(command),
            "tests/run-all.sh" => Task.CompletedTask, // it runs this test
            "deploy/release.sh" => IsPartOfAsync(command, "tests/packaging/release.sh"),
            _ when command.StartsWith("dotnet publish ", StringComparison.Ordinal) => IsPartOfAsync(
                $"RUN {command}",
                "Dockerfile" // the tests run each of its commands
            ),
            _ when command.StartsWith("install ", StringComparison.Ordinal)
                    || command.StartsWith("cp ", StringComparison.Ordinal) => CopiesAsync(command),
            "prometheus --config.file=alerts/prometheus.example.yaml" => PrometheusTakesItAsync(),
            "prometheus-alertmanager --config.file=alerts/alertmanager.example.yaml" => AlertmanagerTakesItAsync(),
            _ when command.StartsWith(Program, StringComparison.Ordinal) => RunsAsync(command[Program.Length..]),
            _ => throw new InvalidOperationException($"no test runs {command}"),
        };

    private static async Task BuildsAndServesAsync(string command)
    {
        await using var child = ChildProcess.Start(
            "bash",
            ["-c", $"cd '{ProgramUnderTest.Repository}' && exec {command} --web.listen-address=127.0.0.1:0"]
        );
        await Eventually.HoldsAsync(
            TimeSpan.FromMinutes(5), // it may compile
            "the demo says where its page is",
            _ =>
                Task.FromResult(
                    child.Output.Contains("status page  http://127.0.0.1:", StringComparison.Ordinal)
                        || (child.Ended ? throw new InvalidOperationException($"it ended: {child}") : false)
                ),
            () => child,
            Ct
        );
    }

    private static async Task CopiesAsync(string command)
    {
        using var folder = new TempFolder();
        Assert.SkipUnless(
            command.StartsWith("cp ", StringComparison.Ordinal) || File.Exists(ProgramUnderTest.Published),
            "the program is not published; run tests/run-all.sh"
        );
        var words = command.Split(' ');
        words[^1] = words[^1] == "/usr/local/bin/" ? folder.Path : Path.Combine(folder.Path, words[^1]);
        var here = $"cd '{ProgramUnderTest.Repository}' && {string.Join(' ', words)}";
        await using var child = ChildProcess.Start("bash", ["-c", here]);
        Assert.Equal(0, await child.EndAsync(ExporterProcess.Patience, Ct));
        Assert.NotEmpty(Directory.GetFiles(folder.Path));
    }

    private static async Task IsPartOfAsync(string command, string file) =>
        Assert.Contains(
            command,
            await File.ReadAllTextAsync(Path.Combine(ProgramUnderTest.Repository, file), Ct),
            StringComparison.Ordinal
        );

    private static async Task PrometheusTakesItAsync()
    {
        var folder = Path.Combine(ProgramUnderTest.Repository, "alerts");
        var config = await File.ReadAllTextAsync(Path.Combine(folder, "prometheus.example.yaml"), Ct);
        Assert.Contains("- clustermgr.rules.yaml\n", config, StringComparison.Ordinal);
        await using var prometheus = await PrometheusProcess.StartAsync(
            _ =>
                config.Replace(
                    "- clustermgr.rules.yaml",
                    $"- {folder}/clustermgr.rules.yaml",
                    StringComparison.Ordinal
                ),
            Ct
        );
    }

    private static async Task AlertmanagerTakesItAsync()
    {
        Programs.Need("prometheus-alertmanager", "prometheus-alertmanager");
        var file = Path.Combine(ProgramUnderTest.Repository, "alerts/alertmanager.example.yaml");
        await using var alertmanager = await AlertmanagerProcess.StartAsync(await File.ReadAllTextAsync(file, Ct), Ct);
    }

    private static async Task RunsAsync(string arguments)
    {
        await using var cluster = LocalCluster.Start(new SimulatorOptions { FirstLeader = 1, FirstTerm = 7 });
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            $"clusters:\n- name: prod-z0\n  members: [{string.Join(", ", cluster.Members.Select(member => $"'http://{member}'"))}]\n"
        );
        using var alertmanager = new FakeAlertmanager();
        using var http = new HttpClient { Timeout = ExporterProcess.Patience };
        using var awake = await http.GetAsync(alertmanager.Root, Ct); // its first answer is slow
        var words = arguments
            .Replace("--config.file=exporter.yaml", $"--config.file={file}", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:9998", $"http://{cluster.Members[0]}", StringComparison.Ordinal)
            .Replace("http://127.0.0.1:9093", alertmanager.Root.ToString().TrimEnd('/'), StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0].StartsWith("--", StringComparison.Ordinal) && !words.Contains("--config.check"))
        {
            await using var exporter = await ExporterProcess.StartAsync(words, Ct);
            await exporter.ScrapeUntilAsync(
                "a member is up",
                page => page.All("clustermgr_up").Any(up => up.Text == "1"),
                Ct
            );
            return;
        }
        string[] given = words[0] switch
        {
            "task" or "member" or "leader" => [.. words, "--yes"],
            "rehearse" => [.. words, "--duration=10s"],
            _ => words,
        };
        var (exit, output, error) = await ExporterProcess.RunAsync(given, Ct);
        Assert.True(exit == 0, $"it ends with {exit}: {output}{error}");
        Assert.NotEmpty(output);
    }
}
