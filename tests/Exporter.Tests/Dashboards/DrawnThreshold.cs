using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Alerts;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>A threshold that a panel draws, and the rule whose threshold it is.</summary>
/// <param name="Panel">Title, and after a slash the column of a table.</param>
/// <param name="At">Where the colour changes.</param>
/// <param name="Alert">Without the prefix.</param>
/// <param name="Words">In the rule's expression; they end in a comparison with a number, unless
/// <paramref name="ReadsAs"/> says what they come to.</param>
internal sealed partial record DrawnThreshold(
    string Panel,
    double At,
    string Alert,
    string Words,
    string? ReadsAs = null
)
{
    /// <summary>A panel of times or shares changes its colour at the number itself; one of counts at the first that is
    /// bad.
    /// </summary>
    public bool Continuous { get; init; }

    /// <summary>Where the rule's words put it.</summary>
    public double ByRule()
    {
        var read = Comparison().Match(ReadsAs ?? Words);
        if (!read.Success)
        {
            throw new FormatException($"{Alert}: no comparison with a number at the end of: {ReadsAs ?? Words}");
        }
        var number = read.Groups[2]
            .Value.Split('*')
            .Aggregate(1.0, (product, factor) => product * double.Parse(factor, CultureInfo.InvariantCulture));
        return (read.Groups[1].Value, Continuous) switch
        {
            (">=" or "<", _) or (">", true) => number,
            _ => number + 1, // > 0, <= 0 and == 0 part 0 from 1
        };
    }

    /// <summary>Whether what is bad lies above the threshold.</summary>
    public bool BadAbove => Comparison().Match(ReadsAs ?? Words).Groups[1].Value.StartsWith('>');

    /// <summary>Whether the rule says so.</summary>
    public bool IsInRule() => Spaces().Replace(Rule.Text("expr"), " ").Contains(Words, StringComparison.Ordinal);

    /// <summary>Red for what wakes people, yellow for what waits.</summary>
    public string Colour => Rule.Map("labels").Text("severity") == "page" ? "red" : "yellow";

    private YamlDotNet.RepresentationModel.YamlMappingNode Rule =>
        AlertFiles.Alerts.Single(alert => alert.Text("alert") == Timeline.Prefix + Alert);

    [GeneratedRegex(@"(>=|<=|==|>|<) ([\d.]+(?: \* \d+)*)$")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
