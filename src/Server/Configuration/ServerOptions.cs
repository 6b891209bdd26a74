using System.Collections.Immutable;

namespace ClustermgrExporter.Configuration;

/// <summary>Where the exporter serves.</summary>
/// <param name="TelemetryPath">Begins with a slash.</param>
/// <param name="WebConfigFile">Null for plain HTTP without passwords.</param>
/// <param name="HealthWithoutAuth">/-/healthy and /-/ready are answered without a password.</param>
internal sealed record ServerOptions(
    ImmutableArray<ListenAddress> Listen,
    string TelemetryPath,
    string? WebConfigFile = null,
    bool HealthWithoutAuth = false
)
{
    /// <summary>URL by which others reach the pages, with its path; null if unset.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>Prefix of all paths: "" or a path that begins with a slash and does not end with one.</summary>
    public string RoutePrefix { get; init; } = "";

    /// <summary>Path of the metrics, with the prefix.</summary>
    public string MetricsPath => RoutePrefix + TelemetryPath;

    /// <summary>Folder that keeps pending and firing alerts over restarts; null for none.</summary>
    public string? StoragePath { get; init; }

    /// <summary>The pages of exporters that poll other clusters.</summary>
    public ImmutableArray<Uri> PeerUrls { get; init; } = [];

    /// <summary>POST /-/reload is answered.</summary>
    public bool EnableLifecycle { get; init; }

    /// <summary>Limit of open connections; null for as many as the file descriptors allow.</summary>
    public int? MaxConnections { get; init; }
}
