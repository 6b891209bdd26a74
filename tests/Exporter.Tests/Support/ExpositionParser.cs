using System.Text;
using System.Text.RegularExpressions;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;

namespace ClustermgrExporter.Tests.Support;

/// <summary>
/// Parses both formats as strictly as their specifications allow, and more strictly where the program promises more:
/// each family has HELP and TYPE and the same labels on all its lines, and a family of clusters has at least one
/// sample.
/// </summary>
internal sealed partial class ExpositionParser
{
    private static readonly string[] HistogramSuffixes = ["_bucket", "_sum", "_count"];

    private readonly MetricsFormat _format;
    private readonly List<ExposedFamily> _families = [];
    private readonly HashSet<string> _taken = [];
    private readonly HashSet<string> _series = [];
    private readonly Dictionary<string, string> _meta = [];
    private readonly List<ExposedSample> _samples = [];
    private string? _name;

    private ExpositionParser(MetricsFormat format) => _format = format;

    private bool IsOpenMetrics => _format == MetricsFormat.OpenMetrics1;

    public static ScrapedPage Parse(ReadOnlySpan<byte> bytes, MetricsFormat format) =>
        Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes), format);

    /// <exception cref="FormatException">The text breaks a rule, which the message names.</exception>
    public static ScrapedPage Parse(string text, MetricsFormat format)
    {
        var parser = new ExpositionParser(format);
        Check(text.EndsWith('\n'), "the last line does not end");
        Check(!text.StartsWith('\ufeff'), "a byte order mark");
        var lines = text[..^1].Split('\n');
        if (parser.IsOpenMetrics)
        {
            Check(lines[^1] == "# EOF", "no # EOF at the end");
            lines = lines[..^1];
        }
        foreach (var line in lines)
        {
            parser.Line(line);
        }
        parser.EndFamily();
        return new ScrapedPage(parser._families);
    }

    private void Line(string line)
    {
        Check(line != "", "an empty line");
        Check(line != "# EOF", "# EOF before the end");
        if (!line.StartsWith('#'))
        {
            Sample(line);
            return;
        }
        var words = line.Split(' ', 4);
        Check(words is ["#", "HELP" or "TYPE" or "UNIT", _, _], $"not a HELP, TYPE or UNIT line: {line}");
        if (_samples.Count > 0 || (_name is not null && _name != words[2]))
        {
            EndFamily();
        }
        Check(MetricName().IsMatch(words[2]), $"no metric name: {words[2]}");
        Check(IsOpenMetrics || words[1] != "UNIT", "text format 0.0.4 has no UNIT");
        _name = words[2];
        Check(_meta.TryAdd(words[1], words[3]), $"{words[1]} of {_name} twice");
    }

    private void Sample(string line)
    {
        var at = 0;
        var name = MetricName().Match(line).Value;
        Check(name != "", $"no metric name: {line}");
        var type = _meta.GetValueOrDefault("TYPE", "");
        var expected =
            type == "histogram"
                ? HistogramSuffixes.Select(suffix => _name + suffix)
                : [_name + (IsOpenMetrics ? SampleSuffix(type) : "")];
        Check(_name is not null && expected.Contains(name), $"{name} does not belong to its family");
        at += name.Length;
        var labels = Labels(line, ref at);
        var value = SampleValue().Match(line, at);
        Check(value.Success && value.Index == at, $"no value alone at the end: {line}");
        var sample = new ExposedSample(name, labels, value.Groups[1].Value);
        Check(
            _series.Add(name + "{" + string.Join('\u0001', sample.Pairs.Order(StringComparer.Ordinal))),
            $"series twice: {line}"
        );
        var alike = _samples.Find(other => other.Name == name);
        Check(
            alike is null || alike.Labels.Select(l => l.Name).SequenceEqual(labels.Select(l => l.Name)),
            $"other labels than the lines before: {line}"
        );
        _samples.Add(sample);
    }

    private static List<(string Name, string Value)> Labels(string line, ref int at)
    {
        List<(string Name, string Value)> labels = [];
        if (line[at] != '{')
        {
            return labels;
        }
        do
        {
            var name = LabelName().Match(line, ++at);
            Check(name.Success && name.Index == at, $"no label name: {line}");
            Check(labels.All(label => label.Name != name.Groups[1].Value), $"label twice: {line}");
            at += name.Length;
            labels.Add((name.Groups[1].Value, Unescape(line, ref at)));
        } while (at < line.Length && line[at] == ',');
        Check(at < line.Length && line[at] == '}', $"labels do not end: {line}");
        at++;
        return labels;
    }

    private static string Unescape(string line, ref int at)
    {
        var value = new StringBuilder();
        for (; ; at++)
        {
            if (at >= line.Length)
            {
                throw new FormatException($"a label value does not end: {line}");
            }
            if (line[at] == '"')
            {
                break;
            }
            if (line[at] != '\\')
            {
                value.Append(line[at]);
                continue;
            }
            at++;
            Check(at < line.Length && line[at] is '\\' or '"' or 'n', $"no escape of the formats: {line}");
            value.Append(line[at] == 'n' ? '\n' : line[at]);
        }
        at++;
        return value.ToString();
    }

    private void EndFamily()
    {
        if (_name is null)
        {
            return;
        }
        var type = _meta.GetValueOrDefault("TYPE") ?? throw new FormatException($"{_name} has no TYPE");
        var help = _meta.GetValueOrDefault("HELP") ?? throw new FormatException($"{_name} has no HELP");
        var unit = _meta.GetValueOrDefault("UNIT", "");
        Check(
            type is "gauge" or "counter" or "histogram" || (IsOpenMetrics && type == "info"),
            $"{_name} has the type {type}"
        );
        // prometheus-net writes headers of metrics that have no value yet.
        Check(
            _samples.Count > 0 || ExporterSeries.All.Any(series => _name == series.Name || _name == series.Bare),
            $"{_name} has a header and no samples"
        );
        Check(!help.Contains('\\') && !(IsOpenMetrics && help.Contains('"')), $"{_name}: a help with bare escapes");
        Check(
            unit == "" || (_name.EndsWith("_" + unit, StringComparison.Ordinal) && type != "info"),
            $"{_name} is not named after its unit {unit}"
        );
        Check(
            IsOpenMetrics || (type == "counter") == _name.EndsWith("_total", StringComparison.Ordinal),
            $"{_name}: counters and only counters end in _total"
        );
        Check(
            !IsOpenMetrics || !Suffixed().IsMatch(_name) || type == "gauge",
            $"{_name} ends in a suffix that belongs to samples"
        );
        // In OpenMetrics a family also owns the names that its samples could have.
        string[] names =
            type == "histogram" ? [_name, .. HistogramSuffixes.Select(suffix => _name + suffix)]
            : IsOpenMetrics ? [_name, _name + SampleSuffix(type), _name + "_created"]
            : [_name];
        foreach (var name in names.Distinct())
        {
            Check(_taken.Add(name), $"{name} occurs in two places");
        }
        foreach (var sample in _samples)
        {
            Check(type != "info" || sample.Text == "1", $"{_name} is an info and not 1");
            Check(type != "counter" || sample.Value >= 0, $"{_name} is a counter below 0");
        }
        if (type == "histogram")
        {
            CheckHistogram();
        }
        if (_samples.Count > 0)
        {
            _families.Add(new ExposedFamily(_name, type, help, unit, [.. _samples]));
        }
        _name = null;
        _meta.Clear();
        _samples.Clear();
    }

    /// <summary>Bounds and counts of buckets increase up to +Inf, whose count is the total.</summary>
    private void CheckHistogram()
    {
        foreach (
            var one in _samples.GroupBy(sample =>
                string.Join('\u0001', sample.Pairs.Where(pair => !pair.StartsWith("le=", StringComparison.Ordinal)))
            )
        )
        {
            var buckets = one.Where(sample => sample.Name == $"{_name}_bucket")
                .Select(sample => (Bound: Bound(sample.Label("le")), sample.Value))
                .ToList();
            Check(buckets.Count > 1 && buckets[^1].Bound == double.PositiveInfinity, $"{_name}: no last bucket +Inf");
            Check(
                buckets
                    .Zip(buckets.Skip(1))
                    .All(pair => pair.First.Bound < pair.Second.Bound && pair.First.Value <= pair.Second.Value),
                $"{_name}: the buckets do not increase"
            );
            Check(
                one.Single(sample => sample.Name == $"{_name}_count").Value == buckets[^1].Value,
                $"{_name}: the count differs from that of its buckets"
            );
            Check(one.Count(sample => sample.Name == $"{_name}_sum") == 1, $"{_name} has no sum");
        }

        static double Bound(string le) =>
            le == "+Inf"
                ? double.PositiveInfinity
                : double.Parse(le, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string SampleSuffix(string type) =>
        type is "counter" ? "_total"
        : type is "info" ? "_info"
        : "";

    private static void Check(bool holds, string broken)
    {
        if (!holds)
        {
            throw new FormatException(broken);
        }
    }

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*")]
    private static partial Regex MetricName();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"")]
    private static partial Regex LabelName();

    [GeneratedRegex(@" ([+-]?(?:[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|Inf)|NaN)$")]
    private static partial Regex SampleValue();

    // Not _count and _sum: OpenMetrics only advises against them, and .NET's client has dotnet_collection_count.
    [GeneratedRegex("_(total|info|created|bucket)$")]
    private static partial Regex Suffixed();
}
