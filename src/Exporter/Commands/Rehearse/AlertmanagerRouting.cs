using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>group_wait and group_interval of a route of Alertmanager.</summary>
internal sealed record GroupTiming(TimeSpan Wait, TimeSpan Interval)
{
    /// <summary>Returns when a group notifies of an alert that fires at <paramref name="fires"/>.</summary>
    /// <param name="first">When the group's first alert fired.</param>
    public TimeSpan GetNotificationTime(TimeSpan first, TimeSpan fires)
    {
        var turn = first + Wait;
        while (turn < fires)
        {
            turn += Interval;
        }
        return turn;
    }
}

/// <summary>The routing of alerts/alertmanager.example.yaml, as far as a rehearsal predicts it.</summary>
/// <param name="Pages">One group per cluster.</param>
/// <param name="Tickets">One group per cluster and alert.</param>
internal sealed record AlertmanagerRouting(
    GroupTiming Pages,
    GroupTiming Tickets,
    ImmutableArray<Inhibition> Inhibitions
)
{
    public static AlertmanagerRouting LoadShipped() => Parse(ShippedFile.Read("alertmanager.example.yaml"));

    /// <exception cref="FormatException">The file is not a known configuration of Alertmanager.</exception>
    public static AlertmanagerRouting Parse(YamlNode file)
    {
        var ours = file.At("route")
            .At("routes")
            .Items.First(route =>
                Matchers(route.At("matchers")).Any(text => text.Contains(AlertRule.Prefix, StringComparison.Ordinal))
            );
        var pages = ours.At("routes").Items.First(route => Matchers(route.At("matchers")) is ["severity = \"page\""]);
        return new AlertmanagerRouting(
            ParseTiming(pages),
            ParseTiming(ours),
            [
                .. file.At("inhibit_rules")
                    .Items.Select(rule => new Inhibition(
                        Matchers(rule.At("source_matchers")),
                        Matchers(rule.At("target_matchers"))
                    )),
            ]
        );
    }

    private static ImmutableArray<string> Matchers(YamlNode list) => [.. list.Items.Select(item => item.Text)];

    private static GroupTiming ParseTiming(YamlNode route) =>
        new(route.At("group_wait").Duration(), route.At("group_interval").Duration());
}

/// <summary>While an alert of the source fires, no notification is sent for those of the target.</summary>
internal sealed record Inhibition(ImmutableArray<string> Source, ImmutableArray<string> Target)
{
    /// <param name="source">An alert's name without prefix.</param>
    /// <param name="target">Likewise.</param>
    public bool Applies(string source, string target) =>
        Source.All(matcher => Matches(matcher, source)) && Target.All(matcher => Matches(matcher, target));

    /// <summary>alertname = "X", alertname =~ "Clustermgr(A|B)", alertname !~ "…": all that the example has.</summary>
    private static bool Matches(string matcher, string alert)
    {
        if (matcher.Split(' ', 3) is not ["alertname", var op, var quoted])
        {
            throw new FormatException($"not a matcher of alert names: {matcher}");
        }
        var name = AlertRule.Prefix + alert;
        var value = quoted.Trim('"');
        return op switch
        {
            "=" => name == value,
            "=~" => Regex.IsMatch(name, $"^(?:{value})$"),
            "!~" => !Regex.IsMatch(name, $"^(?:{value})$"),
            _ => throw new FormatException($"not a matcher of alert names: {matcher}"),
        };
    }
}
