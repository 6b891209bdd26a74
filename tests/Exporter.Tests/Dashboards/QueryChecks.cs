using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static ClustermgrExporter.Tests.Dashboards.Dashboard;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>Checks that no data source, job or interval is named literally, and that every variable is used in every
/// query and every link.</summary>
internal static partial class QueryChecks
{
    private const string Source = "${datasource}";
    private const int LongestQuery = 2000;

    /// <summary>Properties that fix an interval regardless of the time range.</summary>
    private static readonly string[] IntervalProperties =
    [
        "interval",
        "step",
        "timeFrom",
        "timeShift",
        "intervalFactor",
    ];

    public static IEnumerable<string> Problems(Dashboard dashboard) =>
        [
            .. Everything(dashboard.Json).SelectMany(OfObject),
            .. dashboard.Panels.SelectMany(panel =>
                Objects(panel, "targets").SelectMany(target => OfExpression(Text(panel, "title"), target["expr"]))
            ),
            .. dashboard.Annotations.SelectMany(annotation =>
                OfExpression(Text(annotation, "name"), annotation["target"]?["expr"])
            ),
            .. dashboard
                .Panels.Where(PanelChecks.IsShown)
                .Where(panel => Text(panel["datasource"], "uid") != Source)
                .Select(panel => $"{Text(panel, "title")}: not of the chosen data source"),
            .. dashboard.QueryVariables.SelectMany(OfVariable),
            .. dashboard
                .Variables.Where(variable => !IsUsed(dashboard, Text(variable, "name")))
                .Select(variable => $"variable {Text(variable, "name")} changes nothing"),
            .. Used()
                .Matches(dashboard.Json.ToJsonString())
                .Select(match => match.Groups[1].Value)
                .Except(dashboard.Variables.Select(variable => Text(variable, "name")))
                .Select(name => $"there is no variable {name}"),
            .. Objects(dashboard.Json, "links").SelectMany(OfDashboardLink),
            .. Everything(dashboard.Json["panels"])
                .SelectMany(node =>
                    Objects(node, "links").Concat(Text(node, "id") == "links" ? Objects(node, "value") : [])
                )
                .SelectMany(OfDataLink),
        ];

    private static IEnumerable<string> OfObject(JsonObject node)
    {
        if (
            node.ContainsKey("datasource")
            && (Text(node["datasource"], "uid"), Text(node["datasource"], "type")) != (Source, "prometheus")
        )
        {
            yield return $"a data source by name: {node["datasource"]?.ToJsonString()}";
        }
        foreach (var key in IntervalProperties.Where(key => Text(node, key).Length > 0))
        {
            yield return $"a fixed interval: {key} {node[key]}";
        }
    }

    private static IEnumerable<string> OfExpression(string where, JsonNode? expression)
    {
        if (expression is not JsonValue value || !value.TryGetValue<string>(out var text) || text.Trim().Length == 0)
        {
            yield return $"{where}: no expression: {expression?.ToJsonString()}";
            yield break;
        }
        if (double.TryParse(text, out _))
        {
            yield return $"{where}: a number for an expression: {text}";
        }
        if (text.Length > LongestQuery)
        {
            yield return $"{where}: an expression of {text.Length} characters";
        }
        if (Interval().Match(text) is { Success: true } interval)
        {
            yield return $"{where}: a fixed interval: {interval.Value}";
        }
        if (Job().Match(text) is { Success: true } job)
        {
            yield return $"{where}: a job or an instance by name: {job.Value}";
        }
    }

    private static IEnumerable<string> OfVariable(JsonObject variable)
    {
        var name = Text(variable, "name");
        // 2 refreshes it whenever the time range changes.
        if (variable["refresh"]?.ToString() != "2")
        {
            yield return $"variable {name} is not refreshed when the time range changes";
        }
        if (variable["includeAll"]?.GetValue<bool>() == true && Text(variable, "allValue").Length == 0)
        {
            yield return $"variable {name}: All would be replaced by a list of all values";
        }
    }

    private static bool IsUsed(Dashboard dashboard, string name)
    {
        var used = new Regex($@"\$(?:{name}\b|\{{{name}[}}:])");
        return dashboard.Queries.Any(query => used.IsMatch(query.Expression))
            || (name is "datasource" or "exporter" && used.IsMatch(dashboard.Json.ToJsonString()));
    }

    private static IEnumerable<string> OfDashboardLink(JsonObject link)
    {
        var url = Text(link, "url");
        if (Outside().IsMatch(url))
        {
            yield break;
        }
        if (link["includeVars"]?.GetValue<bool>() != true || link["keepTime"]?.GetValue<bool>() != true)
        {
            yield return $"link {Text(link, "title")} loses the variables or the time";
        }
        if (!Target().IsMatch(url))
        {
            yield return $"link {Text(link, "title")} leads nowhere: {url}";
        }
    }

    private static IEnumerable<string> OfDataLink(JsonObject link)
    {
        var url = Text(link, "url");
        if (Outside().IsMatch(url))
        {
            yield break;
        }
        if (!Target().IsMatch(url))
        {
            yield return $"link {Text(link, "title")} leads nowhere: {url}";
        }
        foreach (
            var carried in ((string[])["var-cluster=", "${datasource:queryparam}", "${__url_time_range}"]).Where(part =>
                !url.Contains(part, StringComparison.Ordinal)
            )
        )
        {
            yield return $"link {Text(link, "title")} loses {carried}";
        }
    }

    // A number at the beginning of a range or an offset, or as the step of a subquery.
    [GeneratedRegex(@"\[[^\]]*\b\d+(ms|[smhdwy])[^\]]*\]|\[\s*\d[^\]]*\]|\boffset\s+-?\d+\w*")]
    private static partial Regex Interval();

    [GeneratedRegex(@"\b(job|instance)\s*(=~|!~|!=|=)")]
    private static partial Regex Job();

    [GeneratedRegex(@"^/d/clustermgr-(fleet|cluster|exporter)(\?|$)")]
    private static partial Regex Target();

    // Pages of the chosen exporter, or of the exporter of a row.
    [GeneratedRegex(@"^http://\$\{(exporter|__data\.fields\.exporter)\}/((runbooks)?(\?cluster=\S+)?(#\S+)?)?$")]
    private static partial Regex Outside();

    // Not Grafana's own variables, which begin with two underscores, nor the groups of label_replace.
    [GeneratedRegex(@"\$\{?([A-Za-z][A-Za-z0-9_]*)")]
    private static partial Regex Used();
}
