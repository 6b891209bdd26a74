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
            .SkipWhile(line => !line.StartsWith("```", StringComparison.Ordinal))
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

    [Fact]
    public void EveryPictureThatTheReadmeNamesIsThereAndEveryOneThatIsThereIsNamed()
    {
        var named = Picture()
            .Matches(File.ReadAllText(Path.Combine(ProgramUnderTest.Repository, "README.md")))
            .Select(match => match.Groups[1].Value)
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
