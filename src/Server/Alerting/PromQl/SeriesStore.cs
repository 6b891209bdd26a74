using System.Runtime.InteropServices;

namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>When samples were taken, by their number; shared by all stores of an evaluator.</summary>
internal sealed class SampleTimes
{
    private readonly List<double> _times = [];
    private int _first;

    /// <summary>The newest; -1 before there is one.</summary>
    public int Last => _first + _times.Count - 1;

    /// <param name="seconds">Steady, later than the one before.</param>
    /// <param name="kept">Longest lookback in seconds.</param>
    public int Add(double seconds, double kept)
    {
        _times.Add(seconds);
        var old = _times.FindIndex(time => time >= seconds - kept) - 1;
        if (old > 256)
        {
            _times.RemoveRange(0, old);
            _first += old;
        }
        return Last;
    }

    public double this[int sample] => _times[Math.Max(0, sample - _first)];

    /// <summary>The number of the newest sample that is not later; one before the first if all are later.</summary>
    public int At(double seconds)
    {
        var found = CollectionsMarshal.AsSpan(_times).BinarySearch(seconds);
        return _first + (found >= 0 ? found : ~found - 1);
    }
}

/// <summary>One series over time. Consecutive samples with the same value are kept as one run.</summary>
internal sealed class TimeSeries(LabelSet labels)
{
    private readonly List<Run> _runs = [];

    public LabelSet Labels => labels;

    public ReadOnlySpan<Run> Runs => CollectionsMarshal.AsSpan(_runs);

    public bool IsEmpty => _runs.Count == 0;

    public void Add(int sample, double value)
    {
        if (_runs is [.., var last] && last.Last == sample - 1 && last.Value.Equals(value))
        {
            _runs[^1] = last with { Last = sample };
        }
        else if (_runs is not [.., var newest] || newest.Last < sample)
        {
            _runs.Add(new(sample, sample, value));
        }
    }

    /// <summary>Null if the series had no sample then.</summary>
    public double? At(int sample)
    {
        for (var i = _runs.Count - 1; i >= 0 && _runs[i].Last >= sample; i--)
        {
            if (_runs[i].First <= sample)
            {
                return _runs[i].Value;
            }
        }
        return null;
    }

    public void Forget(int before)
    {
        var old = _runs.FindIndex(run => run.Last >= before);
        _runs.RemoveRange(0, old < 0 ? _runs.Count : old);
    }
}

/// <param name="First">Number of its first sample.</param>
/// <param name="Last">Number of its last sample, inclusive.</param>
internal readonly record struct Run(int First, int Last, double Value);

/// <summary>Series by metric, kept as long as a rule looks back at them.</summary>
/// <param name="others">Fallback for metrics that are not here: the exporter's own series.</param>
/// <param name="labels">Where series of both are joined, the table of the others; null for a table of its own.</param>
internal sealed class SeriesStore(SampleTimes times, SeriesStore? others = null, LabelTable? labels = null)
{
    private readonly Dictionary<string, Metric> _metrics = new(StringComparer.Ordinal);

    public LabelTable Labels { get; } = labels ?? new();

    public SampleTimes Times => times;

    public IEnumerable<TimeSeries> Find(string metric) =>
        _metrics.TryGetValue(metric, out var known) ? known.Series.Values : others?.Find(metric) ?? [];

    /// <summary>The elements of a metric at the newest sample.</summary>
    public IEnumerable<Element> Newest(string metric) =>
        Find(metric)
            .Select(series => (series.Labels, Value: series.At(times.Last)))
            .Where(series => series.Value is not null)
            .Select(series => new Element(series.Labels, series.Value!.Value));

    public void Add(string metric, LabelSet labels, int sample, double value) =>
        GetOrAddMetric(metric).GetOrAddSeries(labels).Add(sample, value);

    /// <summary>Drops samples that are older than the lookback, and series without samples.</summary>
    /// <param name="lookback">Seconds by metric.</param>
    /// <param name="used">Label sets that are needed besides those of series.</param>
    public void Forget(Func<string, double> lookback, IEnumerable<LabelSet> used)
    {
        foreach (var (name, metric) in _metrics)
        {
            metric.Forget(times.At(times[times.Last] - lookback(name)));
        }
        Labels.RetainOnly(_metrics.Values.SelectMany(metric => metric.Series.Keys).Concat(used));
    }

    private Metric GetOrAddMetric(string name)
    {
        ref var metric = ref CollectionsMarshal.GetValueRefOrAddDefault(_metrics, name, out _);
        return metric ??= new();
    }

    private sealed class Metric
    {
        public Dictionary<LabelSet, TimeSeries> Series { get; } = [];

        public TimeSeries GetOrAddSeries(LabelSet labels)
        {
            ref var series = ref CollectionsMarshal.GetValueRefOrAddDefault(Series, labels, out _);
            return series ??= new(labels);
        }

        public void Forget(int before)
        {
            foreach (var series in Series.Values)
            {
                series.Forget(before);
                if (series.IsEmpty)
                {
                    Series.Remove(series.Labels);
                }
            }
        }
    }
}
