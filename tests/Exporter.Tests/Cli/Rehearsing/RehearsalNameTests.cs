using System.Text.RegularExpressions;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Alerts;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Cli.Rehearsing;

public sealed class RehearsalNameTests
{
    /// <summary>Prometheus adds the label to every name that the program considers a rehearsal, and to no
    /// other.</summary>
    [Theory]
    [InlineData("rehearsal", true)]
    [InlineData("prod-z0-rehearsal", true)]
    [InlineData("rehearsal.prod-z0", true)]
    [InlineData("prod rehearsal 2", true)]
    [InlineData("prod-z0", false)]
    [InlineData("prerehearsal", false)]
    [InlineData("rehearsals", false)]
    [InlineData("prod-Rehearsal", false)]
    [InlineData("all clusters", false)]
    public void TheExampleOfPrometheusAndTheVerbAgreeOnWhatARehearsalIs(string cluster, bool expected)
    {
        var relabel = Assert.Single(
            AlertFiles
                .Yaml("alerts/prometheus.example.yaml")
                .Map("alerting")
                .List("alert_relabel_configs")
                .Cast<YamlMappingNode>(),
            entry => entry.Children.ContainsKey("target_label") && entry.Text("target_label") == "rehearsal"
        );
        Assert.Equal("true", relabel.Text("replacement"));
        Assert.Equal(expected, Regex.IsMatch(cluster, $"^(?:{relabel.Text("regex")})$"));
        Assert.Equal(expected, RehearseFlags.IsRehearsal(cluster));
    }
}
