using System.Collections.Immutable;
using System.Reflection;

namespace ClustermgrExporter.Exposition.Own;

/// <summary>The exporter's version and configuration.</summary>
internal static class ExporterFamilies
{
    public static readonly (string Version, string Revision) Build = ParseVersion(
        typeof(ExporterFamilies).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion ?? "");

    public static readonly ImmutableArray<FamilyOf<OwnReading>> All =
    [
        new(new Family("clustermgr_exporter_build_info", MetricType.Info, ["version", "revision", "dotnet_version"],
                "Version of the exporter, the revision it was built from, and the runtime it runs on."),
            (lines, _) => lines.Add(true, Build.Version, Build.Revision, Environment.Version.ToString())),
        Gauge("clustermgr_exporter_clusters", "Clusters that the configuration in force names.",
            own => own.Config.Clusters),
        Gauge("clustermgr_exporter_config_last_reload_successful",
            "1 if the last attempt to load the configuration succeeded, 0 if the one before it is still in force.",
            own => own.Config.LastReloadSuccessful),
        Gauge("clustermgr_exporter_config_last_reload_success_timestamp_seconds",
            "Unix time of the last successful load of the configuration.",
            own => Number.Time(own.Config.LastReloadSuccess)),
    ];

    /// <summary>Splits 0.1.0+revision, as the build writes it; either part is unknown where it is missing.</summary>
    public static (string Version, string Revision) ParseVersion(string informational)
    {
        var plus = informational.IndexOf('+', StringComparison.Ordinal);
        var version = plus < 0 ? informational : informational[..plus];
        var revision = plus < 0 ? "" : informational[(plus + 1)..];
        return (version == "" ? "unknown" : version, revision == "" ? "unknown" : revision);
    }

    private static FamilyOf<OwnReading> Gauge(string name, string help, Func<OwnReading, Number> value) =>
        new(new Family(name, MetricType.Gauge, [], help), (lines, own) => lines.Add(value(own)));
}
