using System.Globalization;
using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Asserts that Prometheus could always evaluate every rule: a many-to-many join only fails during
/// evaluation.</summary>
internal static class RuleHealth
{
    public static async Task AssertAsync(AlertChain chain, CancellationToken ct)
    {
        var groups = (await chain.Prometheus.GetAsync("/api/v1/rules", ct))["data"]!["groups"]!.AsArray();
        var rules = groups.SelectMany(group => group!["rules"]!.AsArray()).ToList();
        Assert.True(rules.Count > 40, $"only {rules.Count} rules");
        Assert.All(
            rules,
            rule =>
                Assert.Equal(
                    ("ok", ""),
                    (rule!["health"]!.GetValue<string>(), rule["lastError"]?.GetValue<string>() ?? "")
                )
        );

        // The rules show the last evaluation, the metrics all of them.
        var metrics = (await chain.Prometheus.TextAsync("/metrics", ct)).Split('\n');
        Assert.True(Sum(metrics, "prometheus_rule_evaluations_total{") > 5 * rules.Count);
        Assert.Equal(0, Sum(metrics, "prometheus_rule_evaluation_failures_total{"));
        Assert.DoesNotContain(
            chain.Prometheus.Complaints,
            line => line.Contains("component=\"rule manager\"", StringComparison.Ordinal)
        );

        // A failed template has an error in its text.
        var texts = chain
            .Receiver.All.SelectMany(one => one.Alerts)
            .SelectMany(alert => alert.Annotations.Values)
            .ToList();
        Assert.NotEmpty(texts);
        Assert.DoesNotContain(
            texts,
            text =>
                text.Contains("error", StringComparison.OrdinalIgnoreCase)
                || text.Contains("<no value>", StringComparison.Ordinal)
        );
    }

    private static double Sum(IEnumerable<string> metrics, string prefix) =>
        metrics
            .Where(line => line.StartsWith(prefix, StringComparison.Ordinal))
            .Select(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture))
            .Sum();
}
