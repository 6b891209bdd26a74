namespace ClustermgrExporter.Exposition;

/// <summary>The two formats of an exposition. Their sample lines are the same bytes; their headers differ.</summary>
internal enum Format
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Text004,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics1,
}
