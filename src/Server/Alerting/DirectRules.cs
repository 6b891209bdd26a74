using System.Collections.Immutable;

namespace ClustermgrExporter.Alerting;

/// <summary>Selects the shipped rules that the exporter evaluates itself.</summary>
internal static class DirectRules
{
    private const string ExporterMetricPrefix = "clustermgr_exporter_";

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
    public static AlertRules LoadShipped() => AlertRules.Parse(ReadShippedText(), ShippedFile);

    public static string ReadShippedText()
    {
        using var stream = typeof(DirectRules).Assembly.GetManifestResourceStream(ShippedFile)!;
        using var text = new StreamReader(stream);
        return text.ReadToEnd();
    }

    /// <summary>The rules that are evaluated for each cluster, with its own series.</summary>
    public static AlertRules SelectClusterRules(AlertRules rules) =>
        rules.Where(rule => IsSent(rule) && !IsExporterRule(rule));

    /// <summary>The rules that are evaluated once, with the exporter's own series.</summary>
    public static AlertRules SelectExporterRules(AlertRules rules) =>
        rules.Where(rule => IsSent(rule) && IsExporterRule(rule));

    /// <summary>The name without the common prefix.</summary>
    public static string ShortName(Rule rule) =>
        rule.Name.StartsWith(Prefix, StringComparison.Ordinal) ? rule.Name[Prefix.Length..] : rule.Name;

    public static bool IsWatchdog(Rule rule) => rule.Name == Watchdog;

    /// <summary>The cluster of a saved alert; "" for the exporter's own.</summary>
    public static string GetCluster(SavedAlert alert) =>
        alert.Labels.GetValueOrDefault("cluster", "") is var cluster && cluster == AllClusters
        || IsOnExporterSeries(alert.Labels.GetValueOrDefault("alertname", ""))
            ? ""
            : alert.Labels.GetValueOrDefault("cluster", "");

    private static bool IsSent(Rule rule) => !NotSent.Contains(rule.Name);

    private static bool IsExporterRule(Rule rule) =>
        rule.IsAlert
        && (
            !rule.Metrics.Any()
            || rule.Metrics.Any(metric => metric.StartsWith(ExporterMetricPrefix, StringComparison.Ordinal))
        );

    private static bool IsOnExporterSeries(string alert) =>
        alert is "ClustermgrClusterUnwatched" or "ClustermgrConfigNotLoaded";
}
