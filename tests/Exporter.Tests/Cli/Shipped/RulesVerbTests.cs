using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Tests.Alerts;
using ClustermgrExporter.Tests.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Cli.Shipped;

/// <summary>The rules, adapted to a site.</summary>
public sealed class RulesVerbTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void WithoutFlagsTheyAreTheShippedFilesByteForByte()
    {
        Assert.Equal(AlertFiles.Text(AlertFiles.Rules), Print());
        GoldenFile.AssertMatches("alerts/prometheus-rule.yaml", Print("--format=operator"));
    }

    [Fact]
    public void TheObjectSaysWhatTheRulesSay()
    {
        var made = AlertFiles.Parse(Print("--format=operator", "--namespace=monitoring", "--label=release=kps"));

        Assert.Equal("monitoring.coreos.com/v1", made.Text("apiVersion"));
        Assert.Equal("PrometheusRule", made.Text("kind"));
        Assert.Equal("monitoring", made.Map("metadata").Text("namespace"));
        Assert.Equal("kps", made.Map("metadata").Map("labels").Text("release"));
        Assert.Equal(AlertFiles.Yaml(AlertFiles.Rules), (YamlNode)made.Map("spec"));
    }

    [Fact]
    public void AnEmptyLineGetsNoBlanksAndALastLineItsEnd() =>
        Assert.EndsWith(
            "spec:\n  groups:\n\n  - a: |\n      b\n",
            new KubernetesObjects(null, []).Rule("groups:\n\n- a: |\n    b\n"),
            StringComparison.Ordinal
        );

    [Fact]
    public void WhatIsDroppedIsGoneWithItsCommentsAndNothingElse()
    {
        var lines = AlertFiles.Text(AlertFiles.Rules).Split('\n');
        var printed = Print("--drop=DiskNotReplaced,ClustermgrWatchdog", "--drop=NoLeader").Split('\n');

        Assert.Equal(
            AlertFiles.AlertNames.Except(["ClustermgrDiskNotReplaced", "ClustermgrWatchdog", "ClustermgrNoLeader"]),
            AlertFiles
                .Parse(string.Join('\n', printed))
                .List("groups")
                .SelectMany(group => ((YamlMappingNode)group).List("rules"))
                .Cast<YamlMappingNode>()
                .Where(rule => rule.Children.ContainsKey("alert"))
                .Select(rule => rule.Text("alert"))
        );
        const string comment = "        # The exporter checks this every ten minutes.";
        Assert.Contains(comment, lines); // the comment of a rule that is dropped, which leaves with it
        Assert.DoesNotContain(comment, printed);
        Assert.Contains("  # A separate group, so that no ticket can delay a page.", printed);
        // The remaining lines keep their order.
        var at = -1;
        Assert.All(
            printed.Where(line =>
                line.Contains("alert:", StringComparison.Ordinal) || line.StartsWith("  #", StringComparison.Ordinal)
            ),
            line => Assert.True((at = Array.IndexOf(lines, line, at + 1)) >= 0, line)
        );
    }

    [Fact]
    public void TimesSeveritiesAndThresholdsAreThoseOfTheSite()
    {
        var rules = Print(
            "--set=DiskBroken.for=15m",
            "--set=DiskBroken.keep_firing_for=90s",
            "--set=ClustermgrTwoLeadersInOneTerm.for=30s", // ships without it
            "--set=NoLeader.keep_firing_for=1m", // ships without it, too
            "--set=WritableSpaceCritical.share=0.1",
            "--set=WritableSpaceCritical.days=3",
            "--set=TaskSwitchOff.severity=info",
            "--severity=page=critical,ticket=warning"
        );

        Assert.Equal(("15m", "1m30s"), Times(rules, "DiskBroken"));
        Assert.Equal(("30s", ""), Times(rules, "TwoLeadersInOneTerm"));
        Assert.Equal(("45s", "1m"), Times(rules, "NoLeader"));
        Assert.Equal(("30s", "30s"), Times(rules, "QuorumLost")); // as shipped
        var space = Alert(rules, "WritableSpaceCritical").Text("expr");
        Assert.Contains("clustermgr_space_writable:ratio < 0.1\n", space, StringComparison.Ordinal);
        Assert.Contains("< 3 * 86400 * ", space, StringComparison.Ordinal);
        Assert.Equal("critical", Severity(rules, "DiskBroken"));
        Assert.Equal("info", Severity(rules, "TaskSwitchOff"));
        Assert.Equal("warning", Severity(rules, "TermChurn"));
        Assert.Equal("none", Severity(rules, "Watchdog"));
    }

    /// <summary>Every threshold can be set to both of its bounds.</summary>
    [Fact]
    public void EachThresholdIsInItsExpressionOnceAndCanBeSetToItsBounds()
    {
        var shipped = RuleFile.Parse(AlertFiles.Text(AlertFiles.Rules));
        Assert.All(
            RuleThresholds.All,
            threshold =>
            {
                Assert.Equal(threshold.Alert, shipped.Find(threshold.Alert));
                foreach (var value in (double[])[threshold.Min, threshold.Max])
                {
                    var text = value.ToString(CultureInfo.InvariantCulture);
                    var rules = Print($"--set={threshold.Alert}.{threshold.Name}={text}");
                    // Only a threshold that ships at its bound leaves the rules unchanged.
                    Assert.Equal(
                        rules == AlertFiles.Text(AlertFiles.Rules),
                        threshold is { Alert: "BrokenInTwoIdcs" } && value == threshold.Min
                    );
                    Assert.Equal(
                        Alert(AlertFiles.Text(AlertFiles.Rules), threshold.Alert)
                            .Map("annotations")
                            .Text("description"),
                        Alert(rules, threshold.Alert).Map("annotations").Text("description")
                    );
                }
            }
        );
    }

    [Fact]
    public void LinksLeadWhereTheSiteHasItsPages()
    {
        var rules = Print("--runbook-url=https://wiki/runbooks", "--dashboard-url=https://grafana.example.com/");
        var alert = Alert(rules, "DiskBroken").Map("annotations");
        Assert.Equal("https://wiki/runbooks#clustermgrdiskbroken", alert.Text("runbook_url"));
        Assert.Equal(
            "https://grafana.example.com/d/clustermgr-cluster?var-cluster={{ $labels.cluster | urlquery }}",
            alert.Text("dashboard_url")
        );
        Assert.Equal(
            "https://grafana.example.com/d/clustermgr-exporter",
            Alert(rules, "ConfigNotLoaded").Map("annotations").Text("dashboard_url")
        );
        Assert.DoesNotContain("externalLabels", rules, StringComparison.Ordinal);
        Assert.Equal(
            "https://wiki/clustermgrnoleader.html",
            Alert(Print("--runbook-url=https://wiki/{alert}.html"), "NoLeader").Map("annotations").Text("runbook_url")
        );
    }

    /// <summary>In expressions and in the queries of annotations; recorded series do not get it.</summary>
    [Fact]
    public void ASelectorIsOnEverySeriesOfTheExporter()
    {
        const string Matchers = "job=\"cm\",dc=~\"eu|us\"";
        var rules = Print($"--selector={{{Matchers}}}");

        var series = Regex.Matches(rules, "(?<![a-z0-9_:])clustermgr_[a-z0-9_]+(?![a-z0-9_:])");
        Assert.NotEmpty(series);
        Assert.All(
            series,
            one =>
            {
                var rest = rules[(one.Index + one.Length)..];
                Assert.True(
                    rest.StartsWith($"{{{Matchers}", StringComparison.Ordinal)
                        || rest.StartsWith(
                            $"{{{Matchers.Replace("\"", "\\\"", StringComparison.Ordinal)}",
                            StringComparison.Ordinal
                        ),
                    rules[Math.Max(0, one.Index - 100)..(one.Index + one.Length + 60)]
                );
            }
        );
        Assert.DoesNotMatch(":[a-z0-9_]+\\{job=", rules);
    }

    [Theory]
    [InlineData("--set=DiskBrokn.for=1m", "--set: there is no alert \"DiskBrokn\"; did you mean DiskBroken?")]
    [InlineData("--drop=Nonsense", "--drop: there is no alert \"Nonsense\"; clustermgr-exporter rules prints them all")]
    [InlineData(
        "--set=DiskBroken.fro=1m",
        "--set \"DiskBroken.fro=1m\": DiskBroken has no \"fro\"; did you mean \"for\"?"
    )]
    [InlineData(
        "--set=DiskBroken.for=5",
        "--set \"DiskBroken.for=5\": it must be a duration from 0s to 30d; write DiskBroken.for=15m"
    )]
    [InlineData(
        "--set=DiskBroken.for=31d",
        "--set \"DiskBroken.for=31d\": it must be a duration from 0s to 30d; write DiskBroken.for=15m"
    )]
    [InlineData(
        "--set=TermChurn.elections=2.5",
        "--set \"TermChurn.elections=2.5\": it must be a whole number from 2 to 1000 elections in 15 minutes"
    )]
    [InlineData(
        "--set=IdcBottleneck.share=NaN",
        "--set \"IdcBottleneck.share=NaN\": it must be a number from 0.001 to 0.5 share of the chunks"
    )]
    [InlineData("--set=DiskBroken", "--set \"DiskBroken\" is not an ALERT.KEY=VALUE; write DiskBroken.for=15m")]
    [InlineData(
        "--set=DiskBroken.severity=a b",
        "--set \"DiskBroken.severity=a b\": that is not a severity; write DiskBroken.severity=ticket"
    )]
    [InlineData(
        "--severity=pgae=critical",
        "--severity \"pgae\" is not a severity of the rules; did you mean \"page\"?"
    )]
    [InlineData("--severity=page", "--severity \"page\" is not an OLD=NEW; write page=critical")]
    [InlineData("--severity=page=null", "--severity \"page=null\" is not an OLD=NEW; write page=critical")]
    [InlineData("--severity=page=1", "--severity \"page=1\" is not an OLD=NEW; write page=critical")]
    [InlineData("--severity=page=a,page=b", "--severity names page twice")]
    [InlineData("--format=yaml", "--format is \"yaml\"; known: prometheus, operator")]
    [InlineData("--namespace=x", "--namespace and --label are of objects of Kubernetes; give --format=operator too")]
    [InlineData(
        "--runbook-url=wiki",
        "--runbook-url \"wiki\" is not an http or https URL; write one such as https://grafana.example.com"
    )]
    [InlineData("--runbook-url=https://a/{{ x }}", "--runbook-url \"https://a/{{ x }}\" is not an http or https URL")]
    [InlineData("--selector=job=cm", "--selector is \"job=cm\"; write matchers as in PromQL, ")]
    [InlineData("--selector=job=\"a\\\\d\"", "--selector is ")]
    [InlineData("--selector=job=\"a\" or x=\"b\"", "--selector is ")]
    public void WhatIsWrongIsSaidAndNothingIsPrinted(string flag, string expected)
    {
        var errors = Errors(flag);
        Assert.StartsWith(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ALabelThatIsThereIsNotWrittenTwice() =>
        Assert.Equal(
            "--label app.kubernetes.io/name is there already\n--label a is there already\n",
            Errors("--format=operator", "--label=app.kubernetes.io/name=x", "--label=a=b", "--label=a=c")
        );

    /// <summary>A shipped severity is replaced by the site's name wherever it is written.</summary>
    [Fact]
    public void WhatIsSetToAShippedSeverityIsCalledAsTheSiteCallsIt() =>
        Assert.Equal(
            "warning",
            Severity(Print("--severity=ticket=warning", "--set=DiskBroken.severity=ticket"), "DiskBroken")
        );

    [Fact]
    public void EverythingThatIsWrongIsSaidAtOnce() =>
        Assert.Equal(3, Errors("--drop=A", "--set=B.for=1m", "--selector=x").TrimEnd().Split('\n').Length);

    [Theory]
    [InlineData("--selector=job=\"cm\",datacenter!~\"test.*\"")]
    [InlineData("--severity=page=critical,ticket=warning", "--drop=NoLeader,QuorumLost")]
    [InlineData("--runbook-url=https://wiki/{alert}", "--dashboard-url=https://g.example.com")]
    public Task PromtoolTakesWhatFlagsMake(params string[] flags) => AcceptedAsync(flags);

    [Fact]
    public Task PromtoolTakesOtherTimesAndThresholdsOfEveryAlert() =>
        AcceptedAsync([
            .. AlertFiles.AlertNames.SelectMany(alert =>
                (string[])[$"--set={alert}.for=0s", $"--set={alert}.keep_firing_for=2h30m"]
            ),
            .. RuleThresholds.All.Select(one =>
                string.Create(CultureInfo.InvariantCulture, $"--set={one.Alert}.{one.Name}={one.Max}")
            ),
        ]);

    private static async Task AcceptedAsync(string[] flags)
    {
        using var folder = new TempFolder();
        var file = folder.Write("rules.yaml", Print(flags));
        var (exit, said) = await ExternalTool.RunAsync(
            "promtool",
            ["check", "rules", "--lint=all", "--lint-fatal", file],
            null,
            Ct
        );
        Assert.True(exit == 0, said);
    }

    private static string Print(params string[] flags)
    {
        var (exit, output, error) = ShippedVerbOutput.Run(["rules", .. flags]);
        Assert.Equal((0, ""), (exit, error));
        return output;
    }

    private static string Errors(params string[] flags)
    {
        var (exit, output, error) = ShippedVerbOutput.Run(["rules", .. flags]);
        Assert.Equal((2, ""), (exit, output));
        return error;
    }

    private static YamlMappingNode Alert(string rules, string name) =>
        AlertFiles
            .Parse(rules)
            .List("groups")
            .SelectMany(group => ((YamlMappingNode)group).List("rules"))
            .Cast<YamlMappingNode>()
            .Single(rule =>
                rule.Children.TryGetValue("alert", out var alert) && alert.ToString() == $"Clustermgr{name}"
            );

    private static (string For, string KeepFiringFor) Times(string rules, string name)
    {
        var alert = Alert(rules, name);
        string Text(string key) => alert.Children.TryGetValue(key, out var value) ? value.ToString() : "";
        return (Text("for"), Text("keep_firing_for"));
    }

    private static string Severity(string rules, string name) => Alert(rules, name).Map("labels").Text("severity");
}
