using System.Text.Json.Nodes;
using static ClustermgrExporter.Tests.Dashboards.Dashboard;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>Checks for problems that Grafana accepts, but that people would notice.</summary>
internal static class PanelChecks
{
    private const int Columns = 24;
    private const int MostPanels = 42;
    private const int MostQueries = 10;

    private static readonly string[] KnownTypes =
    [
        "timeseries",
        "stat",
        "gauge",
        "bargauge",
        "table",
        "state-timeline",
        "status-history",
        "text",
        "row",
    ];

    /// <summary>The units in use; each is in Grafana's list of units
    /// (packages/grafana-data/src/valueFormats/categories.ts). Grafana would print an unknown unit verbatim after the
    /// number.</summary>
    private static readonly string[] KnownUnits =
    [
        "none",
        "short",
        "s",
        "bytes",
        "percentunit",
        "reqps",
        "dateTimeFromNow",
    ];

    /// <summary>Green and transparent: normal; yellow: a ticket; red: a page; grey: unknown; blue and the colour of
    /// text: neutral. Text on them has a contrast of 4.5 to 1 in the dark and the light theme.</summary>
    private static readonly string[] KnownColours =
    [
        "green",
        "yellow",
        "red",
        "dark-red",
        "blue",
        "#6e6e6e",
        "text",
        "transparent",
        .. LineColours,
    ];

    /// <summary>Neutral, too: they only distinguish lines, also for colour-blind people (Okabe and Ito).</summary>
    private static string[] LineColours => ["#0072b2", "#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#999999"];

    public static IEnumerable<string> Problems(Dashboard dashboard)
    {
        var panels = dashboard.Panels.ToList();
        if (panels.Count > MostPanels)
        {
            yield return $"{panels.Count} panels";
        }
        foreach (
            var same in panels
                .GroupBy(panel => panel["id"]?.ToString())
                .Where(same => same.Count() > 1 || same.Key is null)
        )
        {
            yield return $"id {same.Key} occurs {same.Count()} times";
        }
        foreach (
            var same in panels.Where(IsShown).GroupBy(panel => Text(panel, "title")).Where(same => same.Count() > 1)
        )
        {
            yield return $"title {same.Key} occurs {same.Count()} times";
        }
        foreach (var problem in panels.SelectMany(OfPanel).Concat(OfRows(dashboard)))
        {
            yield return problem;
        }
        foreach (var colour in Colours(dashboard.Json).Where(colour => !KnownColours.Contains(colour)).Distinct())
        {
            yield return $"colour {colour} means nothing";
        }
    }

    /// <summary>Whether the panel shows data; a row is a heading.</summary>
    public static bool IsShown(JsonObject panel) => Text(panel, "type") is not ("row" or "text");

    private static IEnumerable<string> OfPanel(JsonObject panel)
    {
        var title = Text(panel, "title");
        if (title.Length == 0)
        {
            yield return $"panel {panel["id"]} has no title";
        }
        if (!KnownTypes.Contains(Text(panel, "type")))
        {
            yield return $"{title}: unknown type {panel["type"]}";
        }
        if (!IsShown(panel))
        {
            yield break;
        }
        if (!Text(panel, "description").EndsWith('.'))
        {
            yield return $"{title}: no description that is a sentence";
        }
        else if (!Text(panel, "description").Contains("Normal: ", StringComparison.Ordinal))
        {
            yield return $"{title}: does not say what is normal";
        }
        if (Text(panel["fieldConfig"]?["defaults"], "unit").Length == 0)
        {
            yield return $"{title}: no unit";
        }
        foreach (var unit in Units(panel).Where(unit => !KnownUnits.Contains(unit)))
        {
            yield return $"{title}: unknown unit {unit}";
        }
        if (QueriesOf(panel).Count() is 0 or > MostQueries)
        {
            yield return $"{title}: {QueriesOf(panel).Count()} queries";
        }
        // Grafana would use the colour of the lowest threshold, which is often red.
        if (
            Text(panel, "type") == "stat"
            && !Everything(panel["fieldConfig"]).Any(node => Text(node, "match") == "null+nan")
        )
        {
            yield return $"{title}: no separate colour for missing data";
        }
        foreach (var same in QueriesOf(panel).GroupBy(query => query.RefId).Where(same => same.Count() > 1))
        {
            yield return $"{title}: refId {same.Key} occurs {same.Count()} times";
        }
    }

    private static IEnumerable<string> Units(JsonObject panel) =>
        Everything(panel["fieldConfig"])
            .Select(node => Text(node, "unit"))
            .Concat(
                Everything(panel["fieldConfig"])
                    .Where(node => Text(node, "id") == "unit")
                    .Select(node => Text(node, "value"))
            )
            .Where(unit => unit.Length > 0);

    private static IEnumerable<string> Colours(JsonNode json) =>
        Everything(json)
            .SelectMany(node => (string[])[Text(node, "color"), Text(node, "fixedColor"), Text(node, "iconColor")])
            .Where(colour => colour.Length > 0);

    /// <summary>Panels inside a row take no space until it is opened.</summary>
    private static IEnumerable<string> OfRows(Dashboard dashboard)
    {
        var rows = Objects(dashboard.Json, "panels").Where(panel => Text(panel, "type") == "row").ToList();
        return
        [
            .. OfGrid(Objects(dashboard.Json, "panels")),
            .. rows.SelectMany(row => OfGrid(Objects(row, "panels"))),
            .. rows.Where(row => row["collapsed"]?.GetValue<bool>() != true || !Objects(row, "panels").Any())
                .Select(row => $"{Text(row, "title")}: a row that is open, or without panels"),
        ];
    }

    private static IEnumerable<string> OfGrid(IEnumerable<JsonObject> panels)
    {
        var taken = new Dictionary<(int X, int Y), string>();
        foreach (var panel in panels)
        {
            var title = Text(panel, "title");
            int[] place =
            [
                .. ((string[])["x", "y", "w", "h"]).Select(side => panel["gridPos"]?[side]?.GetValue<int>() ?? -1),
            ];
            if (place is not [var x, var y, var w, var h] || x < 0 || y < 0 || w < 1 || h < 1 || x + w > Columns)
            {
                yield return $"{title}: outside of the grid";
                continue;
            }
            var cells = Enumerable
                .Range(x, w)
                .SelectMany(column => Enumerable.Range(y, h).Select(line => (column, line)))
                .ToList();
            foreach (var other in cells.Where(taken.ContainsKey).Select(cell => taken[cell]).Distinct())
            {
                yield return $"{title} covers {other}";
            }
            foreach (var cell in cells)
            {
                taken[cell] = title;
            }
        }
    }
}
