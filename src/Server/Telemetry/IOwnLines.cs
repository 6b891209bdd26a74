using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Telemetry;

/// <summary>What ends a page of metrics after the clusters' series.</summary>
internal interface IOwnLines
{
    /// <summary>The lines that were collected last, which <see cref="CurrentAsync"/> has seen to.</summary>
    OwnLines Last { get; }

    /// <summary>The newest lines.</summary>
    ValueTask<OwnLines> CurrentAsync();

    /// <summary>Somebody has scraped the page.</summary>
    /// <param name="whole">Of all clusters.</param>
    void Scraped(bool whole);
}
