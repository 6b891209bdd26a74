using System.Buffers;
using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace ClustermgrExporter.Exposition;

/// <summary>
/// One exposition: every cluster's lines of a family stand together under one header, as the formats demand.
/// </summary>
/// <param name="clusters">In output order.</param>
/// <param name="exporterLines">The exporter's own series, which end the page.</param>
internal sealed class MetricsPage(ImmutableArray<ClusterPage> clusters, ExporterLines exporterLines)
{
    /// <summary>Equal for two expositions of the same parts, and so of the same bytes.</summary>
    public ImmutableArray<object> Identity => [exporterLines, .. clusters.Select(page => page.Identity)];

    /// <summary>Whether <see cref="Identity"/> equals this one, without creating it.</summary>
    public bool HasIdentity(ImmutableArray<object> identity)
    {
        if (identity.Length != clusters.Length + 1 || !ReferenceEquals(identity[0], exporterLines))
        {
            return false;
        }
        for (var i = 0; i < clusters.Length; i++)
        {
            if (!ReferenceEquals(identity[i + 1], clusters[i].Identity))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Bytes of the whole exposition.</summary>
    public long Length(MetricsFormat format)
    {
        long length = exporterLines.GetText(format).Length;
        foreach (var page in clusters)
        {
            length += page.Lines.Length;
        }
        for (var i = 0; i < Catalogue.Cluster.Length; i++)
        {
            if (AnyHas(i))
            {
                length += Catalogue.Cluster[i].Family.Header(format).Length;
            }
        }
        return length;
    }

    /// <summary>The exposition in pieces that are not empty, in order. This caches the lines of each cluster's
    /// page.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces(MetricsFormat format)
    {
        for (var i = 0; i < Catalogue.Cluster.Length; i++)
        {
            if (!AnyHas(i))
            {
                continue;
            }
            yield return Catalogue.Cluster[i].Family.Header(format);
            foreach (var page in clusters)
            {
                if (page.Lines.Has(i))
                {
                    yield return page.Lines.GetLines(i);
                }
            }
        }
        if (exporterLines.GetText(format) is { IsEmpty: false } last)
        {
            yield return last;
        }
    }

    /// <summary>Writes the whole exposition. Lines that no page has cached are rendered on the way and not
    /// cached.</summary>
    public void WriteTo(IBufferWriter<byte> target, MetricsFormat format)
    {
        using var scratch = new LineWriter();
        var labels = Array.ConvertAll(
            ImmutableCollectionsMarshal.AsArray(clusters)!,
            page => LabelText.Bytes(page.Cluster)
        );
        for (var i = 0; i < Catalogue.Cluster.Length; i++)
        {
            var headed = false;
            for (var cluster = 0; cluster < clusters.Length; cluster++)
            {
                scratch.SetLeading(labels[cluster]);
                var lines = clusters[cluster].GetLinesUncached(i, scratch);
                if (lines.IsEmpty)
                {
                    continue;
                }
                if (!headed)
                {
                    target.Write(Catalogue.Cluster[i].Family.Header(format).Span);
                    headed = true;
                }
                target.Write(lines);
            }
        }
        target.Write(exporterLines.GetText(format).Span);
    }

    /// <summary>Writes and flushes; ends early, without an error, when the reader is gone.</summary>
    /// <returns>False if the reader left before the end.</returns>
    public ValueTask<bool> WriteToAsync(PipeWriter target, MetricsFormat format, CancellationToken ct) =>
        PipeBlockWriter.WriteAsync(target, Pieces(format), Length(format), ct);

    private bool AnyHas(int family)
    {
        foreach (var page in clusters)
        {
            if (page.Lines.Has(family))
            {
                return true;
            }
        }
        return false;
    }
}

/// <summary>The exporter's own series, rendered. Immutable.</summary>
/// <param name="text">Text format 0.0.4.</param>
/// <param name="openMetrics">OpenMetrics 1.0.0, with its end mark.</param>
internal sealed class ExporterLines(byte[] text, byte[] openMetrics)
{
    public ReadOnlyMemory<byte> GetText(MetricsFormat format) =>
        format == MetricsFormat.OpenMetrics1 ? openMetrics : text;
}

/// <summary>The two formats of an exposition. Their sample lines are the same bytes; their headers differ.</summary>
internal enum MetricsFormat
{
    /// <summary>Prometheus text format 0.0.4.</summary>
    Text004,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetrics1,
}
