using System.Globalization;
using System.Text;
using System.Text.Json;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Alerting.PromQl;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>What Prometheus would have stored from the exporters' pages, scrape by scrape, in promtool's format. A
/// value is stored once for as long as it does not change, so that hundreds of incidents fit in memory.</summary>
internal sealed class InputSeries(TimeSpan interval)
{
    private readonly Dictionary<string, List<SeriesRun>> _runs = new(StringComparer.Ordinal);

    public TimeSpan Interval => interval;

    public int Scrapes { get; private set; }

    /// <param name="samples">Values by series, which is name{labels} as on the page.</param>
    public void Add(IReadOnlyDictionary<string, string> samples)
    {
        foreach (var (series, runs) in _runs)
        {
            if (runs[^1].Value is not null && !samples.ContainsKey(series))
            {
                runs.Add(new SeriesRun(Scrapes, null));
            }
        }
        foreach (var (series, value) in samples)
        {
            if (!_runs.TryGetValue(series, out var runs))
            {
                _runs.Add(string.Intern(series), runs = []);
            }
            if (runs.Count == 0 || runs[^1].Value != value)
            {
                runs.Add(new SeriesRun(Scrapes, string.Intern(value)));
            }
        }
        Scrapes++;
    }

    /// <summary>The same with this scrape failed: every series is stale until the next one.</summary>
    public InputSeries WithoutScrape(int failed) =>
        Changed(
            Scrapes,
            values =>
            {
                values[failed] = null;
                return values;
            }
        );

    /// <summary>What a Prometheus with an empty storage knows if it starts at this scrape.</summary>
    public InputSeries From(int first) => Changed(Scrapes - first, values => values[first..]);

    /// <summary>The same cluster and exporters under another name.</summary>
    /// <param name="rename">Returns the new name of a series, name{labels}.</param>
    public InputSeries Renamed(Func<string, string> rename)
    {
        var renamed = new InputSeries(interval) { Scrapes = Scrapes };
        foreach (var (series, runs) in _runs)
        {
            renamed._runs.Add(rename(series), runs);
        }
        return renamed;
    }

    /// <summary>The series of both, for the length of this one.</summary>
    public InputSeries Beside(InputSeries other)
    {
        var both = new InputSeries(interval) { Scrapes = Scrapes };
        foreach (var (series, runs) in _runs)
        {
            both._runs.Add(series, runs);
        }
        foreach (var (series, runs) in other._runs)
        {
            List<SeriesRun> kept = [.. runs.Where(run => run.Start < Scrapes)];
            if (other.Scrapes < Scrapes && kept.Count > 0 && kept[^1].Value is not null)
            {
                kept.Add(new SeriesRun(other.Scrapes, null));
            }
            both._runs.Add(series, kept);
        }
        return both;
    }

    /// <summary>A test file for promtool that asks which alerts fire at each step.</summary>
    /// <param name="rules">Path of the rule file.</param>
    /// <param name="metrics">Metrics that the rules read.</param>
    /// <param name="more">Additional lines in promtool's format.</param>
    public string TestFile(string rules, IReadOnlySet<string> metrics, IEnumerable<string> more)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"rule_files: [{JsonSerializer.Serialize(rules)}]\nevaluation_interval: {Seconds(interval)}\n"
        );
        text.Append(CultureInfo.InvariantCulture, $"tests:\n- interval: {Seconds(interval)}\n  input_series:\n");
        var series = _runs.Where(one => metrics.Contains(one.Key[..one.Key.IndexOf('{', StringComparison.Ordinal)]));
        foreach (var (name, runs) in series)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{series: {JsonSerializer.Serialize(name)}, values: \"");
            Write(text, runs);
            text.Append("\"}\n");
        }
        text.Append("  promql_expr_test:\n");
        for (var step = 0; step < Scrapes; step++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  - {{expr: '{AlertTimeline.Query}', eval_time: {Seconds(step * interval)}}}\n"
            );
        }
        foreach (var line in more)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Evaluates with the program's own evaluator: what fires at each step, with all series in one store as in
    /// Prometheus.</summary>
    public AlertTimeline Evaluate(AlertRules rules) =>
        Evaluate(
            rules,
            times =>
            {
                var store = new SeriesStore(times);
                return ((_, _) => store, [new(new RuleEvaluator(rules, store), store, rules)]);
            }
        );

    /// <summary>Evaluates as the program does: each cluster from its own series, and the exporter from its
    /// own.</summary>
    public AlertTimeline EvaluateApart(AlertRules rules) =>
        Evaluate(
            rules,
            times =>
            {
                var ofClusters = DirectRules.SelectClusterRules(rules);
                var ofExporter = DirectRules.SelectExporterRules(rules);
                var exporter = new SeriesStore(times);
                var clusters = _runs
                    .Keys.Select(key => SampleLine.ParseSeries(key))
                    .Select(name => ClusterOf(name.Metric, name.Labels))
                    .Where(cluster => cluster.Length > 0)
                    .Distinct()
                    .ToDictionary(cluster => cluster, _ => new SeriesStore(times, exporter), StringComparer.Ordinal);
                return (
                    (metric, labels) => ClusterOf(metric, labels) is { Length: > 0 } name ? clusters[name] : exporter,
                    [
                        new(new RuleEvaluator(ofExporter, exporter), exporter, ofExporter),
                        .. clusters.Values.Select(store => new RuleEvaluation(
                            new RuleEvaluator(ofClusters, store),
                            store,
                            ofClusters
                        )),
                    ]
                );
            }
        );

    /// <summary>The cluster of a series; "" for the exporter's own.</summary>
    private static string ClusterOf(string metric, KeyValuePair<string, string>[] labels) =>
        metric.StartsWith("clustermgr_exporter_", StringComparison.Ordinal)
            ? ""
            : labels.FirstOrDefault(label => label.Key == "cluster").Value ?? "";

    private sealed record RuleEvaluation(RuleEvaluator Evaluator, SeriesStore Store, AlertRules Rules);

    private AlertTimeline Evaluate(
        AlertRules rules,
        Func<
            SampleTimes,
            (Func<string, KeyValuePair<string, string>[], SeriesStore> StoreOf, List<RuleEvaluation> Judges)
        > arrange
    )
    {
        var times = new SampleTimes();
        var (storeOf, judges) = arrange(times);
        var failures = new SortedSet<string>(StringComparer.Ordinal);
        var steps = new SortedDictionary<TimeSpan, HashSet<(string, string, string)>>();
        var feed = new Feed(this, rules, storeOf);
        var used = feed.Labels;
        for (var step = 0; step < Scrapes; step++)
        {
            var now = (step * interval).TotalSeconds;
            var sample = times.Add(now, rules.MaxLookbackSeconds);
            feed.Add(step, sample);
            steps[step * interval] = [];
            foreach (var (evaluator, store, judged) in judges)
            {
                evaluator.Evaluate(new Instant(store, sample, now));
                if (step % 30 == 0)
                {
                    store.Forget(
                        judged.GetLookbackSeconds,
                        used[store].Concat(evaluator.Active.Select(alert => alert.Labels))
                    );
                }
                failures.UnionWith(evaluator.Failures.Select(failure => $"{failure.Key}: {failure.Value}\n"));
                steps[step * interval].UnionWith(Firing(evaluator));
            }
        }
        return AlertTimeline.Of(steps, interval, string.Concat(failures));
    }

    /// <summary>A store of all samples, with what these rules record at each scrape.</summary>
    public SeriesStore Recorded(AlertRules rules)
    {
        var store = new SeriesStore(new SampleTimes());
        var evaluator = new RuleEvaluator(rules, store);
        var feed = new Feed(this, rules, (_, _) => store);
        for (var step = 0; step < Scrapes; step++)
        {
            var now = (step * interval).TotalSeconds;
            var sample = store.Times.Add(now, double.PositiveInfinity);
            feed.Add(step, sample);
            evaluator.Evaluate(new Instant(store, sample, now));
            if (evaluator.Failures.Count > 0)
            {
                throw new InvalidOperationException(string.Join('\n', evaluator.Failures));
            }
        }
        return store;
    }

    /// <summary>Evaluates further rules, which read what others recorded.</summary>
    /// <param name="recorded">These series, with the recordings of the rules that these rules read.</param>
    public AlertTimeline Evaluate(AlertRules rules, SeriesStore recorded)
    {
        var store = new SeriesStore(recorded.Times, recorded, recorded.Labels);
        var evaluator = new RuleEvaluator(rules, store);
        var steps = new SortedDictionary<TimeSpan, HashSet<(string, string, string)>>();
        var failures = new SortedSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < Scrapes; step++)
        {
            evaluator.Evaluate(new Instant(store, step, (step * interval).TotalSeconds));
            failures.UnionWith(evaluator.Failures.Select(failure => $"{failure.Key}: {failure.Value}\n"));
            steps[step * interval] = [.. Firing(evaluator)];
        }
        return AlertTimeline.Of(steps, interval, string.Concat(failures));
    }

    private static IEnumerable<(string, string, string)> Firing(RuleEvaluator evaluator) =>
        evaluator
            .Active.Where(alert => alert.State == AlertState.Firing)
            .Select(alert => AlertTimeline.Read(alert.Labels.Pairs.ToDictionary()));

    /// <summary>Adds the samples of these series to stores, scrape by scrape.</summary>
    private sealed class Feed
    {
        private readonly List<(string Metric, SeriesStore Store, LabelSet Labels, List<SeriesRun> Runs)> _series;
        private readonly int[] _at;

        public Feed(
            InputSeries input,
            AlertRules rules,
            Func<string, KeyValuePair<string, string>[], SeriesStore> storeOf
        )
        {
            _series =
            [
                .. input
                    ._runs.Select(one => (Name: SampleLine.ParseSeries(one.Key), Runs: one.Value))
                    .Where(one => rules.UsesMetric(one.Name.Metric))
                    .Select(one =>
                        (one.Name.Metric, Store: storeOf(one.Name.Metric, one.Name.Labels), one.Name.Labels, one.Runs)
                    )
                    .Select(one => (one.Metric, one.Store, one.Store.Labels.Intern(one.Labels), one.Runs)),
            ];
            _at = new int[_series.Count];
        }

        public ILookup<SeriesStore, LabelSet> Labels => _series.ToLookup(one => one.Store, one => one.Labels);

        public void Add(int step, int sample)
        {
            for (var i = 0; i < _series.Count; i++)
            {
                var (metric, store, labels, runs) = _series[i];
                while (_at[i] + 1 < runs.Count && runs[_at[i] + 1].Start <= step)
                {
                    _at[i]++;
                }
                if (runs[_at[i]] is { Value: { } value, Start: var start } && start <= step)
                {
                    store.Add(metric, labels, sample, SampleLine.ParseValue(value));
                }
            }
        }
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";

    /// <param name="change">Changes the values of a series: one for each scrape, null if it is absent.</param>
    private InputSeries Changed(int scrapes, Func<string?[], string?[]> change)
    {
        var changed = new InputSeries(interval) { Scrapes = scrapes };
        foreach (var (series, runs) in _runs)
        {
            var values = new string?[Scrapes];
            for (var i = 0; i < runs.Count; i++)
            {
                Array.Fill(values, runs[i].Value, runs[i].Start, End(runs, i) - runs[i].Start);
            }
            List<SeriesRun> now = [];
            foreach (var (scrape, value) in change(values).Index())
            {
                if (now.Count == 0 ? value is not null : now[^1].Value != value)
                {
                    now.Add(new SeriesRun(scrape, value));
                }
            }
            if (now.Count > 0)
            {
                changed._runs.Add(series, now);
            }
        }
        return changed;
    }

    private int End(List<SeriesRun> runs, int i) => i + 1 < runs.Count ? runs[i + 1].Start : Scrapes;

    /// <summary>Writes values in promtool's short form. A series that is missing from a scrape gets Prometheus' stale
    /// marker.</summary>
    private void Write(StringBuilder text, List<SeriesRun> runs)
    {
        if (runs.Count > 0 && runs[0].Start > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"_x{runs[0].Start} ");
        }
        for (var i = 0; i < runs.Count; i++)
        {
            var length = End(runs, i) - runs[i].Start;
            if (runs[i].Value is { } value)
            {
                text.Append(CultureInfo.InvariantCulture, $"{value}+0x{length - 1} ");
                continue;
            }
            text.Append("stale ");
            if (length > 1)
            {
                text.Append(CultureInfo.InvariantCulture, $"_x{length - 1} ");
            }
        }
    }

    /// <param name="Start">The first scrape of the run, which ends where the next run starts.</param>
    /// <param name="Value">Null if the series is absent.</param>
    private readonly record struct SeriesRun(int Start, string? Value);
}
