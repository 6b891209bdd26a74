using System.Collections.Immutable;
using System.Text;

namespace ClustermgrExporter.Exposition;

internal enum MetricType
{
    Gauge,
    Counter,

    /// <summary>The labels carry the information; the value is always 1. Written as a gauge in text format 0.0.4, which
    /// has no info type.</summary>
    Info,

    Histogram,
}

/// <summary>Metadata of a metric family.</summary>
/// <param name="Name">Name of its samples; for a histogram without their suffixes.</param>
/// <param name="Labels">In the order in which they are written.</param>
/// <param name="Help">One sentence, for the HELP line: what it is, with its unit.</param>
/// <param name="Notes">For docs/metrics.md only: the source field, when the series is absent, and caveats.</param>
internal sealed record FamilyDescriptor(
    string Name,
    MetricType Type,
    ImmutableArray<string> Labels,
    string Help,
    string Notes
)
{
    /// <summary>"seconds", "bytes", or "" for a plain count or a state. The name ends in it, but for the suffix of its
    /// type.</summary>
    public string Unit =>
        Bare.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds"
        : Bare.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes"
        : "";

    /// <summary>The name of the family in OpenMetrics.</summary>
    public string Bare => Name[..^Suffix.Length];

    /// <summary>Suffix of the sample name that the type requires.</summary>
    public string Suffix =>
        Type switch
        {
            MetricType.Counter => "_total",
            MetricType.Info => "_info",
            _ => "",
        };
}

/// <summary>One metric family: its name and help, and the bytes of its headers and lines that never change.</summary>
internal sealed class Family
{
    private readonly byte[] _text;
    private readonly byte[] _openMetrics;
    private readonly byte[][] _beforeLabel;
    private readonly byte[] _beforeValue;

    /// <param name="descriptor">Counters end in _total, infos in _info.</param>
    public Family(FamilyDescriptor descriptor)
    {
        var (name, type, labels, help, _) = descriptor;
        if (!name.EndsWith(descriptor.Suffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{name}: a {type} is named …{descriptor.Suffix}", nameof(descriptor));
        }
        if (help.AsSpan().ContainsAny('\n', '\\', '"'))
        {
            throw new ArgumentException($"{name}: quotes, backslashes and line feeds need escapes", nameof(descriptor));
        }
        Descriptor = descriptor;
        Name = name;
        Labels = labels;
        Help = help;

        var bare = descriptor.Bare;
        var unit = descriptor.Unit;
        var textType = type == MetricType.Counter ? "counter" : "gauge";
        var openMetricsType = type == MetricType.Info ? "info" : textType;
        _text = Encoding.UTF8.GetBytes($"# HELP {name} {help}\n# TYPE {name} {textType}\n");
        var unitLine = unit == "" ? "" : $"# UNIT {bare} {unit}\n";
        _openMetrics = Encoding.UTF8.GetBytes($"# TYPE {bare} {openMetricsType}\n{unitLine}# HELP {bare} {help}\n");
        _beforeLabel =
        [
            .. labels.Select((label, i) => Encoding.UTF8.GetBytes(i == 0 ? $"{name}{{{label}=\"" : $"\",{label}=\"")),
        ];
        _beforeValue = Encoding.UTF8.GetBytes(labels.IsEmpty ? $"{name} " : "\"} ");
    }

    public FamilyDescriptor Descriptor { get; }

    public string Name { get; }

    public ImmutableArray<string> Labels { get; }

    public string Help { get; }

    /// <summary>The lines that stand before its first sample.</summary>
    public ReadOnlyMemory<byte> Header(MetricsFormat format) =>
        format == MetricsFormat.OpenMetrics1 ? _openMetrics : _text;

    /// <summary>What stands before the value of one label: <c>name{first="</c>, then <c>",next="</c>.</summary>
    public ReadOnlySpan<byte> BeforeLabel(int index) => _beforeLabel[index];

    /// <summary>What stands before the value of the sample.</summary>
    public ReadOnlySpan<byte> BeforeValue => _beforeValue;
}

/// <summary>A family, and the function that writes its lines from a <typeparamref name="T"/>.</summary>
internal sealed record FamilyRenderer<T>(Family Family, Action<LineWriter, T> Write);

/// <summary>The rendered sample lines of one page, split by family. Immutable.</summary>
/// <param name="families">The lines of each family, in the order of their catalogue; empty where it has none.</param>
internal sealed class FamilyLines(byte[][] families)
{
    /// <summary>Bytes of all lines.</summary>
    public int Length { get; } = families.Sum(lines => lines.Length);

    public int Families => families.Length;

    public bool Has(int family) => families[family].Length != 0;

    /// <summary>The lines of one family; empty when it has none.</summary>
    public ReadOnlyMemory<byte> GetLines(int family) => families[family];
}
