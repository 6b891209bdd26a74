namespace ClustermgrExporter.Exposition;

/// <summary>The exporter's own series, rendered. Immutable.</summary>
/// <param name="text">Text format 0.0.4.</param>
/// <param name="openMetrics">OpenMetrics 1.0.0, with its end mark.</param>
internal sealed class OwnLines(byte[] text, byte[] openMetrics)
{
    public ReadOnlyMemory<byte> Of(Format format) => format == Format.OpenMetrics1 ? openMetrics : text;
}
