using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.House;

/// <summary>Which folder may know which: the one picture of the house, held by its sources.</summary>
public sealed partial class ArrowTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Clusters"] = [],
        ["Sanitizing"] = [],
        ["Timing"] = [],
        ["Logging"] = [],
        ["Config"] = ["Clusters", "Logging"], // the switch keys; the words of --log.format
        ["Clustermgr"] = ["Clusters", "Sanitizing"],
        ["Exposition"] = ["Clusters"],
        ["Telemetry"] = ["Exposition", "Clusters"],
        ["Documents"] = ["Clusters"], // one JSON of a judgement for the API and for status -o json
        ["Polling"] = ["Config", "Clustermgr", "Clusters", "Exposition", "Timing"],
        ["Web"] = ["Polling", "Telemetry", "Exposition", "Documents", "Config", "Clusters", "Sanitizing"],
        ["Cli"] = ["Polling", "Clustermgr", "Documents", "Clusters", "Config", "Timing"],
        ["Admin"] = ["Cli", "Polling", "Clustermgr", "Clusters", "Config", "Sanitizing"], // and nobody but the verbs knows it: it writes
        ["."] = ["Telemetry", "Sanitizing", "Clusters", "Logging", "Config", "Clustermgr", "Exposition", "Documents", "Polling", "Web", "Cli", "Admin", "Simulator"],
    };

    /// <summary>What the judgement must not know: transport, clock, file formats, metric names.</summary>
    private static readonly string[] s_foreignToClusters =
        ["System.Net", "Microsoft.", "Serilog", "YamlDotNet", "System.Text.Json", "TimeProvider", "DateTimeOffset.UtcNow", "Task<", "async ", "\"clustermgr_"];

    [Fact]
    public void EveryFolderKnowsOnlyThoseThatItMay()
    {
        var broken = new List<string>();
        foreach (var file in Sources("src/Exporter"))
        {
            var folder = FolderOf(file);
            Assert.True(s_allowed.ContainsKey(folder), $"{file}: give the folder {folder} its place in the picture");
            var known = Known().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Distinct()
                .Where(name => s_allowed.ContainsKey(name) && name != folder);
            broken.AddRange(known.Except(s_allowed[folder]).Select(name => $"{Path.GetRelativePath(GoldenFile.Root(), file)} knows {name}"));
            if (folder != "." && File.ReadAllText(file).Contains("ClustermgrSimulator", StringComparison.Ordinal))
                broken.Add($"{Path.GetRelativePath(GoldenFile.Root(), file)} knows the Simulator");
        }
        Assert.Equal([], broken);
    }

    [Fact]
    public void TheJudgementIsPure()
    {
        var broken = Sources("src/Exporter/Clusters").SelectMany(file => s_foreignToClusters
            .Where(word => Code(file).Contains(word, StringComparison.Ordinal)).Select(word => $"{Path.GetFileName(file)}: {word}"));
        Assert.Equal([], broken);
    }

    [Fact]
    public void TheSimulatorKnowsNothingOfTheExporter() =>
        Assert.All(Sources("src/Simulator"), file => Assert.DoesNotContain("ClustermgrExporter", File.ReadAllText(file), StringComparison.Ordinal));

    [Fact]
    public void NothingThatServesCanWriteToACluster()
    {
        // A rehearsal tells Alertmanager of its alerts, and knows no cluster but simulated ones.
        var broken = Sources("src/Exporter").Where(file => FolderOf(file) is not "Admin" && Path.GetFileName(file) != "AlertmanagerClient.cs")
            .Where(file => Writes().IsMatch(Code(file))).Select(file => Path.GetRelativePath(GoldenFile.Root(), file));
        Assert.Equal([], broken);
    }

    [Fact]
    public void NoFileIsOver250Lines() =>
        Assert.Equal([], Sources("src").Where(file => File.ReadLines(file).Count() > 250).Select(file => Path.GetRelativePath(GoldenFile.Root(), file)));

    [Theory]
    [InlineData(@"DateTime(Offset)?\.(Utc)?Now", "take the TimeProvider's")]
    [InlineData(@"Task\.Run\(|async void|Thread\.Sleep|ConfigureAwait\(", "await on the caller's thread")]
    [InlineData(@"^\s*(internal|private|public) static (?!readonly|partial|class|async|event|implicit|explicit)[\w<>?\[\],. ]+ _?\w+( =[^>].*)?;$", "no static state that can change")]
    public void SomeThingsAreNotDoneHere(string pattern, string instead)
    {
        var broken = Sources("src").SelectMany(file => File.ReadLines(file)
            .Where(line => Regex.IsMatch(line.Split("//")[0], pattern)).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"));
        Assert.True(!broken.Any(), $"{instead}:\n{string.Join('\n', broken)}");
    }

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.Combine(GoldenFile.Root(), folder), "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string FolderOf(string file)
    {
        var path = Path.GetRelativePath(Path.Combine(GoldenFile.Root(), "src/Exporter"), file).Split('/');
        return path.Length == 1 ? "." : path[0];
    }

    /// <summary>Without comments.</summary>
    private static string Code(string file) => string.Join('\n', File.ReadLines(file).Select(line => line.Split("//")[0]));

    [GeneratedRegex(@"ClustermgrExporter\.(\w+)")]
    private static partial Regex Known();

    [GeneratedRegex(@"HttpMethod\.(Post|Put|Patch|Delete)|PostAsync|PutAsync|""POST""|\[(Post|Put|Patch|Delete|Multipart)\b")]
    private static partial Regex Writes();
}
