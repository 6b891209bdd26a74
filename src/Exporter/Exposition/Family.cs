using System.Collections.Immutable;
using System.Text;

namespace ClustermgrExporter.Exposition;

internal enum MetricType
{
    Gauge,
    Counter,

    /// <summary>Labels are the message, the value is always 1. A gauge in text format 0.0.4, which knows no info.
    /// </summary>
    Info,
}

/// <summary>One metric family: its name and help, and the bytes of its headers and lines that never change.</summary>
internal sealed class Family
{
    private readonly byte[] _text;
    private readonly byte[] _openMetrics;
    private readonly byte[][] _beforeLabel;
    private readonly byte[] _beforeValue;

    /// <param name="name">The name of its samples.</param>
    /// <param name="type">Counters end in _total, infos in _info.</param>
    /// <param name="labels">In the order in which they are written.</param>
    /// <param name="help">One line: unit, source field, when the series is absent.</param>
    public Family(string name, MetricType type, ImmutableArray<string> labels, string help)
    {
        var suffix = type switch { MetricType.Counter => "_total", MetricType.Info => "_info", _ => "" };
        if (!name.EndsWith(suffix, StringComparison.Ordinal))
            throw new ArgumentException($"{name}: a {type} is named …{suffix}", nameof(name));
        if (help.AsSpan().ContainsAny('\n', '\\', '"'))
            throw new ArgumentException($"{name}: quotes, backslashes and line feeds need escapes", nameof(help));
        (Name, Type, Labels, Help) = (name, type, labels, help);

        var bare = name[..^suffix.Length];
        Unit = bare.EndsWith("_seconds", StringComparison.Ordinal) ? "seconds"
            : bare.EndsWith("_bytes", StringComparison.Ordinal) ? "bytes" : "";
        var textType = type == MetricType.Counter ? "counter" : "gauge";
        var openMetricsType = type == MetricType.Info ? "info" : textType;
        _text = Encoding.UTF8.GetBytes($"# HELP {name} {help}\n# TYPE {name} {textType}\n");
        var unitLine = Unit == "" ? "" : $"# UNIT {bare} {Unit}\n";
        _openMetrics = Encoding.UTF8.GetBytes(
            $"# TYPE {bare} {openMetricsType}\n{unitLine}# HELP {bare} {help}\n");
        _beforeLabel = [.. labels.Select((label, i) =>
            Encoding.UTF8.GetBytes(i == 0 ? $"{name}{{{label}=\"" : $"\",{label}=\""))];
        _beforeValue = Encoding.UTF8.GetBytes(labels.IsEmpty ? $"{name} " : "\"} ");
    }

    public string Name { get; }

    public MetricType Type { get; }

    public ImmutableArray<string> Labels { get; }

    public string Help { get; }

    /// <summary>"seconds", "bytes", or "" for a plain count or a state. The name ends in it.</summary>
    public string Unit { get; }

    /// <summary>The lines that stand before its first sample.</summary>
    public ReadOnlyMemory<byte> Header(Format format) => format == Format.OpenMetrics1 ? _openMetrics : _text;

    /// <summary>What stands before the value of one label: <c>name{first="</c>, then <c>",next="</c>.</summary>
    public ReadOnlySpan<byte> BeforeLabel(int index) => _beforeLabel[index];

    /// <summary>What stands before the value of the sample.</summary>
    public ReadOnlySpan<byte> BeforeValue => _beforeValue;
}

/// <summary>A family, and how its lines come of a <typeparamref name="T"/>.</summary>
internal sealed record FamilyOf<T>(Family Family, Action<LineWriter, T> Write);
