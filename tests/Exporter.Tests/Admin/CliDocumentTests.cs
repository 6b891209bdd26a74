using System.Text;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Alerts;
using ClustermgrExporter.Tests.Support;
using ClustermgrSimulator;
using Xunit;

namespace ClustermgrExporter.Tests.Admin;

/// <summary>Runs every example of the verbs that act in docs/cli.md, which must show exactly what the program
/// prints.</summary>
public sealed partial class CliDocumentTests
{
    private const string Document = "docs/cli.md";

    [Fact]
    public void EveryExampleShowsWhatItPrints()
    {
        var ran = 0;
        var text = File.ReadAllText(Path.Combine(GoldenFile.GetRepositoryRoot(), Document));
        var again = Console()
            .Replace(
                text,
                block =>
                {
                    var calls = Call()
                        .Matches(block.Groups["body"].Value)
                        .Select(call => call.Groups[1].Value)
                        .ToList();
                    if (!calls.Exists(call => Ours().IsMatch(call)))
                    {
                        return block.Value;
                    }
                    ran += calls.Count;
                    return $"```console{block.Groups["after"].Value}\n"
                        + $"{Played(block.Groups["after"].Value, block.Groups["body"].Value, calls)}```";
                }
            );

        GoldenFile.AssertMatches(Document, again);
        Assert.True(ran > 20, $"only {ran} calls were found: the document is not parsed");
    }

    [Fact]
    public void EveryCallIsOneThatTheProgramTakes() =>
        Assert.All(
            Markdown
                .Blocks(File.ReadAllLines(Path.Combine(GoldenFile.GetRepositoryRoot(), Document)))
                .SelectMany(block => CommandCalls.In(block.Text)),
            call => Assert.Equal("", CommandCalls.Complaint(call))
        );

    /// <summary>The expected block: each call, followed by its output.</summary>
    private static string Played(string after, string body, List<string> calls)
    {
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            """
            clusters:
            - name: prod-z0
              members: [http://10.0.0.1:9998, http://10.0.0.2:9998, http://10.0.0.3:9998]
              tasks: { disk_repair: enabled }

            """
        );
        using var acted = new AdminCliFixture();
        if (body.Contains("[y/N] y", StringComparison.Ordinal))
        {
            acted.Typed = "y";
        }
        foreach (
            var command in after
                .Replace(" after: ", "", StringComparison.Ordinal)
                .Split("; ", StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (command.StartsWith("wait ", StringComparison.Ordinal))
            {
                acted.Pass(int.Parse(command[5..], System.Globalization.CultureInfo.InvariantCulture));
            }
            else
            {
                Assert.StartsWith("done", SimulatorCommands.Execute(acted.Cluster, command), StringComparison.Ordinal);
            }
        }
        var played = new StringBuilder();
        var exit = 0;
        foreach (var call in calls)
        {
            played.Append($"$ {call}\n");
            if (call == "echo $?")
            {
                played.Append($"{exit}\n");
                continue;
            }
            exit = acted
                .Run(call["clustermgr-exporter ".Length..].Replace("exporter.yaml", file, StringComparison.Ordinal))
                .Exit;
            played.Append(acted.Screen.Replace(file, "exporter.yaml", StringComparison.Ordinal));
        }
        return played.ToString();
    }

    [GeneratedRegex("```console(?<after>[^\n]*)\n(?<body>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Console();

    [GeneratedRegex(@"^\$ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Call();

    [GeneratedRegex("^clustermgr-exporter (task|member|leader) ")]
    private static partial Regex Ours();
}
