using System.Text.RegularExpressions;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Alerting.PromQl;
using ClustermgrExporter.Alerting.Templates;
using ClustermgrExporter.Tests.Alerts;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Alerting;

/// <summary>Which alerts are sent directly, and which parts of PromQL and of templates a rule may use.</summary>
public sealed class DirectRulesTests
{
    [Fact]
    public void EveryAlertIsSentButThoseThatTheDocumentNames()
    {
        var text = File.ReadAllText(Path.Combine(GoldenFile.GetRepositoryRoot(), "docs/alerting.md"));
        var block = text[text.IndexOf("<!-- begin: not sent -->", StringComparison.Ordinal)..];
        block = block[..block.IndexOf("<!-- end -->", StringComparison.Ordinal)];
        var named = Regex
            .Matches(block, @"^\| (Clustermgr\w+) \|", RegexOptions.Multiline)
            .Select(row => row.Groups[1].Value);
        Assert.Equal(DirectRules.NotSent, named);

        var shipped = DirectRules.LoadShipped();
        var sent = DirectRules
            .SelectClusterRules(shipped)
            .All.Concat(DirectRules.SelectExporterRules(shipped).All)
            .Where(rule => rule.IsAlert)
            .Select(rule => rule.Name);
        Assert.Equal(
            Rules.Shipped.Alerts.Select(name => AlertTimeline.Prefix + name).Order(StringComparer.Ordinal),
            sent.Concat(named).Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["ClustermgrClusterUnwatched", "ClustermgrConfigNotLoaded", "ClustermgrWatchdog"],
            DirectRules.SelectExporterRules(shipped).All.Select(rule => rule.Name).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("up{a=~\"b.*\"}", "b.* is not a list of words")]
    [InlineData("histogram_quantile(0.9, up)", "the function histogram_quantile is not known here")]
    [InlineData("up * on (a) group_left (b) down", "group_left with labels is not known here")]
    [InlineData("sum(up", ") is expected before the end")]
    [InlineData("up ==", "the end is not expected where it stands")]
    [InlineData("rate(up[5])", "a duration is expected")]
    [InlineData("up{a=\"b}", "a text in quotes does not end")]
    [InlineData("label_replace(up, \"a\", \"$1\", \"b\", \"x(.*)\")", "label_replace takes (.+), (.*) or nothing")]
    [InlineData("up[5m]", "[ is not expected where it stands")]
    [InlineData("up @ 5", "@ has no place in an expression")]
    public void WhatIsNotKnownIsRefusedWithWhat(string expression, string expected)
    {
        var error = Assert.Throws<FormatException>(() => PromQlParser.Parse(expression));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>As after a pause of the process: samples from before the gap do not count as those of an hour
    /// ago.</summary>
    [Fact]
    public void AcrossAGapAnOffsetFindsNothing()
    {
        var times = new SampleTimes();
        var store = new SeriesStore(times);
        store.Add("up", store.Labels.Empty, times.Add(0, 1e6), 1);
        store.Add("up", store.Labels.Empty, times.Add(5 * 3600, 1e6), 1);
        var at = new Instant(store, times.Last, 0);
        Assert.Single(PromQlParser.Parse("up").EvaluateVector(at));
        Assert.Empty(PromQlParser.Parse("up offset 1h").EvaluateVector(at));
        Assert.Single(PromQlParser.Parse("up offset 298m").EvaluateVector(at));
        Assert.Single(PromQlParser.Parse("last_over_time(up[6h] offset 1h)").EvaluateVector(at));
    }

    [Fact]
    public void TheSameClauseIsTheSameHoweverOftenItIsRead()
    {
        Assert.Equal(new Grouping(["a", "b"], keeps: true), new Grouping(["b", "a"], keeps: true));
        Assert.NotEqual(new Grouping(["a"], keeps: true), new Grouping(["a"], keeps: false));
        var table = new LabelTable();
        var labels = table.Intern([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "2")]);
        Assert.Same(labels.Project(new Grouping(["a"], keeps: true)), labels.Project(new Grouping(["a"], keeps: true)));
        table.RetainOnly([]);
        Assert.NotSame(labels, table.Intern([KeyValuePair.Create("a", "1"), KeyValuePair.Create("b", "2")]));
    }

    [Theory]
    [InlineData("{{ if eq $value 1.0 }}a", "{{ if eq $value 1.0 }} is not ended")]
    [InlineData("{{ end }}", "{{ end }} ends nothing")]
    [InlineData("{{ $value ", "{{ is not closed")]
    [InlineData("{{ $value | }}", "{{ $value | }} has an empty command")]
    public void ATextThatIsNoTemplateIsRefused(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => AlertTemplate.Parse(text)).Message);

    /// <summary>The expected texts are what promtool renders.</summary>
    [Theory]
    [InlineData("{{ $value }}", 3, "3")]
    [InlineData("{{ $value }}", 0.05, "0.05")]
    [InlineData("{{ $value }}", 1234567, "1.234567e+06")]
    [InlineData("{{ $value }}", 1e-7, "1e-07")]
    [InlineData("{{ $value | humanize }}", 1234567, "1.235M")]
    [InlineData("{{ $value | humanize }}", 0.00123, "1.23m")]
    [InlineData("{{ $value | humanize1024 }}", 1_500_000_000, "1.397Gi")]
    [InlineData("{{ $value | humanizePercentage }}", 0.12345, "12.35%")]
    [InlineData("{{ $value | humanizeDuration }}", 93784.5, "1d 2h 3m 4s")]
    [InlineData("{{ $value | humanizeDuration }}", 0.5, "500ms")]
    [InlineData("{{ $value | humanizeDuration }}", 45.25, "45.25s")]
    [InlineData("{{ printf \"%.0f of %s\" $value $labels.cluster }}", 41.6, "42 of a b")]
    [InlineData("{{ printf \"%q\" $labels.odd }}", 0, "\"x\\\"y\\n\"")]
    [InlineData("{{ $labels.cluster | urlquery }}{{ $labels.none }}", 0, "a+b")]
    [InlineData("{{ if gt $value 1.0 }}many{{ else }}one{{ end }}", 1, "one")]
    [InlineData("{{ with $externalLabels.docs_url }}{{ . }}{{ else }}docs{{ end }}", 0, "https://d")]
    [InlineData(
        "{{ range query \"up\" | sortByLabel \"m\" }}{{ .Labels.m }}={{ .Value }} {{ else }}none{{ end }}",
        0,
        "1=5 2=4 "
    )]
    [InlineData("{{ range query \"nothing\" }}x{{ else }}none{{ end }}", 0, "none")]
    [InlineData("{{ with query \"up\" }}{{ . | first | label \"m\" }}{{ end }}", 0, "2")]
    [InlineData("a  {{- \" b \" -}}  c", 0, "a b c")]
    public void ATextIsFilledAsPrometheusFillsIt(string text, double value, string expected)
    {
        var context = new TemplateContext(
            new Dictionary<string, string> { ["cluster"] = "a b", ["odd"] = "x\"y\n" },
            new Dictionary<string, string> { ["docs_url"] = "https://d" },
            value,
            query =>
                query == "up"
                    ?
                    [
                        new(new Dictionary<string, string> { ["m"] = "2" }, 4),
                        new(new Dictionary<string, string> { ["m"] = "1" }, 5),
                    ]
                    : []
        );
        Assert.Equal(expected, AlertTemplate.Parse(text).Render(context));
    }
}
