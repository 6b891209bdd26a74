using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

public sealed class AlertingDocumentTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheExampleOfARuleOfOnesOwnPassesItsTest()
    {
        using var folder = Example(rules => rules);

        var (exit, output) = await TestAsync(folder);

        Assert.True(exit == 0, output);
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("> 1", "> 3")]
    [InlineData("for: 10m", "for: 9m")]
    [InlineData("[1m]", "[5s]")]
    [InlineData("max by (cluster, member)", "max by (member)")]
    public async Task ItsTestFailsWhereTheRuleIsWrong(string right, string wrong)
    {
        using var folder = Example(rules => rules.Replace(right, wrong, StringComparison.Ordinal));

        Assert.NotEqual(0, (await TestAsync(folder)).Exit);
    }

    [Theory]
    [InlineData("matrix")]
    [InlineData("delays")]
    public void WhatIsGeneratedHasItsPlace(string name)
    {
        var start = Text().IndexOf($"<!-- {name} -->", StringComparison.Ordinal);
        var end = Text().IndexOf($"<!-- /{name} -->", StringComparison.Ordinal);

        Assert.InRange(start, 1, end);
    }

    /// <summary>Writes the two files of the example as a reader would save them, with a change to the first.</summary>
    private static TempFolder Example(Func<string, string> change)
    {
        var section = Markdown.Sections(Text()).Single(section => section.Title == "A rule of your own");
        var blocks = Markdown.Blocks(section.Lines).Where(block => block.Language == "yaml").ToList();
        var folder = new TempFolder();
        folder.Write("my.rules.yaml", change(blocks[0].Text));
        folder.Write("my.test.yaml", blocks[1].Text);
        return folder;
    }

    private static Task<(int Exit, string Output)> TestAsync(TempFolder folder) =>
        ExternalTool.RunAsync("promtool", ["test", "rules", Path.Combine(folder.Path, "my.test.yaml")], null, Ct);

    private static string Text() => AlertFiles.Text("docs/alerting.md");
}
