using System.Text;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Every alert has its incidents, and gives the information that a person who is paged needs.</summary>
public sealed partial class CoverageTests
{
    /// <summary>Alerts without a limit that an incident could stay just below.</summary>
    private static readonly string[] WithoutLimit = [Rules.Watchdog];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void EveryAlertHasAnIncidentThatRaisesItAndOneThatJustDoesNot()
    {
        var alerts = Rules.Shipped.Alerts.Except(WithoutLimit).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(
            alerts,
            Incidents.All.SelectMany(incident => incident.Raises).Distinct().Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            alerts,
            Incidents
                .All.Select(incident => incident.JustBelow)
                .OfType<string>()
                .Distinct()
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(Incidents.All.Count, Incidents.All.Select(incident => incident.Name).Distinct().Count());
    }

    [Fact]
    public async Task TheWatchdogFiresAtEveryStepWhateverHappens()
    {
        var input = IncidentRun.Play(Incidents.Named("the-exporters-are-gone"));
        var steps = Enumerable
            .Range(0, input.Scrapes)
            .Select(step => $"  - {{eval_time: {step * 15}s, alertname: ClustermgrWatchdog}}");

        var (_, output) = await Rules.Shipped.TestAsync(input, Ct, steps.Prepend("  alert_rule_test:"));

        Assert.Equal(input.Scrapes, Annotated().Count(output));
    }

    /// <summary>A file that is cut between two rules loads, and nothing reports that the rest is missing. But the
    /// watchdog is missing too, and its absence is noticed.</summary>
    [Fact]
    public async Task AFileThatIsCutBetweenTwoRulesLoadsAndHasLostTheWatchdog()
    {
        Assert.Equal("Watchdog", Rules.Shipped.All[^1].Name);
        Assert.Equal("Watchdog", AlertFiles.AlertNames[^1][AlertTimeline.Prefix.Length..]);

        var text = AlertFiles.Text(AlertFiles.Rules);
        using var folder = new TempFolder();
        var cut = folder.Write(
            "rules.yaml",
            text[..text.IndexOf("      - alert: ClustermgrClusterBlind\n", StringComparison.Ordinal)]
        );
        var (exit, output) = await ExternalTool.RunAsync("promtool", ["check", "rules", cut], null, Ct);

        Assert.Equal(0, exit);
        Assert.Contains("SUCCESS", output, StringComparison.Ordinal);
        Assert.DoesNotContain("ClustermgrWatchdog", await File.ReadAllTextAsync(cut, Ct), StringComparison.Ordinal);
    }

    /// <summary>Without external labels the links lead to an exporter, or to the repository if there is no
    /// exporter.</summary>
    [Theory]
    [InlineData("both-followers-killed", "QuorumLost", "http://prod-exporter-1:19998", "/?cluster=prod")]
    [InlineData("a-configuration-is-refused", "ConfigNotLoaded", "http://prod-exporter-1:19998", "/")]
    [InlineData("the-exporters-beside-all-members-are-gone", "ExporterAbsent", "docs", null)]
    public async Task WithoutExternalLabelsTheLinksAreAnExporters(string name, string alert, string root, string? page)
    {
        var incident = Incidents.Named(name);
        var firing = (await Matrix.TimelineAsync(incident)).Firings.First(firing => firing.Alert == alert);
        var rules = Rules.Shipped.With(Rules.Shipped.All.Where(rule => rule.Name == alert));

        var (_, output) = await rules.TestAsync(
            IncidentRun.Play(incident, incident.Watching),
            Ct,
            "  alert_rule_test:",
            $"  - {{eval_time: {firing.From.TotalSeconds}s, alertname: Clustermgr{alert}}}"
        );

        var runbook = $"runbook_url=\"{root}/runbooks.md#clustermgr{alert.ToLowerInvariant()}\"";
        Assert.Contains(runbook, output, StringComparison.Ordinal);
        // If no exporter watches the cluster there is no page.
        Assert.Contains($"dashboard_url=\"{(page is null ? "" : root + page)}\"", output, StringComparison.Ordinal);
    }

    /// <summary>The annotations as they arrive, with the values and names of an incident: the first one that raises the
    /// alert.</summary>
    [Fact]
    public async Task WhatAnAlertSaysIsWhatItsReaderNeeds()
    {
        var said = new StringBuilder();
        foreach (var alert in Rules.Shipped.Alerts.Except(WithoutLimit))
        {
            var incident = Incidents.All.First(incident => incident.Raises.Contains(alert));
            var firing = (await Matrix.TimelineAsync(incident)).Firings.First(firing => firing.Alert == alert);
            var rules = Rules.Shipped.With(Rules.Shipped.All.Where(rule => rule.Name == alert));

            var (_, output) = await rules.TestAsync(
                Matrix.Input(incident),
                Ct,
                "  external_labels: {docs_url: 'https://docs.example.com', grafana_url: 'https://grafana.example.com'}",
                "  alert_rule_test:",
                $"  - {{eval_time: {firing.From.TotalSeconds}s, alertname: Clustermgr{alert}}}"
            );

            var annotations = Annotation()
                .Matches(Annotated().Match(output).Groups[1].Value)
                .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
            Assert.Equal(
                ["dashboard_url", "description", "runbook_url", "summary"],
                annotations.Keys.Order(StringComparer.Ordinal)
            );
            Assert.Equal(
                $"https://docs.example.com/runbooks.md#clustermgr{alert.ToLowerInvariant()}",
                annotations["runbook_url"]
            );
            Assert.StartsWith(
                "https://grafana.example.com/d/clustermgr-",
                annotations["dashboard_url"],
                StringComparison.Ordinal
            );
            said.Append(alert)
                .Append(" (")
                .Append(incident.Name)
                .Append(")\n  ")
                .Append(annotations["summary"])
                .Append("\n  ")
                .Append(Spaces().Replace(annotations["description"], " ").Trim())
                .Append('\n');
        }
        GoldenFile.AssertMatches("tests/Exporter.Tests/Golden/annotations.txt", said.ToString());
    }

    [Fact]
    public async Task WhoCouldNotReadASwitchDoesNotSayWhatItIs()
    {
        var input = IncidentRun.Play(
            Incidents.Named("repair-is-off-and-an-exporter-cannot-read-it"),
            ExporterPlacement.Sidecars
        );

        var (_, output) = await Rules.Shipped.TestAsync(
            input,
            Ct,
            "  alert_rule_test:",
            "  - {eval_time: 25m, alertname: ClustermgrRepairOffWithBrokenDisks}"
        );

        Assert.Contains("disk_repair is disabled, so nothing repairs them.", output, StringComparison.Ordinal);
    }

    /// <summary>A name that must be escaped in every layer: the exporter, the rules and their templates.</summary>
    [Fact]
    public async Task AClusterOfAnyNameIsNamedAsItIs()
    {
        var input = IncidentRun.Play(Incidents.Named("both-followers-killed"), name: "a\"b\\\n{{c}}");

        var (_, output) = await Rules.Shipped.TestAsync(
            input,
            Ct,
            "  alert_rule_test:",
            "  - {eval_time: 3m, alertname: ClustermgrQuorumLost}"
        );

        Assert.Contains("""summary="a\"b\\\n{{c}} has lost its quorum""", output, StringComparison.Ordinal);
        Assert.Contains(
            "10.0.0.2:9998 does not answer. 10.0.0.3:9998 does not answer.",
            output,
            StringComparison.Ordinal
        );
    }

    [GeneratedRegex("""^\s+Annotations:\{(.*)\}$""", RegexOptions.Multiline)]
    private static partial Regex Annotated();

    [GeneratedRegex("""(\w+)="((?:[^"\\]|\\.)*)"(?:, |$)""")]
    private static partial Regex Annotation();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Spaces();
}
