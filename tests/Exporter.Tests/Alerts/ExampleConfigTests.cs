using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Alerts;

public sealed partial class ExampleConfigTests
{
    private const string Prometheus = "alerts/prometheus.example.yaml";
    private const string Alertmanager = "alerts/alertmanager.example.yaml";

    private static readonly string[] NeverInhibited =
    [
        "ClustermgrClusterBlind",
        "ClustermgrExporterAbsent",
        "ClustermgrStaleData",
        "ClustermgrWatchdog",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PromtoolAcceptsThePrometheusExampleWithItsRules()
    {
        var (exit, output) = await ExternalTool.RunAsync(
            "promtool",
            ["check", "config", AlertFiles.InRepository(Prometheus)],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        Assert.Contains($"{AlertFiles.InRepository(AlertFiles.Rules)}\n  SUCCESS", output, StringComparison.Ordinal);
    }

    /// <summary>The README's snippet must match the full example.</summary>
    [Fact]
    public async Task TheSnippetOfTheReadmeScrapesAsTheExampleDoes()
    {
        var snippet = Markdown
            .Blocks(AlertFiles.Text("README.md").Split('\n'))
            .Single(block =>
                block.Language == "yaml" && block.Text.Contains("scrape_configs", StringComparison.Ordinal)
            )
            .Text;
        using var folder = new TempFolder();
        var (exit, output) = await ExternalTool.RunAsync(
            "promtool",
            ["check", "config", folder.Write("prometheus.yaml", snippet)],
            null,
            Ct
        );
        Assert.True(exit == 0, output);

        var shown = AlertFiles.Parse(snippet);
        var whole = AlertFiles.Yaml(Prometheus);
        var job = (YamlMappingNode)shown.List("scrape_configs").Single();
        var other = (YamlMappingNode)whole.List("scrape_configs").First();
        Assert.Equal("true", job.Text("honor_labels"));
        Assert.Equal("true", other.Text("honor_labels"));
        Assert.Equal(whole.Map("global").Text("scrape_interval"), job.Text("scrape_interval"));
        Assert.Equal(whole.Map("global").Text("evaluation_interval"), shown.Map("global").Text("evaluation_interval"));
        foreach (var limit in (string[])["sample_limit", "label_value_length_limit", "body_size_limit"])
        {
            Assert.NotEqual("", other.Text(limit)); // the snippet leaves limits out, for brevity
        }
    }

    [Fact]
    public void TheLabelsThatTheTemplatesReadAreSetAndLeaveWithNoAlert()
    {
        var config = AlertFiles.Yaml(Prometheus);
        var read = ExternalLabel()
            .Matches(AlertFiles.Text(AlertFiles.Rules))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .Order();
        var set = config
            .Map("global")
            .Map("external_labels")
            .Children.Keys.Select(key => ((YamlScalarNode)key).Value!)
            .Order();
        var dropped = config
            .Map("alerting")
            .List("alert_relabel_configs")
            .Cast<YamlMappingNode>()
            .Where(relabel => relabel.Text("action") == "labeldrop")
            .SelectMany(relabel => relabel.Text("regex").Split('|'))
            .Order();

        Assert.Equal(["docs_url", "grafana_url"], read);
        Assert.Equal(read, set);
        Assert.Equal(read, dropped);
    }

    [Fact]
    public async Task AmtoolAcceptsTheAlertmanagerExample() =>
        await AcceptedAsync(AlertFiles.InRepository(Alertmanager));

    [Fact]
    public async Task AmtoolAcceptsTheAlertmanagerExampleWithItsMutedHoursSwitchedOn()
    {
        using var folder = new TempFolder();
        var text = AlertFiles.Text(Alertmanager);
        var on = text.Replace("# mute_time_intervals:", "mute_time_intervals:", StringComparison.Ordinal)
            .Replace("# location:", "location:", StringComparison.Ordinal);

        Assert.NotEqual(text, on);
        await AcceptedAsync(folder.Write("alertmanager.yaml", on));
    }

    [Theory]
    [InlineData("clustermgr-pages", "alertname=ClustermgrNoLeader", "severity=page", "cluster=prod-z0")]
    [InlineData("clustermgr-pages", "alertname=ClustermgrExporterAbsent", "severity=page", "cluster=prod-z0")]
    [InlineData(
        "clustermgr-pages",
        "alertname=ClustermgrNoLeader",
        "severity=page",
        "cluster=prod-z0",
        "rehearsal=true"
    )]
    [InlineData("clustermgr-tickets", "alertname=ClustermgrMemberDown", "severity=ticket", "cluster=prod-z0")]
    [InlineData("clustermgr-tickets", "alertname=ClustermgrExporterAbsent", "severity=ticket", "cluster=prod-z0")]
    [InlineData("clustermgr-tickets", "alertname=ClustermgrNoLeader", "severity=misspelt", "cluster=prod-z0")]
    [InlineData("clustermgr-watchdog", "alertname=ClustermgrWatchdog", "severity=none", "cluster=all clusters")]
    [InlineData("others", "alertname=DiskFull", "severity=page")]
    public async Task AnAlertGoesToItsReceiver(string receiver, params string[] labels) =>
        Assert.Equal(receiver, await ReceiverAsync(labels));

    [Fact]
    public async Task EveryAlertOfTheRulesGoesWhereItsSeveritySays()
    {
        foreach (var alert in AlertFiles.Alerts)
        {
            var severity = alert.Map("labels").Text("severity");
            var expected = severity switch
            {
                "page" => "clustermgr-pages",
                "ticket" => "clustermgr-tickets",
                _ => "clustermgr-watchdog",
            };
            Assert.Equal(
                (alert.Text("alert"), expected),
                (
                    alert.Text("alert"),
                    await ReceiverAsync([$"alertname={alert.Text("alert")}", $"severity={severity}", "cluster=c"])
                )
            );
        }
    }

    [Fact]
    public void APageIsGroupedByClusterAndTheAlertForAMissingExporterIsOneForAll()
    {
        var ours = AlertFiles.Yaml(Alertmanager).Map("route").List("routes").Cast<YamlMappingNode>().Single();
        var routes = ours.List("routes")
            .Cast<YamlMappingNode>()
            .ToDictionary(route =>
                string.Join(
                    " and ",
                    route.Words("matchers").Select(matcher => matcher.Replace(" ", "", StringComparison.Ordinal))
                )
            );

        Assert.Equal(["cluster", "exported_cluster", "alertname", "rehearsal"], ours.Words("group_by"));
        Assert.Equal(["cluster", "exported_cluster", "rehearsal"], routes["severity=\"page\""].Words("group_by"));
        Assert.Equal(
            ["alertname", "rehearsal"],
            routes["alertname=\"ClustermgrExporterAbsent\" and severity=\"page\""].Words("group_by")
        );
        Assert.Equal(["alertname"], routes["alertname=\"ClustermgrWatchdog\""].Words("group_by"));
    }

    [Fact]
    public void InhibitionStaysInOneClusterAndApartFromRehearsals() =>
        Assert.All(
            Inhibitions(),
            rule => Assert.Equal(["cluster", "exported_cluster", "rehearsal"], rule.Words("equal"))
        );

    [Fact]
    public void NothingInhibitsAnAlertThatSaysThatWeCannotSee() =>
        Assert.All(
            Inhibitions(),
            rule =>
                Assert.All(
                    NeverInhibited,
                    name => Assert.False(Matches(rule, "target_matchers", name), $"{name} is inhibited")
                )
        );

    [Theory]
    [InlineData(
        "ClustermgrClusterBlind",
        "ClustermgrNoLeader ClustermgrDiskBroken ClustermgrMemberDown ClustermgrSchemaDrift"
    )]
    [InlineData(
        "ClustermgrQuorumLost",
        "ClustermgrNoLeader ClustermgrNoQuorumMargin ClustermgrPeerNotReplicating ClustermgrExpiredSurge"
    )]
    [InlineData("ClustermgrNoLeader", "ClustermgrTermChurn ClustermgrPeerLagging")]
    [InlineData("ClustermgrRepairOffWithBrokenDisks", "ClustermgrDiskBroken ClustermgrRepairStalled")]
    [InlineData("ClustermgrRepairHasNoTarget", "ClustermgrDiskBroken ClustermgrRepairStalled")]
    public void ACauseInhibitsItsConsequences(string cause, string consequences) =>
        Assert.All(
            consequences.Split(' '),
            consequence =>
                Assert.Contains(
                    Inhibitions(),
                    rule => Matches(rule, "source_matchers", cause) && Matches(rule, "target_matchers", consequence)
                )
        );

    [Fact]
    public void EveryAlertThatTheInhibitionsNameExists()
    {
        var named = Inhibitions()
            .SelectMany(rule => rule.Words("source_matchers").Concat(rule.Words("target_matchers")))
            .Select(matcher => matcher.Split('"')[1])
            .Where(pattern => pattern != "Clustermgr.+")
            .SelectMany(pattern =>
                AlertPattern().Match(pattern).Groups["name"].Captures.Select(name => "Clustermgr" + name.Value)
            );

        Assert.Empty(named.Except(AlertFiles.AlertNames));
    }

    private static List<YamlMappingNode> Inhibitions() =>
        [.. AlertFiles.Yaml(Alertmanager).List("inhibit_rules").Cast<YamlMappingNode>()];

    private static bool Matches(YamlMappingNode rule, string side, string alert) =>
        rule.Words(side)
            .All(matcher =>
            {
                var parts = Matcher().Match(matcher);
                Assert.True(parts.Success, matcher);
                var sign = parts.Groups[1].Value;
                var value = parts.Groups[2].Value;
                var equal = sign.EndsWith('~') ? Regex.IsMatch(alert, $"^(?:{value})$") : alert == value;
                return sign.StartsWith('!') ? !equal : equal;
            });

    private static async Task AcceptedAsync(string file)
    {
        var (exit, output) = await ExternalTool.RunAsync("amtool", ["check-config", file], null, Ct);

        Assert.True(exit == 0, output);
    }

    private static async Task<string> ReceiverAsync(IEnumerable<string> labels)
    {
        var (exit, output) = await ExternalTool.RunAsync(
            "amtool",
            ["config", "routes", "test", $"--config.file={AlertFiles.InRepository(Alertmanager)}", .. labels],
            null,
            Ct
        );

        Assert.True(exit == 0, output);
        return string.Join(
            ' ',
            output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith("Warning:", StringComparison.Ordinal))
        );
    }

    [GeneratedRegex(@"\$externalLabels\.([a-z_]+)")]
    private static partial Regex ExternalLabel();

    [GeneratedRegex("^alertname (=|!=|=~|!~) \"(.+)\"$")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"^Clustermgr(?:(?<name>[A-Za-z]+)|\((?:(?<name>[A-Za-z]+)\|?)+\))$")]
    private static partial Regex AlertPattern();
}
