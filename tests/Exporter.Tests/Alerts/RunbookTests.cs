using System.Text.RegularExpressions;
using Clustermgr.Analysis;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

public sealed partial class RunbookTests
{
    private const string Runbooks = "docs/runbooks.md";

    private static readonly string[] EntryParts = ["Meaning", "Impact", "Diagnosis", "Mitigation", "When not to act"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryAlertHasOneEntryAndEveryEntryAnAlertInTheSameOrder() =>
        Assert.Equal(AlertFiles.AlertNames, Entries().Select(entry => entry.Title));

    [Fact]
    public void EveryEntryHasTheFivePartsInOrderAndNoneIsEmpty() =>
        Assert.All(
            Entries(),
            entry =>
            {
                var text = string.Join('\n', entry.Lines);
                Assert.Equal(EntryParts, Part().Matches(text).Select(part => part.Groups[1].Value));
                Assert.All(
                    Part().Split(text).Where((_, index) => index > 0 && index % 2 == 0),
                    part => Assert.True(Words().Count(part) >= 5, $"{entry.Title} has an almost empty part: {part}")
                );
            }
        );

    [Fact]
    public void EveryDiagnosisHoldsTheStatusCallAndAQuery() =>
        Assert.All(
            Entries(),
            entry =>
            {
                var diagnosis = entry
                    .Lines.SkipWhile(line => !line.StartsWith("**Diagnosis.**", StringComparison.Ordinal))
                    .TakeWhile(line => !line.StartsWith("**Mitigation.**", StringComparison.Ordinal));
                var blocks = Markdown.Blocks(diagnosis);
                Assert.Contains(
                    blocks,
                    block =>
                        block.Language == "bash"
                        && block
                            .Text.Split('\n')
                            .Any(line =>
                                line.StartsWith(
                                    "clustermgr-exporter status --config.file=/etc/clustermgr-exporter/exporter.yaml",
                                    StringComparison.Ordinal
                                )
                            )
                );
                Assert.Contains(blocks, block => block.Language == "promql");
            }
        );

    /// <summary>Fixed phrases, so that a person who is paged finds them: the condition, before the first call that
    /// changes a cluster, and the sign of success.</summary>
    [Fact]
    public void EveryMitigationSaysWhatMustBeTrueBeforeAndHowToSeeThatItWorked() =>
        Assert.All(
            Entries(),
            entry =>
            {
                var mitigation = string.Join(
                    '\n',
                    entry
                        .Lines.SkipWhile(line => !line.StartsWith("**Mitigation.**", StringComparison.Ordinal))
                        .TakeWhile(line => !line.StartsWith("**When not to act.**", StringComparison.Ordinal))
                );
                var before = Before().Match(mitigation);
                var worked = Worked().Match(mitigation);
                var write = Write().Match(mitigation);
                Assert.True(before.Success, $"{entry.Title} does not say what must be true before");
                Assert.True(
                    !write.Success || before.Index < write.Index,
                    $"{entry.Title} says what must be true only after a call that changes the cluster"
                );
                Assert.True(
                    worked.Success && worked.Index > before.Index,
                    $"{entry.Title} does not say how to see that it worked"
                );
            }
        );

    /// <summary>Checks verbs, flags and keys with the program's own parser.</summary>
    [Fact]
    public void EveryCallOfTheProgramIsOneThatItTakes()
    {
        var calls = Markdown
            .Blocks(AlertFiles.Text(Runbooks).Split('\n'))
            .SelectMany(block => CommandCalls.In(block.Text))
            .ToList();

        Assert.All(calls, call => Assert.Equal("", CommandCalls.Complaint(call)));
        Assert.Subset(
            calls.Select(call => call.Split(" --")[0]).ToHashSet(),
            (HashSet<string>)
                [
                    "status",
                    "task enable disk_repair",
                    "task disable disk_repair",
                    "task enable blob_delete",
                    "member add",
                    "member remove",
                    "leader transfer",
                ]
        );
        Assert.All(
            calls
                .Where(call => call.StartsWith("task ", StringComparison.Ordinal))
                .Select(call => call.Split(' ')[2])
                .Where(key => key != "KEY"),
            key => Assert.Contains(key, TaskSwitches.Settable)
        );
    }

    [Fact]
    public void EveryAlertLinksToItsEntry() =>
        Assert.All(
            AlertFiles.Alerts,
            alert =>
                Assert.EndsWith(
                    $"/runbooks.md#{Entries().Single(entry => entry.Title == alert.Text("alert")).Anchor}",
                    alert.Map("annotations").Text("runbook_url"),
                    StringComparison.Ordinal
                )
        );

    [Fact]
    public void EveryLinkWithinTheRunbooksLeadsToAnEntry()
    {
        var anchors = Entries().Select(entry => entry.Anchor).ToHashSet();

        Assert.All(
            Link().Matches(AlertFiles.Text(Runbooks)),
            link =>
            {
                Assert.Contains(link.Groups[2].Value, anchors);
                Assert.Equal(link.Groups[1].Value.ToLowerInvariant(), link.Groups[2].Value);
            }
        );
    }

    [Theory]
    [InlineData(Runbooks)]
    [InlineData("docs/alerting.md")]
    public void EveryFileThatIsLinkedExists(string document) =>
        Assert.All(
            FileLink().Matches(AlertFiles.Text(document)),
            link =>
                Assert.True(
                    File.Exists(Path.Combine(AlertFiles.InRepository("docs"), link.Groups[1].Value)),
                    link.Value
                )
        );

    [Theory]
    [InlineData(Runbooks)]
    [InlineData("docs/alerting.md")]
    [InlineData("alerts/prometheus.example.yaml")]
    [InlineData("alerts/alertmanager.example.yaml")]
    public void EverySeriesAndEveryAlertThatIsNamedExists(string document)
    {
        var text = AlertFiles.Text(document);

        Assert.Empty(Series().Matches(text).Select(match => match.Value).Distinct().Except(AlertFiles.SeriesNames));
        Assert.Empty(Alert().Matches(text).Select(match => match.Value).Distinct().Except(AlertFiles.AlertNames));
    }

    [Fact]
    public async Task PromtoolAcceptsEveryQueryOfTheRunbooks()
    {
        var queries = Markdown
            .Blocks(AlertFiles.Text(Runbooks).Split('\n'))
            .Where(block => block.Language == "promql")
            .ToList();
        using var folder = new TempFolder();
        var rules =
            "groups:\n- name: queries\n  rules:\n"
            + string.Concat(
                queries.Select(
                    (query, index) =>
                        $"  - record: query_{index}\n    expr: |\n"
                        + $"{string.Concat(query.Text.Split('\n').Select(line => $"      {line}\n"))}"
                )
            );

        var (exit, output) = await ExternalTool.RunAsync(
            "promtool",
            ["check", "rules", folder.Write("queries.yaml", rules)],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Contains($"SUCCESS: {queries.Count} rules found", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BashAcceptsEveryCommandOfTheRunbooks()
    {
        foreach (
            var block in Markdown.Blocks(AlertFiles.Text(Runbooks).Split('\n')).Where(block => block.Language == "bash")
        )
        {
            var (exit, output) = await ExternalTool.RunAsync("bash", ["-n"], block.Text, Ct);
            Assert.True(exit == 0, $"{block.Text}: {output}");
        }
    }

    private static IReadOnlyList<Section> Entries() => Markdown.Sections(AlertFiles.Text(Runbooks));

    [GeneratedRegex(@"^\*\*([A-Z][a-z ]+)\.\*\*", RegexOptions.Multiline)]
    private static partial Regex Part();

    // "Before: " or "Before restarting it: ", followed by a condition of some words.
    [GeneratedRegex(@"\bBefore\b[^.:]*:(?:\s+\S+){4}")]
    private static partial Regex Before();

    [GeneratedRegex(@"\bIt worked when(?:\s+\S+){3}")]
    private static partial Regex Worked();

    [GeneratedRegex("-X POST|clustermgr-exporter (?:task (?:enable|disable)|member (?:add|remove)|leader transfer) ")]
    private static partial Regex Write();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Words();

    [GeneratedRegex(@"\[(\w+)\]\(#([^)]*)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex FileLink();

    [GeneratedRegex("(?<![A-Za-z0-9_:])(?:[a-z_]+:)?clustermgr_[a-z_]+(?::[a-z0-9_]+)?")]
    private static partial Regex Series();

    [GeneratedRegex(@"\bClustermgr[A-Z]\w+")]
    private static partial Regex Alert();
}
