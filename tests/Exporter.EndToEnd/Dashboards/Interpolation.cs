using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Dashboards;

namespace ClustermgrExporter.EndToEnd.Dashboards;

/// <summary>Inserts the values of variables into a query as Grafana does for Prometheus.</summary>
/// <param name="Range">The displayed time range.</param>
/// <param name="Chosen">Values by variable; other variables are set to All.</param>
internal sealed partial record Interpolation(
    Dashboard Dashboard,
    TimeSpan Range,
    TimeSpan ScrapeInterval,
    ImmutableDictionary<string, ImmutableArray<string>> Chosen
)
{
    /// <summary>Grafana's maxDataPoints for a panel of normal width.</summary>
    private const int Points = 1000;

    /// <summary>$__interval: never below the scrape interval of the data source.</summary>
    public TimeSpan Interval =>
        TimeSpan.FromSeconds(Math.Max(ScrapeInterval.TotalSeconds, Math.Round(Range.TotalSeconds / Points)));

    public string Of(string query) =>
        Variable()
            .Replace(
                query,
                match =>
                {
                    var name = match.Groups[1].Value + match.Groups[2].Value;
                    return name switch
                    {
                        "__interval" => Seconds(Interval),
                        "__rate_interval" => Seconds(
                            TimeSpan.FromSeconds(
                                Math.Max((Interval + ScrapeInterval).TotalSeconds, 4 * ScrapeInterval.TotalSeconds)
                            )
                        ),
                        "__range" => Seconds(Range),
                        "__range_s" => Range.TotalSeconds.ToString(CultureInfo.InvariantCulture),
                        _ when Dashboard.Variables.FirstOrDefault(variable => Dashboard.Text(variable, "name") == name)
                                is { } variable => Value(variable, name),
                        _ => match.Value, // such as the $1 of label_replace
                    };
                }
            );

    private string Value(System.Text.Json.Nodes.JsonObject variable, string name)
    {
        var many = variable["multi"]!.GetValue<bool>() || variable["includeAll"]!.GetValue<bool>();
        if (!Chosen.TryGetValue(name, out var values))
        {
            return many
                ? Dashboard.Text(variable, "allValue")
                : throw new InvalidOperationException($"{name} must be selected");
        }
        if (!many)
        {
            return values
                .Single()
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal);
        }
        // For a regular expression in a string: escapes special characters, and the escape character for the string.
        string[] escaped = [.. values.Select(value => Special().Replace(value, "\\\\$0"))];
        return escaped is [var only] ? only : $"({string.Join('|', escaped)})";
    }

    private static string Seconds(TimeSpan span) =>
        string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds}s");

    [GeneratedRegex(@"\$(?:\{(\w+)(?::\w+)?\}|(\w+))")]
    private static partial Regex Variable();

    [GeneratedRegex(@"[\\^$*+?.()|\[\]{}]")]
    private static partial Regex Special();
}
