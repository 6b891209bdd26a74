using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Alerts;
using ClustermgrExporter.Tests.Dashboards;
using ClustermgrExporter.Tests.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Cli.Shipped;

/// <summary>The dashboards, adapted to a site.</summary>
public sealed partial class DashboardsVerbTests
{
    private const string Matchers = "job=\"cm\",dc=~\"eu|us\"";

    public static TheoryData<string> Names => [.. DashboardsVerb.Names];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public void WithoutFlagsItIsTheShippedFileByteForByte(string name) =>
        Assert.Equal(Shipped(name), Print("dashboards", name));

    [Fact]
    public void AllOfThemAreWrittenIntoAFolder()
    {
        Assert.Equal(Dashboard.Names, DashboardsVerb.Names);
        using var folder = new TempFolder();
        var made = Path.Combine(folder.Path, "made");

        var (exit, output, error) = ShippedVerbOutput.Run("dashboards", $"--output={made}");

        Assert.Equal((0, "", $"written to {made}: fleet.json, cluster.json, exporter.json\n"), (exit, output, error));
        Assert.All(
            DashboardsVerb.Names,
            name => Assert.Equal(Shipped(name), File.ReadAllText(Path.Combine(made, $"{name}.json")))
        );
    }

    [Fact]
    public void AConfigMapHoldsTheFileAndTheLabelByWhichItIsFound()
    {
        var stream = new YamlStream();
        stream.Load(
            new StringReader(Print("dashboards", "--format=grafana-configmap", "--namespace=m", "--label=a=b"))
        );

        Assert.Equal(DashboardsVerb.Names.Length, stream.Documents.Count);
        foreach (var (name, document) in DashboardsVerb.Names.Zip(stream.Documents))
        {
            var map = (YamlMappingNode)document.RootNode;
            Assert.Equal("ConfigMap", map.Text("kind"));
            Assert.Equal("m", map.Map("metadata").Text("namespace"));
            Assert.Equal("1", map.Map("metadata").Map("labels").Text("grafana_dashboard"));
            Assert.Equal("b", map.Map("metadata").Map("labels").Text("a"));
            Assert.Equal(Shipped(name), map.Map("data").Text($"clustermgr-{name}.json"));
            // kubectl apply must be able to keep it in an annotation.
            Assert.True(map.Map("data").Text($"clustermgr-{name}.json").Length < 256 << 10);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task ASelectorIsOnEverySeriesAndPromtoolTakesTheQueries(string name)
    {
        var text = Print("dashboards", name, $"--selector={Matchers}");

        var queries = Queries(text).ToList();
        Assert.NotEmpty(queries);
        var rules = new StringBuilder("groups:\n- name: queries\n  rules:\n");
        foreach (var (query, i) in queries.Select((query, i) => (query, i)))
        {
            Assert.All(Series().Matches(query), series => Assert.Equal($"{{{Matchers}", series.Groups["after"].Value));
            var plain = query
                .Replace("$__rate_interval", "1m", StringComparison.Ordinal)
                .Replace("$__interval", "1m", StringComparison.Ordinal)
                .Replace("$__range_s", "3600", StringComparison.Ordinal)
                .Replace("$__range", "1h", StringComparison.Ordinal)
                .Replace("\n", "\n      ", StringComparison.Ordinal);
            rules.Append($"  - record: query{i}\n    expr: |\n      {plain}\n");
        }
        using var folder = new TempFolder();
        var (exit, said) = await ExternalTool.RunAsync(
            "promtool",
            ["check", "rules", folder.Write("q.yaml", rules.ToString())],
            null,
            Ct
        );
        Assert.True(exit == 0, said);
        // Nothing else may change.
        Assert.Equal(
            Shipped(name),
            text.Replace(Matchers.Replace("\"", "\\\"", StringComparison.Ordinal) + ",", "", StringComparison.Ordinal)
                .Replace(
                    $"{{{Matchers.Replace("\"", "\\\"", StringComparison.Ordinal)}}}",
                    "",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void SeveritiesAreThoseOfTheSiteInQueriesAndInTheirLook()
    {
        var fleet = Print("dashboards", "fleet", "--severity=page=ticket,ticket=info");
        Assert.Contains("severity=~\\\"ticket|info\\\"", fleet, StringComparison.Ordinal);
        Assert.DoesNotContain("severity=\\\"page\\\"", fleet, StringComparison.Ordinal);
        Assert.DoesNotContain("\"options\": \"page\"", fleet, StringComparison.Ordinal);
        var shipped = Look(Shipped("cluster"));
        var made = Look(Print("dashboards", "cluster", "--severity=page=ticket,ticket=info"));
        Assert.Equal((string?)shipped["page"]!["color"], (string?)made["ticket"]!["color"]);
        Assert.Equal((string?)shipped["ticket"]!["color"], (string?)made["info"]!["color"]);
        Assert.False(made.ContainsKey("page"));
    }

    [Fact]
    public void WhatIsWrongIsSaid()
    {
        Assert.Equal(
            (2, "", "there is no dashboard \"flet\"; did you mean \"fleet\"?\n"),
            ShippedVerbOutput.Run("dashboards", "flet")
        );
        Assert.Equal(
            (2, "", "name one of fleet, cluster, exporter, or a folder for all: --output=DIR\n"),
            ShippedVerbOutput.Run("dashboards")
        );
        using var folder = new TempFolder();
        var (exit, _, error) = ShippedVerbOutput.Run("dashboards", $"--output={folder.Write("file", "")}");
        Assert.Equal(1, exit);
        Assert.StartsWith($"--output {folder.Path}/file: ", error, StringComparison.Ordinal);
    }

    private static string Shipped(string name) => AlertFiles.Text($"dashboards/{name}.json");

    private static string Print(params string[] arguments)
    {
        var (exit, output, error) = ShippedVerbOutput.Run(arguments);
        Assert.Equal((0, ""), (exit, error));
        return output;
    }

    private static IEnumerable<string> Queries(string dashboard) =>
        Dashboard
            .Everything(JsonNode.Parse(dashboard))
            .Select(one => one["expr"])
            .OfType<JsonValue>()
            .Select(query => query.GetValue<string>());

    private static JsonObject Look(string dashboard) =>
        Dashboard
            .Everything(JsonNode.Parse(dashboard))
            .Single(one =>
                one.Count > 1
                && one.All(pair =>
                    pair.Value is JsonObject look && (string?)look["text"] == pair.Key && look.ContainsKey("color")
                )
                && one.ContainsKey("ticket")
            );

    [GeneratedRegex(
        """(?<![a-z0-9_:])(clustermgr|process|dotnet|http)_[a-z0-9_]+(?![a-z0-9_:])(?<after>\{job="cm",dc=~"eu\|us")?"""
    )]
    private static partial Regex Series();
}
