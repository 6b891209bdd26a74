using ClustermgrExporter.Tests.Alerts;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Dashboards;

public sealed class ProvisioningTests
{
    private const string Provider = "dashboards/provisioning/dashboards/clustermgr.yaml";
    private const string Source = "dashboards/provisioning/datasources/clustermgr.yaml";

    [Fact]
    public void TheProviderReadsTheFolderOfDashboardsAndNothingElse()
    {
        var provider = Assert.IsType<YamlMappingNode>(Assert.Single(File(Provider).List("providers")));

        Assert.Equal(
            ["name", "type", "folder", "allowUiUpdates", "disableDeletion", "updateIntervalSeconds", "options"],
            Keys(provider)
        );
        Assert.Equal("file", provider.Text("type"));
        Assert.Equal("$CLUSTERMGR_DASHBOARDS", provider.Map("options").Text("path"));
    }

    [Fact]
    public void TheDataSourceIsAPrometheusWhoseScrapeIntervalIsThatOfTheExample()
    {
        var source = Assert.IsType<YamlMappingNode>(Assert.Single(File(Source).List("datasources")));

        Assert.Equal(["name", "type", "access", "url", "jsonData"], Keys(source));
        Assert.Equal("prometheus", source.Text("type"));
        Assert.Equal("$PROMETHEUS_URL", source.Text("url"));
        // Grafana derives $__rate_interval from it.
        Assert.Equal(
            AlertFiles.Yaml("alerts/prometheus.example.yaml").Map("global").Text("scrape_interval"),
            source.Map("jsonData").Text("timeInterval")
        );
    }

    [Fact]
    public void WhatTheLinterIsToLeaveAloneHasAReason()
    {
        var rules = AlertFiles.Yaml("dashboards/.lint").Map("exclusions");

        Assert.NotEmpty(rules.Children);
        Assert.All(Keys(rules), rule => Assert.EndsWith("-rule", rule, StringComparison.Ordinal));
        Assert.All(Keys(rules), rule => Assert.EndsWith(".", rules.Map(rule).Text("reason"), StringComparison.Ordinal));
    }

    [Fact]
    public void TheReadmeNamesEveryFileAndVariable()
    {
        var readme = AlertFiles.Text("dashboards/README.md");

        string[] named =
        [
            .. Dashboard.Names.Select(name => $"{name}.json"),
            "provisioning",
            "PROMETHEUS_URL",
            "CLUSTERMGR_DASHBOARDS",
            "GF_PATHS_PROVISIONING",
        ];
        Assert.All(named, name => Assert.Contains(name, readme, StringComparison.Ordinal));
        Assert.All(["## 1.", "## 2.", "## 3."], step => Assert.Contains(step, readme, StringComparison.Ordinal));
    }

    private static YamlMappingNode File(string path)
    {
        var file = AlertFiles.Yaml(path);
        Assert.Equal("1", file.Text("apiVersion"));
        return file;
    }

    private static IEnumerable<string> Keys(YamlMappingNode node) =>
        node.Children.Keys.Select(key => ((YamlScalarNode)key).Value!);
}
