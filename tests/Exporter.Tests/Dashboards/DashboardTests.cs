using System.Text.Json.Nodes;
using ClustermgrExporter.Tests.Support;
using Xunit;
using static ClustermgrExporter.Tests.Dashboards.Dashboard;

namespace ClustermgrExporter.Tests.Dashboards;

public sealed class DashboardTests
{
    /// <summary>A ConfigMap with the escaped file must stay below the limit of kubectl apply.</summary>
    private const int MostBytes = 192 * 1024;

    /// <summary>Rows of the grid that fit on a laptop's screen without scrolling.</summary>
    private const int FirstScreen = 20;

    public static TheoryData<string> Shipped => [.. Names];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void AShippedDashboardHasNoProblem(string name) =>
        Assert.Empty(Problems(Load(GoldenFile.GetRepositoryRoot(), name)));

    [Theory]
    [MemberData(nameof(Shipped))]
    public void AShippedDashboardIsClassicJsonUnderTheNameThatTheRulesLinkTo(string name)
    {
        var dashboard = Load(GoldenFile.GetRepositoryRoot(), name);

        Assert.Equal($"clustermgr-{name}", Text(dashboard.Json, "uid"));
        Assert.Equal(39, dashboard.Json["schemaVersion"]!.GetValue<int>());
        Assert.False(dashboard.Json.ContainsKey("id"), "an id is valid in one Grafana only");
        Assert.False(dashboard.Json["editable"]!.GetValue<bool>());
        Assert.InRange(new FileInfo(PathOf(GoldenFile.GetRepositoryRoot(), name)).Length, 1, MostBytes);
        Assert.Equal(
            ["Leader changes", "Exporter restarts"],
            dashboard.Annotations.Select(annotation => Text(annotation, "name")).Except(["Alerts", "Pages"])
        );
    }

    [Fact]
    public void TheFirstScreenOfAClusterAnswersTheFiveQuestions()
    {
        var seen = Objects(Load(GoldenFile.GetRepositoryRoot(), "cluster").Json, "panels")
            .Where(panel =>
                panel["gridPos"]!["y"]!.GetValue<int>() + panel["gridPos"]!["h"]!.GetValue<int>() <= FirstScreen
            )
            .Select(panel => Text(panel, "title"))
            .ToList();

        string[] answers =
        [
            "Leader",
            "May still fail",
            "Data at risk",
            "Disk repair",
            "Tasks not running",
            "Background tasks",
            "Space lasts",
            "Firing alerts",
            "Members over time",
        ];
        Assert.All(answers, answer => Assert.Contains(answer, seen));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void AFaultIsFound(string fault, string found)
    {
        var dashboard = Load(GoldenFile.GetRepositoryRoot(), "cluster");
        FaultsByName[fault](dashboard.Json);

        Assert.Contains(Problems(dashboard), problem => problem.Contains(found, StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "a panel of an unknown type", "unknown type barchart" },
            { "a duplicate id", "id 2 occurs 2 times" },
            { "a duplicate title", "title Quorum reads occurs 2 times" },
            { "a unit that Grafana does not know", "unknown unit seconds" },
            { "a unit in an override that Grafana does not know", "unknown unit ago" },
            { "no unit", "Leader: no unit" },
            { "no title", "panel 1 has no title" },
            { "no description", "Leader: no description" },
            { "a description without what is normal", "Leader: does not say what is normal" },
            { "panels that overlap", "Quorum reads covers Leader" },
            { "a row that is open", "Raft: a row that is open" },
            { "panels of a row that overlap", "Lag of each peer covers Term" },
            { "a panel outside of the grid", "Leader: outside of the grid" },
            { "a number for an expression", "Leader: no expression: 1" },
            { "an empty expression", "Leader: no expression" },
            { "a metric that the exporter does not have", "Leader: no metric clustermgr_upp" },
            { "a metric without a selector that the exporter does not have", "Leader: no metric clustermgr_upp" },
            { "a label that the metric does not have", "Leader: clustermgr_up has no label node" },
            { "a group by a label that no metric has", "Leader: no label node" },
            { "a legend of a label that no metric has", "Term: legendFormat names no label of its query: node" },
            { "a column that no query has", "Members: no query has a column Value #Z" },
            { "an override of a column that is not there", "Members: no column is called replies" },
            { "an order by a column that is not there", "Members: no column is called name" },
            { "no colour for what is not known", "Leader: no separate colour for missing data" },
            { "an annotation of a label that no metric has", "textFormat names no label of its query: node" },
            { "a variable of a metric that the exporter does not have", "variable member: no metric clustermgr_upp" },
            { "a data source by name", "a data source by name" },
            { "a panel of another data source", "Leader: not of the chosen data source" },
            { "a fixed rate interval", "Leader: a fixed interval: [5m]" },
            { "a fixed offset", "Leader: a fixed interval: offset 1h" },
            { "a fixed step", "a fixed interval: interval 1m" },
            { "a job by name", "Leader: a job or an instance by name: job=" },
            { "a variable that is read once", "variable member is not refreshed" },
            { "a variable that nobody uses", "variable rack changes nothing" },
            { "a variable that does not exist", "there is no variable rack" },
            { "a link that loses the variables", "link Fleet loses the variables" },
            { "a link that leads nowhere", "link Fleet leads nowhere: /d/fleet" },
            { "a link to a page that the exporter does not have", "link Runbooks leads nowhere" },
            { "a colour without a meaning", "colour purple means nothing" },
        };

    private static readonly Dictionary<string, Action<JsonObject>> FaultsByName = new()
    {
        ["a panel of an unknown type"] = json => First(json)["type"] = "barchart",
        ["a duplicate id"] = json => First(json)["id"] = 2,
        ["a duplicate title"] = json => First(json)["title"] = "Quorum reads",
        ["a unit that Grafana does not know"] = json => First(json)["fieldConfig"]!["defaults"]!["unit"] = "seconds",
        ["a unit in an override that Grafana does not know"] = json =>
            Everything(json).First(node => Text(node, "value") == "dateTimeFromNow")["value"] = "ago",
        ["no unit"] = json => First(json)["fieldConfig"]!["defaults"]!.AsObject().Remove("unit"),
        ["no title"] = json => First(json)["title"] = "",
        ["no description"] = json => First(json).AsObject().Remove("description"),
        ["a description without what is normal"] = json => First(json)["description"] = "A leader.",
        ["panels that overlap"] = json => First(json)["gridPos"]!["w"] = 4,
        ["a row that is open"] = json => Panel(json, "Raft")["collapsed"] = false,
        ["panels of a row that overlap"] = json => Panel(json, "Term")["gridPos"]!["x"] = 8,
        ["a panel outside of the grid"] = json => First(json)["gridPos"]!["x"] = 22,
        ["a number for an expression"] = json => Query(json)["expr"] = 1,
        ["an empty expression"] = json => Query(json)["expr"] = " ",
        ["a metric that the exporter does not have"] = json => Replace(json, "clustermgr_up{", "clustermgr_upp{"),
        ["a metric without a selector that the exporter does not have"] = json =>
            Query(json)["expr"] = "max by (cluster) (clustermgr_upp) or clustermgr_up",
        ["a label that the metric does not have"] = json =>
            Replace(json, "clustermgr_up{", "clustermgr_up{node=\"1\","),
        ["a group by a label that no metric has"] = json => Replace(json, "by (member)", "by (node)"),
        ["a legend of a label that no metric has"] = json =>
            Panel(json, "Term")["targets"]![0]!["legendFormat"] = "{{node}}",
        ["a column that no query has"] = json =>
            Panel(json, "Members")["transformations"]![1]!["options"]!["include"]!["names"]!.AsArray().Add("Value #Z"),
        ["an override of a column that is not there"] = json =>
            Panel(json, "Members")["fieldConfig"]!["overrides"]![0]!["matcher"]!["options"] = "replies",
        ["an order by a column that is not there"] = json =>
            Panel(json, "Members")["options"]!["sortBy"]![0]!["displayName"] = "name",
        ["no colour for what is not known"] = json =>
            First(json)["fieldConfig"]!["defaults"]!["mappings"] = new JsonArray(),
        ["an annotation of a label that no metric has"] = json =>
            json["annotations"]!["list"]![0]!["textFormat"] = "{{node}}",
        ["a variable of a metric that the exporter does not have"] = json =>
            Variable(json)["query"]!["query"] = "label_values(clustermgr_upp, member)",
        ["a data source by name"] = json =>
            Query(json)["datasource"] = new JsonObject { ["type"] = "prometheus", ["uid"] = "main" },
        ["a panel of another data source"] = json => First(json).Remove("datasource"),
        ["a fixed rate interval"] = json => Query(json)["expr"] = "rate(clustermgr_polls_total[5m])",
        ["a fixed offset"] = json => Query(json)["expr"] = "clustermgr_up offset 1h",
        ["a fixed step"] = json => Query(json)["interval"] = "1m",
        ["a job by name"] = json => Replace(json, "clustermgr_up{", "clustermgr_up{job=\"clustermgr\","),
        ["a variable that is read once"] = json => Variable(json)["refresh"] = 1,
        ["a variable that nobody uses"] = json =>
            json["templating"]!["list"]!
                .AsArray()
                .Add(
                    new JsonObject
                    {
                        ["name"] = "rack",
                        ["type"] = "query",
                        ["refresh"] = 2,
                        ["query"] = new JsonObject { ["query"] = "label_values(clustermgr_disk_info, rack)" },
                    }
                ),
        ["a variable that does not exist"] = json => Replace(json, "$cluster", "$rack"),
        ["a link that loses the variables"] = json => json["links"]![0]!["includeVars"] = false,
        ["a link to a page that the exporter does not have"] = json =>
            json["links"]!.AsArray().OfType<JsonObject>().Single(link => Text(link, "title") == "Runbooks")["url"] =
                "http://${exporter}/books",
        ["a link that leads nowhere"] = json => json["links"]![0]!["url"] = "/d/fleet",
        ["a colour without a meaning"] = json =>
            First(json)["fieldConfig"]!["defaults"]!["thresholds"]!["steps"]![0]!["color"] = "purple",
    };

    private static IEnumerable<string> Problems(Dashboard dashboard) =>
        [.. PanelChecks.Problems(dashboard), .. QueryChecks.Problems(dashboard), .. NameChecks.Problems(dashboard)];

    private static JsonObject First(JsonObject json) => json["panels"]![0]!.AsObject();

    private static JsonObject Query(JsonObject json) => First(json)["targets"]![0]!.AsObject();

    private static JsonObject Panel(JsonObject json, string title) =>
        new Dashboard("", json).Panels.First(panel => Text(panel, "title") == title);

    private static JsonObject Variable(JsonObject json) =>
        json["templating"]!["list"]!.AsArray().OfType<JsonObject>().Single(one => Text(one, "name") == "member");

    private static void Replace(JsonObject json, string what, string by) =>
        Query(json)["expr"] = Text(Query(json), "expr").Replace(what, by, StringComparison.Ordinal);
}
