using System.Text.RegularExpressions;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed partial class ReadmeTests
{
    [Fact]
    public void TheTwoCommandsThatMatterAreTheFirstInTheReadme()
    {
        var file = Path.Combine(ProgramUnderTest.Repository, "README.md");
        Assert.SkipUnless(File.Exists(file), "there is no README.md yet");

        var lines = File.ReadAllLines(file);
        var block = lines
            .SkipWhile(line => line != "```sh")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("```", StringComparison.Ordinal))
            .Select(line => line.Split('#')[0].Trim())
            .Where(line => line.Length > 0)
            .ToList();

        Assert.Contains("dotnet run -c Release --project src/Exporter -- demo", block);
        Assert.Contains("tests/run-all.sh", block);
        Assert.True(
            (
                File.GetUnixFileMode(Path.Combine(ProgramUnderTest.Repository, "tests/run-all.sh"))
                & UnixFileMode.UserExecute
            ) != 0,
            "tests/run-all.sh cannot be executed"
        );
    }

    /// <summary>Its first sample is real output of the program.</summary>
    [Fact]
    public void TheSampleIsTheBeginningOfAStatusThatATestHolds()
    {
        var sample = File.ReadAllLines(Path.Combine(ProgramUnderTest.Repository, "README.md"))
            .SkipWhile(line => !line.StartsWith("$ clustermgr-exporter status", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line != "  …")
            .ToList();
        var golden = File.ReadLines(
            Path.Combine(ProgramUnderTest.Repository, "tests/Exporter.Tests/Golden/status/ill-80.txt")
        );

        Assert.True(sample.Count > 4, "the README shows no sample of status");
        Assert.Equal(golden.Take(sample.Count), sample);
    }

    [Fact]
    public void TheSeriesThatItShowsAreThoseOfAClusterThatATestHolds()
    {
        var shown = File.ReadAllLines(Path.Combine(ProgramUnderTest.Repository, "README.md"))
            .Where(line => line.StartsWith("clustermgr_", StringComparison.Ordinal))
            .ToList();
        var golden = File.ReadLines(
            Path.Combine(ProgramUnderTest.Repository, "tests/Exporter.Tests/Golden/healthy-cluster.txt")
        );
        Assert.InRange(shown.Count, 3, 10);
        Assert.Empty(shown.Except(golden));
    }

    [Fact]
    public void WhatItTakesIsWhatWasMeasured()
    {
        var readme = File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "README.md"));
        var measured = File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "docs/performance.md"));
        var paragraph = Regex.Match(
            readme,
            "^One cluster takes .*?\n\n",
            RegexOptions.Multiline | RegexOptions.Singleline
        );
        var figures = Regex
            .Matches(paragraph.Value, @"\d+(\.\d+)?( to \d+(\.\d+)?)?( MiB| ms|%)")
            .Select(figure => figure.Value)
            .ToList();
        Assert.InRange(figures.Count, 4, 8);
        Assert.All(figures, figure => Assert.Contains(figure, measured, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryPictureThatTheReadmeNamesIsThereAndEveryOneThatIsThereIsNamed()
    {
        var named = Picture()
            .Matches(File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "README.md")))
            .Select(match => match.Groups[1].Value)
            .Where(file => Path.GetDirectoryName(file) == "docs/pictures") // it shows only some dashboard pictures
            .Distinct()
            .Order()
            .ToList();
        var kept = Directory
            .GetFiles(Path.Combine(ProgramUnderTest.Repository, "docs/pictures"))
            .Select(file => Path.GetRelativePath(ProgramUnderTest.Repository, file))
            .Order()
            .ToList();

        Assert.NotEmpty(named);
        Assert.Equal(kept, named);
    }

    [GeneratedRegex(@"\[[^\]]+\]\((docs/pictures/[^)]+)\)")]
    private static partial Regex Picture();
}
