using System.Collections.Immutable;

namespace ClustermgrExporter.Alerting;

/// <summary>Selects the shipped rules that the exporter evaluates itself.</summary>
internal static class DirectRules
{
    private const string Own = "clustermgr_exporter_";

    /// <summary>Prefix of the names of all alerts.</summary>
    public const string Prefix = "Clustermgr";

    private const string Watchdog = "ClustermgrWatchdog";

    /// <summary>Value of the label cluster for alerts that are about no single cluster.</summary>
    public const string AllClusters = "all clusters";

    /// <summary>Alerts that only Prometheus can raise: that the exporter is gone, and how it is scraped.</summary>
    public static readonly ImmutableArray<string> NotSent =
    [
        "ClustermgrExporterAbsent",
        "ClustermgrShardMismatch",
        "ClustermgrLabelClash",
        "ClustermgrScrapeTooSlow",
    ];

    public const string ShippedFile = "clustermgr.rules.yaml";

    /// <summary>The rules of the file that is built into this program.</summary>
    public static AlertRules Shipped() => AlertRules.Parse(ShippedText(), ShippedFile);

    public static string ShippedText()
    {
        using var stream = typeof(DirectRules).Assembly.GetManifestResourceStream(ShippedFile)!;
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }

    /// <summary>The rules that are evaluated for each cluster, with its own series.</summary>
    public static AlertRules OfClusters(AlertRules rules) => rules.Where(rule => IsSent(rule) && !IsOfExporter(rule));

    /// <summary>The rules that are evaluated once, with the exporter's own series.</summary>
    public static AlertRules OfExporter(AlertRules rules) => rules.Where(rule => IsSent(rule) && IsOfExporter(rule));

    /// <summary>The name without the common prefix.</summary>
    public static string ShortName(Rule rule) =>
        rule.Name.StartsWith(Prefix, StringComparison.Ordinal) ? rule.Name[Prefix.Length..] : rule.Name;

    public static bool IsWatchdog(Rule rule) => rule.Name == Watchdog;

    /// <summary>The cluster of a saved alert; "" for the exporter's own.</summary>
    public static string ClusterOf(SavedAlert alert) =>
        alert.Labels.GetValueOrDefault("cluster", "") is var cluster && cluster == AllClusters
        || IsOfOwnSeries(alert.Labels.GetValueOrDefault("alertname", ""))
            ? ""
            : alert.Labels.GetValueOrDefault("cluster", "");

    private static bool IsSent(Rule rule) => !NotSent.Contains(rule.Name);

    private static bool IsOfExporter(Rule rule) =>
        rule.IsAlert
        && (!rule.Metrics.Any() || rule.Metrics.Any(metric => metric.StartsWith(Own, StringComparison.Ordinal)));

    private static bool IsOfOwnSeries(string alert) =>
        alert is "ClustermgrClusterUnwatched" or "ClustermgrConfigNotLoaded";
}
