using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.House;

/// <summary>Every link from one file of the repository to another has a target, by GitHub's rules.</summary>
public sealed partial class DocumentLinkTests
{
    private static readonly string RepositoryRoot = GoldenFile.GetRepositoryRoot();

    public static TheoryData<string> Documents =>
        [
            .. new[] { "", "docs", "dashboards", "deploy", "alerts", "tests" }
                .Where(folder => Directory.Exists(Path.Combine(RepositoryRoot, folder)))
                .SelectMany(folder => Directory.GetFiles(Path.Combine(RepositoryRoot, folder), "*.md"))
                .Select(file => Path.GetRelativePath(RepositoryRoot, file)),
        ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void EveryLinkLeadsToAFileAndToAHeadingOfIt(string document)
    {
        var text = File.ReadAllText(Path.Combine(RepositoryRoot, document));
        var folder = Path.GetDirectoryName(Path.Combine(RepositoryRoot, document))!;
        var dead = Link()
            .Matches(Fence().Replace(text, ""))
            .Select(link => link.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Leads(folder, Path.Combine(RepositoryRoot, document), target))
            .ToList();
        Assert.Empty(dead);
    }

    [Fact]
    public void ThereAreDocuments() => Assert.InRange(Documents.Count, 12, 60);

    private static bool Leads(string folder, string document, string target)
    {
        var (path, anchor) = target.Split('#', 2) is [var first, var second] ? (first, second) : (target, null);
        var file = path.Length == 0 ? document : Path.GetFullPath(Path.Combine(folder, path));
        return (File.Exists(file) || Directory.Exists(file))
            && (anchor is null || !file.EndsWith(".md", StringComparison.Ordinal) || Anchors(file).Contains(anchor));
    }

    /// <summary>The anchors that GitHub generates from headings.</summary>
    private static HashSet<string> Anchors(string file)
    {
        var text = Fence().Replace(File.ReadAllText(file), "");
        return
        [
            .. Heading()
                .Matches(text)
                .Select(heading => heading.Groups[1].Value.Trim().ToLowerInvariant())
                .Select(heading => NotInAnchors().Replace(heading, "").Replace(' ', '-')),
        ];
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
