using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Hosting;

/// <summary>Where the exporter serves.</summary>
/// <param name="TelemetryPath">Begins with a slash.</param>
internal sealed record ServerOptions(ListenAddress Listen, string TelemetryPath);
