using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Commands;

/// <summary>One alert of alerts/clustermgr.rules.yaml, without its expression.</summary>
/// <param name="Name">Name without the common prefix, as in findings.</param>
/// <param name="Severity">page, ticket or none.</param>
/// <param name="For">How long it must last before it fires.</param>
/// <param name="KeepFiringFor">How long it keeps firing after it has ended.</param>
/// <param name="Runbook">Path of its runbook entry in the repository.</param>
/// <param name="SuppressedBy">The alerts of the same cluster that silence it while they fire, by name without
/// prefix.</param>
internal sealed partial record AlertRule(
    string Name,
    string Severity,
    TimeSpan For,
    TimeSpan KeepFiringFor,
    string Runbook,
    ImmutableArray<string> SuppressedBy
)
{
    public const string Prefix = "Clustermgr";

    /// <summary>The rules of the embedded file, by name.</summary>
    public static ImmutableDictionary<string, AlertRule> LoadShipped() =>
        Parse(ShippedFile.Parse(DirectRules.ReadShippedText(), DirectRules.ShippedFile));

    /// <exception cref="FormatException">The file is not a known rules file.</exception>
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
            // The URL is a template: it prefixes the docs_url of Prometheus, or docs without one.
            "docs" + runbook[(runbook.LastIndexOf("}}", StringComparison.Ordinal) + 2)..],
            [.. Firing().Matches(rule.At("expr").Text).Select(match => match.Groups[1].Value)]
        );
    }

    [GeneratedRegex("""\bunless on [^)]*\) ALERTS\{alertname="Clustermgr(\w+)",alertstate="firing"\}""")]
    private static partial Regex Firing();
}
