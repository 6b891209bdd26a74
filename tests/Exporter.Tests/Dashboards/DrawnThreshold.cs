using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Alerts;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>A threshold that a panel draws, and the rule that it comes from.</summary>
/// <param name="Panel">Title of the panel; for a column of a table with a slash and the column.</param>
/// <param name="At">The value at which the colour changes.</param>
/// <param name="Alert">Name without the prefix.</param>
/// <param name="Words">A part of the rule's expression. It ends with a comparison with a number, unless
/// <paramref name="ReadsAs"/> gives its meaning.</param>
internal sealed partial record DrawnThreshold(
    string Panel,
    double At,
    string Alert,
    string Words,
    string? ReadsAs = null
)
{
    /// <summary>True for times and shares, whose colour changes at the number itself; with counts it changes at the
    /// first bad one.</summary>
    public bool Continuous { get; init; }

    /// <summary>The threshold according to the rule.</summary>
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
            _ => number + 1, // > 0, <= 0 and == 0 separate 0 from 1
        };
    }

    /// <summary>Whether bad values are above the threshold.</summary>
    public bool BadAbove => Comparison().Match(ReadsAs ?? Words).Groups[1].Value.StartsWith('>');

    /// <summary>Whether the rule's expression contains the words.</summary>
    public bool IsInRule() => Spaces().Replace(Rule.Text("expr"), " ").Contains(Words, StringComparison.Ordinal);

    /// <summary>Red for pages, yellow for tickets.</summary>
    public string Colour => Rule.Map("labels").Text("severity") == "page" ? "red" : "yellow";

    private YamlDotNet.RepresentationModel.YamlMappingNode Rule =>
        AlertFiles.Alerts.Single(alert => alert.Text("alert") == AlertTimeline.Prefix + Alert);

    [GeneratedRegex(@"(>=|<=|==|>|<) ([\d.]+(?: \* \d+)*)$")]
    private static partial Regex Comparison();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
