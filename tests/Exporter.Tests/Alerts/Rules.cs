using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The rules as they ship, and promtool to run them.</summary>
internal static partial class Rules
{
    public const string File = "alerts/clustermgr.rules.yaml";

    public static string Text { get; } = System.IO.File.ReadAllText(Path.Combine(GoldenFile.Root(), File));

    /// <summary>Names of all alerts, without their prefix, in the order of the file.</summary>
    public static IReadOnlyList<string> Alerts { get; } = [.. Alert().Matches(Text).Select(match => match.Groups[1].Value)];

    /// <summary>The exporter's metrics that the rules read.</summary>
    public static IReadOnlySet<string> Metrics { get; } =
        Metric().Matches(Text).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

    /// <summary>Which alerts fire when, by the shipped rules or by a mutant of them.</summary>
    public static async Task<Timeline> PlayAsync(InputSeries input, CancellationToken ct, string? rules = null, IEnumerable<string>? more = null)
    {
        using var folder = new Scratch();
        var file = folder.Write("clustermgr.rules.yaml", rules ?? Text);
        var test = folder.Write("test.yaml", input.TestFile(file, more ?? []));
        var (_, output) = await Tool.RunAsync("promtool", ["test", "rules", test], null, ct);
        return Timeline.Parse(output, input.Interval);
    }

    [GeneratedRegex("- alert: Clustermgr([A-Za-z]+)")]
    private static partial Regex Alert();

    [GeneratedRegex("(?<![A-Za-z0-9_:])clustermgr_[a-z_]+(?![a-z_:])")]
    private static partial Regex Metric();
}
