using ClustermgrExporter.Tests.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Alerts;

public sealed class PrometheusRuleFileTests
{
    [Fact]
    public void TheFileForTheOperatorIsMadeOfTheRules() =>
        GoldenFile.Matches(PrometheusRuleFile.Path, PrometheusRuleFile.Of(AlertFiles.Text(AlertFiles.Rules)));

    [Fact]
    public void ItsSpecSaysWhatTheRulesSay()
    {
        var made = AlertFiles.Parse(PrometheusRuleFile.Of(AlertFiles.Text(AlertFiles.Rules)));

        Assert.Equal("monitoring.coreos.com/v1", made.Text("apiVersion"));
        Assert.Equal("PrometheusRule", made.Text("kind"));
        Assert.Equal(AlertFiles.Yaml(AlertFiles.Rules), (YamlNode)made.Map("spec"));
    }

    [Fact]
    public void AnEmptyLineGetsNoBlanksAndALastLineItsEnd() =>
        Assert.EndsWith(
            "spec:\n  groups:\n\n  - a: |\n      b\n",
            PrometheusRuleFile.Of("groups:\n\n- a: |\n    b\n"),
            StringComparison.Ordinal
        );
}
