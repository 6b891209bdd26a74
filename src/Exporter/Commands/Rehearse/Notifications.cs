using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>When Alertmanager tells of a new group, and of what comes to one that it told already.</summary>
internal sealed record Turn(TimeSpan Wait, TimeSpan Interval)
{
    /// <summary>When an alert of a group is told that fires then.</summary>
    /// <param name="first">When the group's first alert fired.</param>
    public TimeSpan After(TimeSpan first, TimeSpan fires)
    {
        var turn = first + Wait;
        while (turn < fires)
        {
            turn += Interval;
        }
        return turn;
    }
}

/// <summary>What alerts/alertmanager.example.yaml does with alerts, as far as a rehearsal foretells it.</summary>
/// <param name="Pages">One group a cluster.</param>
/// <param name="Tickets">One group a cluster and alert.</param>
internal sealed record Notifications(Turn Pages, Turn Tickets, ImmutableArray<Inhibition> Inhibitions)
{
    public static Notifications Shipped() => Parse(ShippedFile.Read("alertmanager.example.yaml"));

    /// <exception cref="FormatException">It is no configuration of Alertmanager that we know.</exception>
    public static Notifications Parse(YamlNode file)
    {
        var ours = file.At("route")
            .At("routes")
            .Items.First(route =>
                Matchers(route.At("matchers")).Any(text => text.Contains(AlertRule.Prefix, StringComparison.Ordinal))
            );
        var pages = ours.At("routes").Items.First(route => Matchers(route.At("matchers")) is ["severity = \"page\""]);
        return new Notifications(
            TurnOf(pages),
            TurnOf(ours),
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

    private static Turn TurnOf(YamlNode route) =>
        new(route.At("group_wait").Duration(), route.At("group_interval").Duration());
}

/// <summary>While an alert of the source fires, those of the target are not told.</summary>
internal sealed record Inhibition(ImmutableArray<string> Source, ImmutableArray<string> Target)
{
    /// <param name="source">An alert's name without prefix.</param>
    /// <param name="target">Likewise.</param>
    public bool Holds(string source, string target) =>
        Source.All(matcher => Matches(matcher, source)) && Target.All(matcher => Matches(matcher, target));

    /// <summary>alertname = "X", alertname =~ "Clustermgr(A|B)", alertname !~ "…": all that the example has.</summary>
    private static bool Matches(string matcher, string alert)
    {
        if (matcher.Split(' ', 3) is not ["alertname", var op, var quoted])
        {
            throw new FormatException($"not a matcher of alert names: {matcher}");
        }
        var (name, value) = (AlertRule.Prefix + alert, quoted.Trim('"'));
        return op switch
        {
            "=" => name == value,
            "=~" => Regex.IsMatch(name, $"^(?:{value})$"),
            "!~" => !Regex.IsMatch(name, $"^(?:{value})$"),
            _ => throw new FormatException($"not a matcher of alert names: {matcher}"),
        };
    }
}
