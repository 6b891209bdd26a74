using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Telemetry;

/// <summary>The lines that end a metrics page, after the series of the clusters.</summary>
internal interface IExporterLines
{
    /// <summary>The last collected lines. Await <see cref="CurrentAsync"/> first.</summary>
    ExporterLines Last { get; }

    /// <summary>The newest lines.</summary>
    ValueTask<ExporterLines> CurrentAsync();

    /// <summary>Records a scrape of the page.</summary>
    /// <param name="whole">The page has all clusters.</param>
    void RecordScrape(bool whole);
}
