using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>The metrics and labels that a query names. Understands only the parts of PromQL that the dashboards use;
/// other tests let Prometheus check the syntax.</summary>
/// <param name="Matched">Metric and label of each matcher.</param>
/// <param name="Grouped">Labels in by, on, ignoring and the like, and those that label_replace reads.</param>
/// <param name="Made">Labels that label_replace creates.</param>
internal sealed partial record PromQlNames(
    ImmutableHashSet<string> Metrics,
    ImmutableHashSet<(string Metric, string Label)> Matched,
    ImmutableHashSet<string> Grouped,
    ImmutableHashSet<string> Made
)
{
    private static readonly string[] Words = ["and", "or", "unless", "bool", "offset"];

    public static PromQlNames Of(string query)
    {
        var replaced = Replacement().Matches(query);
        var made = replaced.Select(match => match.Groups[1].Value).ToImmutableHashSet();
        var grouped = replaced.Select(match => match.Groups[2].Value).ToImmutableHashSet();

        var rest = Quoted().Replace(query, "\"\"");
        grouped = grouped.Union(
            Grouping()
                .Matches(rest)
                .SelectMany(match => Word().Matches(match.Groups[1].Value))
                .Select(word => word.Value)
        );
        rest = Grouping().Replace(rest, " ");

        var selectors = Selector().Matches(rest);
        var matched = selectors
            .SelectMany(selector =>
                Matcher()
                    .Matches(selector.Groups[2].Value)
                    .Select(matcher => (selector.Groups[1].Value, matcher.Groups[1].Value))
            )
            .ToImmutableHashSet();
        rest = Variable().Replace(Range().Replace(Selector().Replace(rest, " "), " "), " ");
        var metrics = selectors
            .Select(selector => selector.Groups[1].Value)
            .Concat(Bare().Matches(rest).Select(word => word.Value).Except(Words))
            .ToImmutableHashSet();
        return new PromQlNames(metrics, matched, grouped, made);
    }

    [GeneratedRegex("\"(\\w+)\",\\s*\"\\$\\d\",\\s*\"(\\w+)\"")]
    private static partial Regex Replacement();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"([A-Za-z_:][\w:]*)\s*\{([^}]*)\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"(\w+)\s*(?:=~|!~|!=|=)")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\$\w+")]
    private static partial Regex Variable();

    // A name that is not a function.
    [GeneratedRegex(@"(?<![\w.])[A-Za-z_:][\w:]*(?![\w:]|\s*\()")]
    private static partial Regex Bare();
}
