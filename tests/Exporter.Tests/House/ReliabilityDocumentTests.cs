using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.House;

public sealed partial class ReliabilityDocumentTests
{
    /// <summary>Every claim in docs/reliability.md names its tests, and every test that it names exists.</summary>
    [Fact]
    public void EveryRowNamesTestsThatThereAre()
    {
        var tests = Directory
            .EnumerateFiles(
                Path.Combine(GoldenFile.GetRepositoryRoot(), "tests"),
                "*Tests.cs",
                SearchOption.AllDirectories
            )
            .Select(file => Path.GetFileNameWithoutExtension(file)!)
            .ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(GoldenFile.GetRepositoryRoot(), "docs/reliability.md"))
            .Where(line =>
                line.StartsWith("| ", StringComparison.Ordinal)
                && !line.StartsWith("| fault |", StringComparison.Ordinal)
            )
            .ToList();
        Assert.True(rows.Count > 20);
        Assert.All(
            rows,
            row =>
            {
                var named = Name()
                    .Matches(row.TrimEnd('|', ' ').Split(" | ")[^1])
                    .Select(match => match.Groups[1].Value)
                    .ToList();
                Assert.NotEmpty(named);
                Assert.All(named, name => Assert.Contains(name, tests));
            }
        );
    }

    [GeneratedRegex("`([A-Za-z]+)`")]
    private static partial Regex Name();
}
