using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Commands;

/// <summary>Wraps shipped files in objects of Kubernetes, as text: their content stays as it is, comments
/// included.</summary>
/// <param name="Namespace">Null for the namespace in which it is applied.</param>
/// <param name="Labels">Labels in addition to the built-in ones.</param>
internal sealed record KubernetesObjects(string? Namespace, ImmutableArray<KeyValuePair<string, string>> Labels)
{
    private const string Name = "app.kubernetes.io/name";
    private const string IsDashboard = "grafana_dashboard";

    /// <summary>Keys of the built-in labels.</summary>
    public static readonly ImmutableArray<string> BuiltInLabels = [Name, IsDashboard];

    private const string RulesHeader = """
        # clustermgr.rules.yaml for the Prometheus operator, as clustermgr-exporter rules --format=operator prints it.
        # docs/alerting.md says what else the operator needs.

        """;

    /// <summary>A PrometheusRule of the Prometheus operator.</summary>
    /// <param name="rules">The whole text of a rules file. Block scalars keep their meaning, being indented as a
    /// whole.</param>
    public string Rule(string rules) =>
        RulesHeader
        + Head("monitoring.coreos.com/v1", "PrometheusRule", "clustermgr")
        + "spec:\n"
        + IndentLines(rules, "  ");

    /// <summary>A ConfigMap that the side container of Grafana's chart finds by its label.</summary>
    /// <param name="name">Name of the dashboard's file, without its extension.</param>
    public string Dashboard(string name, string json) =>
        Head("v1", "ConfigMap", $"clustermgr-dashboard-{name}", KeyValuePair.Create(IsDashboard, "1"))
        + $"data:\n  clustermgr-{name}.json: |\n"
        + IndentLines(json, "    ");

    private string Head(
        string version,
        string kind,
        string name,
        params ReadOnlySpan<KeyValuePair<string, string>> extraLabels
    )
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"apiVersion: {version}\nkind: {kind}\nmetadata:\n  name: {name}\n");
        if (Namespace is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"  namespace: {Namespace}\n");
        }
        text.Append(CultureInfo.InvariantCulture, $"  labels:\n    {Name}: clustermgr-exporter\n");
        foreach (var (key, value) in (KeyValuePair<string, string>[])[.. extraLabels, .. Labels])
        {
            text.Append(CultureInfo.InvariantCulture, $"    {key}: \"{value}\"\n");
        }
        return text.ToString();
    }

    private static string IndentLines(string text, string by) =>
        string.Join('\n', text.Split('\n').Select(line => line.Length > 0 ? by + line : ""));
}
