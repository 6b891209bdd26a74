using System.Text;
using ClustermgrExporter.Alerting.PromQl;
using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Alerting;

/// <summary>The alerts of one cluster, or of the exporter itself, evaluated from its samples over time.</summary>
internal sealed class ClusterRuleEvaluator
{
    private readonly AlertRules _rules;
    private readonly SeriesStore _store;
    private readonly RuleEvaluator _evaluator;
    private readonly Dictionary<string, (string Metric, LabelSet Labels)?> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Metric, LabelSet Labels)?>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private char[] _line = new char[512];

    /// <param name="exporter">The exporter's own instance, whose series annotations also query; null if this is that
    /// instance.</param>
    public ClusterRuleEvaluator(AlertRules rules, SampleTimes times, ClusterRuleEvaluator? exporter)
    {
        _rules = rules;
        _store = new(times, exporter?._store);
        _evaluator = new(rules, _store);
        _lookup = _known.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public IReadOnlyCollection<ActiveAlert> Active => _evaluator.Active;

    public IReadOnlyDictionary<string, string> Failures => _evaluator.Failures;

    public Instant CreateInstant(int sample, DateTimeOffset wall) =>
        new(_store, sample, wall.ToUnixTimeMilliseconds() / 1000.0);

    /// <summary>Adds the current samples of the page of a cluster.</summary>
    public void AddSamples(ClusterPage page, int sample)
    {
        for (var family = 0; family < Catalogue.Cluster.Length; family++)
        {
            if (page.Lines.Has(family) && _rules.UsesMetric(Catalogue.Cluster[family].Family.Name))
            {
                AddSamples(page.Lines.GetLines(family).Span, sample, "");
            }
        }
    }

    /// <summary>Adds the samples of lines of a page.</summary>
    /// <param name="instance">Value of a label that is added, as a scrape does; empty for none.</param>
    public void AddSamples(ReadOnlySpan<byte> lines, int sample, string instance)
    {
        foreach (var range in lines.Split((byte)'\n'))
        {
            var line = lines[range];
            var end = line.LastIndexOf((byte)' ');
            if (end <= 0 || line[0] == '#')
            {
                continue;
            }
            if (_line.Length < line.Length)
            {
                _line = new char[line.Length * 2];
            }
            var text = _line.AsSpan(0, Encoding.UTF8.GetChars(line, _line));
            var cut = text.LastIndexOf(' ');
            if (!_lookup.TryGetValue(text[..cut], out var series))
            {
                _known[text[..cut].ToString()] = series = FindSeries(text[..cut].ToString(), instance);
            }
            if (series is { } wanted)
            {
                _store.Add(wanted.Metric, wanted.Labels, sample, SampleLine.ParseValue(text[(cut + 1)..]));
            }
        }
    }

    public void Evaluate(Instant at) => _evaluator.Evaluate(at);

    /// <summary>Drops samples that no rule looks back at.</summary>
    public void Prune()
    {
        _store.Forget(_rules.GetLookbackSeconds, Active.Select(alert => alert.Labels));
        _known.Clear(); // such as labels of removed disks
    }

    /// <summary>Restores alerts that were pending or firing before a restart.</summary>
    /// <param name="until">Steady seconds until which alerts are kept although their rules do not hold.</param>
    public void Restore(IEnumerable<ActiveAlert> alerts, double until) => _evaluator.Restore(alerts, until);

    /// <summary>Values of recording rules that a restart would lose; only while an alert is active.</summary>
    public IEnumerable<SavedSample> GetSavedSamples() =>
        Active.Count == 0
            ? []
            : _rules.SelfReferencing.SelectMany(metric =>
                _store.Newest(metric).Select(one => new SavedSample(metric, [.. one.Labels.Pairs], one.Value))
            );

    /// <summary>Restores a value of a recording rule.</summary>
    public void RestoreSample(SavedSample saved, int sample)
    {
        if (_rules.SelfReferencing.Contains(saved.Metric))
        {
            _store.Add(saved.Metric, InternLabels(saved.Labels), sample, saved.Value);
        }
    }

    /// <summary>The label set of labels, for <see cref="Restore"/>.</summary>
    public LabelSet InternLabels(IEnumerable<KeyValuePair<string, string>> labels) =>
        _store.Labels.Intern([.. labels.OrderBy(label => label.Key, StringComparer.Ordinal)]);

    /// <summary>The series of a sample line; null if no rule reads it.</summary>
    private (string, LabelSet)? FindSeries(string text, string instance)
    {
        var (metric, labels) = SampleLine.ParseSeries(text);
        var set = _store.Labels.Intern(labels);
        if (instance.Length > 0)
        {
            set = set.With("instance", instance);
        }
        return _rules.UsesSeries(metric, set) ? (metric, set) : null;
    }
}
