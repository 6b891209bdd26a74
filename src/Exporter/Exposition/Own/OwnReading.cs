namespace ClustermgrExporter.Exposition.Own;

/// <summary>What the exporter knows of itself at one instant.</summary>
/// <param name="Config">The configuration in force.</param>
/// <param name="Process">Null where there is no /proc.</param>
internal sealed record OwnReading(ConfigState Config, ProcessReading? Process);

/// <summary>The configuration in force.</summary>
/// <param name="LastReloadSuccessful">The last attempt to load it succeeded, the first at the start included.</param>
/// <param name="LastReloadSuccess">When one last did.</param>
/// <param name="Clusters">How many clusters it names.</param>
internal sealed record ConfigState(bool LastReloadSuccessful, DateTimeOffset LastReloadSuccess, int Clusters);
