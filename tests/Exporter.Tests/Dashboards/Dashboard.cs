using System.Text.Json.Nodes;

namespace ClustermgrExporter.Tests.Dashboards;

/// <summary>One query of a panel.</summary>
/// <param name="Instant">Evaluated at the end of the time range; otherwise over the whole range.</param>
internal sealed record PanelQuery(string Panel, string RefId, string Expression, bool Instant);

/// <summary>One file of dashboards/, as Grafana reads it.</summary>
internal sealed record Dashboard(string Name, JsonObject Json)
{
    public static readonly IReadOnlyList<string> Names = ["fleet", "cluster", "exporter"];

    public static string PathOf(string repository, string name) =>
        Path.Combine(repository, "dashboards", $"{name}.json");

    public static Dashboard Load(string repository, string name) =>
        new(name, JsonNode.Parse(File.ReadAllText(PathOf(repository, name)))!.AsObject());

    /// <summary>All panels, including rows and the panels inside them.</summary>
    public IEnumerable<JsonObject> Panels =>
        Objects(Json, "panels").SelectMany(panel => Objects(panel, "panels").Prepend(panel));

    public IEnumerable<JsonObject> Variables =>
        Json["templating"] is JsonObject templating ? Objects(templating, "list") : [];

    public IEnumerable<JsonObject> QueryVariables => Variables.Where(variable => Text(variable, "type") == "query");

    public IEnumerable<JsonObject> Annotations =>
        Json["annotations"] is JsonObject annotations ? Objects(annotations, "list") : [];

    public IEnumerable<PanelQuery> Queries => Panels.SelectMany(QueriesOf);

    public static IEnumerable<PanelQuery> QueriesOf(JsonObject panel) =>
        Objects(panel, "targets")
            .Select(target => new PanelQuery(
                Text(panel, "title"),
                Text(target, "refId"),
                Text(target, "expr"),
                target["instant"] is JsonValue instant && instant.GetValue<bool>()
            ));

    /// <summary>The elements of a list; empty if it is missing.</summary>
    public static IEnumerable<JsonObject> Objects(JsonObject node, string key) =>
        node[key] is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>The text; "" if it is missing or not a text.</summary>
    public static string Text(JsonNode? node, string key) =>
        node is JsonObject known && known[key] is JsonValue value && value.TryGetValue<string>(out var text)
            ? text
            : "";

    /// <summary>Every object in the file, at any depth.</summary>
    public static IEnumerable<JsonObject> Everything(JsonNode? node) =>
        node switch
        {
            JsonObject map => map.SelectMany(entry => Everything(entry.Value)).Prepend(map),
            JsonArray list => list.SelectMany(Everything),
            _ => [],
        };
}
