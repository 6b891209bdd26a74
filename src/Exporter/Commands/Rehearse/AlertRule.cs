using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>What alerts/clustermgr.rules.yaml says of one alert, beside its expression.</summary>
/// <param name="Name">Without the prefix that all share, as the findings have it.</param>
/// <param name="Severity">page, ticket or none.</param>
/// <param name="For">How long it must last before it fires.</param>
/// <param name="KeepFiringFor">How long it fires on when it has ended.</param>
/// <param name="Runbook">Its entry, from the root of the repository.</param>
/// <param name="YieldsTo">The alerts of the same cluster that silence it while they fire, by name without
/// prefix.</param>
internal sealed partial record AlertRule(
    string Name,
    string Severity,
    TimeSpan For,
    TimeSpan KeepFiringFor,
    string Runbook,
    ImmutableArray<string> YieldsTo
)
{
    public const string Prefix = "Clustermgr";

    /// <summary>By name, of the file that is built into this program.</summary>
    public static ImmutableDictionary<string, AlertRule> Shipped() =>
        Parse(ShippedFile.Parse(DirectRules.ShippedText(), DirectRules.ShippedFile));

    /// <exception cref="FormatException">It is no file of rules that we know.</exception>
    public static ImmutableDictionary<string, AlertRule> Parse(YamlNode file) =>
        file.At("groups")
            .Items.SelectMany(group => group.At("rules").Items)
            .Where(rule => rule.Has("alert"))
            .Select(ParseRule)
            .ToImmutableDictionary(rule => rule.Name);

    private static AlertRule ParseRule(YamlNode rule)
    {
        var runbook = rule.At("annotations").At("runbook_url").Text;
        return new AlertRule(
            rule.At("alert").Text[Prefix.Length..],
            rule.At("labels").At("severity").Text,
            rule.Has("for") ? rule.At("for").Duration() : TimeSpan.Zero,
            rule.Has("keep_firing_for") ? rule.At("keep_firing_for").Duration() : TimeSpan.Zero,
            // A template that prefixes the docs_url of Prometheus, or docs where there is none.
            "docs" + runbook[(runbook.LastIndexOf("}}", StringComparison.Ordinal) + 2)..],
            [.. Firing().Matches(rule.At("expr").Text).Select(match => match.Groups[1].Value)]
        );
    }

    [GeneratedRegex("""\bunless on [^)]*\) ALERTS\{alertname="Clustermgr(\w+)",alertstate="firing"\}""")]
    private static partial Regex Firing();
}
