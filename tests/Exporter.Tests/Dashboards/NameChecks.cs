using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using static ClustermgrExporter.Tests.Dashboards.Dashboard;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>Compares every metric and every label that a dashboard names with the exporter's catalogue.</summary>
internal static partial class NameChecks
{
    /// <summary>Series that Prometheus creates from the rules; they also have the labels of the alerts'
    /// expressions.</summary>
    private static readonly string[] AlertSeries = ["ALERTS", "ALERTS_FOR_STATE"];

    private static readonly ImmutableDictionary<string, ImmutableArray<string>> Labels = Catalogue
        .Cluster.Select(entry => entry.Family)
        .ToImmutableDictionary(family => family.Name, family => family.Labels)
        // Prometheus adds the labels that identify the exporter.
        .AddRange(
            ExporterSeries
                .All.SelectMany(SampleNames)
                .Select(own =>
                    KeyValuePair.Create<string, ImmutableArray<string>>(own.Name, [.. own.Labels, "job", "instance"])
                )
        )
        .AddRange(
            AlertSeries.Select(name =>
                KeyValuePair.Create<string, ImmutableArray<string>>(
                    name,
                    [
                        .. Catalogue.Cluster.SelectMany(entry => entry.Family.Labels).Distinct(),
                        "alertname",
                        "alertstate",
                        "severity",
                    ]
                )
            )
        );

    public static IEnumerable<string> Problems(Dashboard dashboard) =>
        [
            .. dashboard.Panels.SelectMany(OfPanel),
            .. dashboard.QueryVariables.SelectMany(OfVariable),
            .. dashboard.Annotations.SelectMany(OfAnnotation),
        ];

    /// <summary>A histogram has three, of which the first has a label for its bound.</summary>
    private static IEnumerable<(string Name, ImmutableArray<string> Labels)> SampleNames(FamilyDescriptor series) =>
        series.Type != MetricType.Histogram
            ? [(series.Name, series.Labels)]
            :
            [
                ($"{series.Name}_bucket", series.Labels.Add("le")),
                ($"{series.Name}_sum", series.Labels),
                ($"{series.Name}_count", series.Labels),
            ];

    private static IEnumerable<string> OfPanel(JsonObject panel)
    {
        var title = Text(panel, "title");
        var all = ImmutableHashSet<string>.Empty;
        foreach (var target in Objects(panel, "targets"))
        {
            var problems = OfQuery(title, Text(target, "expr"), out var labels);
            foreach (var problem in problems)
            {
                yield return problem;
            }
            foreach (var problem in OfFormats(target, labels, "legendFormat"))
            {
                yield return $"{title}: {problem}";
            }
            all = all.Union(labels);
        }
        var refs = Objects(panel, "targets").Select(target => Text(target, "refId")).ToList();
        all = all.Union(refs.Count == 1 ? ["Value"] : refs.Select(id => $"Value #{id}"));
        foreach (var step in Objects(panel, "transformations"))
        {
            var options = step["options"] as JsonObject;
            var names =
                options?["include"]?["names"]?.AsArray().Select(name => name!.GetValue<string>())
                ?? (options?["indexByName"] as JsonObject)?.Select(entry => entry.Key)
                ?? [];
            foreach (var name in names.Where(name => !all.Contains(name)))
            {
                yield return $"{title}: no query has a column {name}";
            }
        }
        foreach (var name in Text(panel, "type") == "table" ? ColumnsMeant(panel).Except(Columns(panel)) : [])
        {
            yield return $"{title}: no column is called {name}";
        }
    }

    /// <summary>The columns of a table, by the names that people see.</summary>
    private static IEnumerable<string> Columns(JsonObject panel)
    {
        var last = Objects(panel, "transformations").LastOrDefault()?["options"];
        var order = last?["indexByName"] as JsonObject ?? [];
        return order.Select(entry => Text(last?["renameByName"], entry.Key) is { Length: > 0 } name ? name : entry.Key);
    }

    /// <summary>The columns to which overrides and the order of the rows refer.</summary>
    private static IEnumerable<string> ColumnsMeant(JsonObject panel) =>
        (panel["fieldConfig"] is JsonObject config ? Objects(config, "overrides") : [])
            .Where(column => Text(column["matcher"], "id") == "byName")
            .Select(column => Text(column["matcher"], "options"))
            .Concat(
                (panel["options"] is JsonObject options ? Objects(options, "sortBy") : []).Select(order =>
                    Text(order, "displayName")
                )
            );

    private static IEnumerable<string> OfVariable(JsonObject variable)
    {
        var where = $"variable {Text(variable, "name")}";
        var query = LabelValues().Match(Text(variable["query"], "query"));
        if (!query.Success)
        {
            return [$"{where}: not label_values(SELECTOR, LABEL)"];
        }
        var problems = OfQuery(where, query.Groups[1].Value, out var labels);
        // Prometheus adds the label instance to every series.
        return labels.Contains(query.Groups[2].Value) || query.Groups[2].Value == "instance"
            ? problems
            : problems.Append($"{where}: no label {query.Groups[2].Value}");
    }

    private static IEnumerable<string> OfAnnotation(JsonObject annotation)
    {
        var problems = OfQuery(
            $"annotation {Text(annotation, "name")}",
            Text(annotation["target"], "expr"),
            out var labels
        );
        return problems.Concat(OfFormats(annotation, labels, "titleFormat", "textFormat", "tagKeys"));
    }

    private static List<string> OfQuery(string where, string query, out ImmutableHashSet<string> labels)
    {
        var names = PromQlNames.Of(query);
        var known = names.Metrics.Where(Labels.ContainsKey).ToList();
        labels = [.. known.SelectMany(metric => Labels[metric]), .. names.Made];
        var all = labels;
        List<string> problems = [.. names.Metrics.Except(known).Select(metric => $"{where}: no metric {metric}")];
        if (names.Metrics.IsEmpty)
        {
            problems.Add($"{where}: names no metric");
        }
        problems.AddRange(
            names
                .Matched.Where(pair => Labels.TryGetValue(pair.Metric, out var own) && !own.Contains(pair.Label))
                .Select(pair => $"{where}: {pair.Metric} has no label {pair.Label}")
        );
        problems.AddRange(
            names.Grouped.Where(label => !all.Contains(label)).Select(label => $"{where}: no label {label}")
        );
        return problems;
    }

    private static IEnumerable<string> OfFormats(
        JsonObject node,
        ImmutableHashSet<string> labels,
        params IEnumerable<string> keys
    ) =>
        from key in keys
        from Match word in (key == "tagKeys" ? Plain() : Braces()).Matches(Text(node, key))
        let label = word.Groups[1].Value
        where !labels.Contains(label)
        select $"{key} names no label of its query: {label}";

    [GeneratedRegex(@"^label_values\((.+), (\w+)\)$")]
    private static partial Regex LabelValues();

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Braces();

    [GeneratedRegex(@"(\w+)")]
    private static partial Regex Plain();
}
