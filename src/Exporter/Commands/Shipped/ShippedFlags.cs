using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>The flags that rules and dashboards have in common.</summary>
internal sealed partial class ShippedFlags(string[] formats, string formatHelp)
{
    /// <summary>Severities of the shipped alerts.</summary>
    private static readonly string[] KnownSeverities = ["page", "ticket", "none"];

    private readonly Option<string> _format = new("--format")
    {
        HelpName = string.Join('|', formats),
        Description = formatHelp,
    };

    private readonly Option<string> _selector = new("--selector")
    {
        HelpName = "MATCHERS",
        Description =
            "Matchers to add to every selector of the exporter's series, as in PromQL. "
            + "Example: --selector='job=\"clustermgr\"'",
    };

    private readonly Option<string> _severity = new("--severity")
    {
        HelpName = "OLD=NEW[,OLD=NEW]",
        Description =
            "What you call the severities page, ticket and none. Example: --severity=page=critical,ticket=warning",
    };

    private readonly Option<string> _namespace = new("--namespace")
    {
        HelpName = "NAME",
        Description = "Namespace of the objects of Kubernetes. Example: --namespace=monitoring",
    };

    private readonly Option<string[]> _labels = new("--label")
    {
        HelpName = "KEY=VALUE",
        Description =
            "Label of the objects of Kubernetes, by which the operator or Grafana picks them; may be repeated. "
            + "Example: --label=release=kube-prometheus-stack",
    };

    public IReadOnlyList<Option> All => [_format, _selector, _severity, _namespace, _labels];

    /// <summary>Reads the options, and adds what is wrong to <paramref name="errors"/>.</summary>
    public ShippedOptions Read(ParseResult parse, List<string> errors)
    {
        var format = parse.GetValue(_format) ?? formats[0];
        if (!formats.Contains(format))
        {
            errors.Add($"--format is {Quoted.From(format)}{WordSuggestion.Hint(format, formats)}");
        }
        SelectorText? selector = null;
        if (parse.GetValue(_selector) is { } text)
        {
            selector = SelectorText.Parse(text, out var error);
            if (selector is null)
            {
                errors.Add($"--selector{error}");
            }
        }
        var isKubernetes = format != formats[0];
        var @namespace = parse.GetValue(_namespace);
        var labels = parse.GetValue(_labels) ?? [];
        if (!isKubernetes && (@namespace is not null || labels.Length > 0))
        {
            errors.Add($"--namespace and --label are of objects of Kubernetes; give --format={formats[1]} too");
        }
        if (@namespace is not null && !Name().IsMatch(@namespace))
        {
            errors.Add(
                $"--namespace {Quoted.From(@namespace)} is not a namespace name: small letters, digits and hyphens"
            );
        }
        return new ShippedOptions(
            isKubernetes ? new KubernetesObjects(@namespace, Labels(labels, errors)) : null,
            selector,
            Severities(parse.GetValue(_severity), errors)
        );
    }

    private static ImmutableDictionary<string, string> Severities(string? text, List<string> errors)
    {
        var severities = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (
            var pair in text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? []
        )
        {
            if (pair.Split('=') is not [var old, var @new] || !Severity().IsMatch(@new))
            {
                errors.Add($"--severity {Quoted.From(pair)} is not an OLD=NEW; write page=critical");
            }
            else if (!KnownSeverities.Contains(old))
            {
                errors.Add(
                    $"--severity {Quoted.From(old)} is not a severity of the rules{WordSuggestion.Hint(old, KnownSeverities)}"
                );
            }
            else if (!severities.TryAdd(old, @new))
            {
                errors.Add($"--severity names {old} twice");
            }
        }
        return severities.ToImmutable();
    }

    private static ImmutableArray<KeyValuePair<string, string>> Labels(string[] labels, List<string> errors)
    {
        var read = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var label in labels)
        {
            if (label.Split('=', 2) is [var key, var value] && LabelKey().IsMatch(key) && LabelValue().IsMatch(value))
            {
                if (KubernetesObjects.BuiltInLabels.Contains(key) || read.Any(other => other.Key == key))
                {
                    errors.Add($"--label {key} is there already");
                    continue;
                }
                read.Add(KeyValuePair.Create(key, value));
                continue;
            }
            errors.Add(
                $"--label {Quoted.From(label)} is not a KEY=VALUE that Kubernetes takes; write release=prometheus"
            );
        }
        return read.ToImmutable();
    }

    public static bool IsSeverity(string text) => Severity().IsMatch(text);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex Name();

    // A word that YAML does not read as another type.
    [GeneratedRegex("^(?!(?i:null|true|false|yes|no|on|off|y|n)$)[A-Za-z][A-Za-z0-9_.-]{0,62}$")]
    private static partial Regex Severity();

    [GeneratedRegex("^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$")]
    private static partial Regex LabelKey();

    [GeneratedRegex("^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$")]
    private static partial Regex LabelValue();
}

/// <summary>The changes of a site to rules and dashboards alike.</summary>
/// <param name="Kubernetes">Null for the file itself.</param>
/// <param name="Selector">Null for none.</param>
/// <param name="Severities">New names by shipped ones.</param>
internal sealed record ShippedOptions(
    KubernetesObjects? Kubernetes,
    SelectorText? Selector,
    ImmutableDictionary<string, string> Severities
);
