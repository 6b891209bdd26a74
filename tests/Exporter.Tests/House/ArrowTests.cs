using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.House;

/// <summary>Dependencies inside a project, which references between projects and banned symbols (src/BannedSymbols.txt)
/// cannot check.</summary>
public sealed partial class ArrowTests
{
    /// <summary>The folders of the server that each folder may use.</summary>
    private static readonly Dictionary<string, string[]> AllowedFolders = new()
    {
        ["Logging"] = [],
        ["Documents"] = [],
        ["Exposition"] = [],
        ["Configuration"] = [],
        ["Discovery"] = [],
        ["Alerting"] = ["Configuration", "Documents", "Polling", "Telemetry", "Exposition"],
        ["Telemetry"] = ["Exposition"],
        ["Polling"] = ["Exposition", "Logging"],
        ["Web"] = ["Polling", "Telemetry", "Exposition", "Documents", "Configuration"],
        ["Hosting"] = ["Web", "Polling", "Telemetry", "Configuration", "Discovery", "Alerting"],
    };

    /// <summary>What the analysis must not use: transport, clock, file formats, metric names.</summary>
    private static readonly string[] ForeignToAnalysis =
    [
        "System.Net",
        "Clustermgr.Client",
        "Clustermgr.Collection",
        "Refit",
        "System.Text.Json",
        "TimeProvider",
        "Task<",
        "async ",
        "\"clustermgr_",
    ];

    [Fact]
    public void EveryFolderOfTheServerKnowsOnlyThoseThatItMay()
    {
        var broken = new List<string>();
        foreach (var file in Sources("src/Server"))
        {
            var folder = Path.GetRelativePath(Path.Combine(GoldenFile.GetRepositoryRoot(), "src/Server"), file)
                .Split('/')[0];
            Assert.True(AllowedFolders.ContainsKey(folder), $"{file}: add the folder {folder} to AllowedFolders");
            var known = Known()
                .Matches(File.ReadAllText(file))
                .Select(match => match.Groups[1].Value)
                .Distinct()
                .Where(name => AllowedFolders.ContainsKey(name) && name != folder);
            broken.AddRange(
                known
                    .Except(AllowedFolders[folder])
                    .Select(name => $"{Path.GetRelativePath(GoldenFile.GetRepositoryRoot(), file)} knows {name}")
            );
        }
        Assert.Equal([], broken);
    }

    [Fact]
    public void TheJudgementIsPure()
    {
        var broken = Sources("src/Clustermgr/Analysis")
            .SelectMany(file =>
                ForeignToAnalysis
                    .Where(word => Code(file).Contains(word, StringComparison.Ordinal))
                    .Select(word => $"{Path.GetFileName(file)}: {word}")
            );
        Assert.Equal([], broken);
    }

    [Fact]
    public void NoFileIsOver300Lines() =>
        Assert.Equal(
            [],
            Sources("src")
                .Where(file => File.ReadLines(file).Count() > 300)
                .Select(file => Path.GetRelativePath(GoldenFile.GetRepositoryRoot(), file))
        );

    [Theory]
    [InlineData(@"async void|ConfigureAwait\(", "await on the caller's thread")]
    [InlineData(
        @"^\s*(internal|private|public) static (?!readonly|partial|class|async|event|implicit|explicit)[\w<>?\[\],. ]+ _?\w+( =[^>].*)?;$",
        "no static state that can change"
    )]
    public void SomeThingsAreNotDoneHere(string pattern, string instead)
    {
        var broken = Sources("src")
            .SelectMany(file =>
                File.ReadLines(file)
                    .Where(line => Regex.IsMatch(line.Split("//")[0], pattern))
                    .Select(line => $"{Path.GetFileName(file)}: {line.Trim()}")
            );
        Assert.True(!broken.Any(), $"{instead}:\n{string.Join('\n', broken)}");
    }

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(GoldenFile.GetRepositoryRoot(), folder), "*.cs", SearchOption.AllDirectories)
            .Where(file =>
                !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
            );

    /// <summary>The code without comments.</summary>
    private static string Code(string file) =>
        string.Join('\n', File.ReadLines(file).Select(line => line.Split("//")[0]));

    [GeneratedRegex(@"ClustermgrExporter\.(\w+)")]
    private static partial Regex Known();
}
