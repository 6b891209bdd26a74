using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>What Prometheus would have stored of the exporters' pages, scrape by scrape, as promtool takes
/// it.</summary>
internal sealed class InputSeries(TimeSpan interval)
{
    private readonly List<IReadOnlyDictionary<string, string>> _scrapes = [];

    public TimeSpan Interval => interval;

    public int Scrapes => _scrapes.Count;

    /// <param name="samples">Values by series, as they stand: name{labels}.</param>
    public void Add(IReadOnlyDictionary<string, string> samples) => _scrapes.Add(samples);

    /// <summary>The same, but that this scrape failed: every series is then stale until the next.</summary>
    public InputSeries WithoutScrape(int failed) =>
        Changed((scrape, samples) => scrape == failed ? new Dictionary<string, string>() : samples);

    /// <summary>What a Prometheus with an empty storage knows that begins at this scrape.</summary>
    public InputSeries From(int first)
    {
        var rest = new InputSeries(interval);
        foreach (var samples in _scrapes.Skip(first))
        {
            rest.Add(samples);
        }
        return rest;
    }

    /// <summary>The series of both.</summary>
    public InputSeries Beside(InputSeries other) =>
        Changed(
            (scrape, samples) =>
                scrape >= other.Scrapes ? samples : samples.Concat(other._scrapes[scrape]).ToDictionary()
        );

    /// <summary>A test file for promtool that asks which alerts fire at each step.</summary>
    /// <param name="rules">Path of the rules.</param>
    /// <param name="metrics">Those that the rules read.</param>
    /// <param name="more">Lines to follow, as promtool takes them.</param>
    public string TestFile(string rules, IReadOnlySet<string> metrics, IEnumerable<string> more)
    {
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"rule_files: [{JsonSerializer.Serialize(rules)}]\nevaluation_interval: {Seconds(interval)}\n"
        );
        text.Append(CultureInfo.InvariantCulture, $"tests:\n- interval: {Seconds(interval)}\n  input_series:\n");
        foreach (
            var series in _scrapes
                .SelectMany(samples => samples.Keys)
                .Distinct()
                .Where(series => metrics.Contains(series[..series.IndexOf('{', StringComparison.Ordinal)]))
        )
        {
            text.Append(CultureInfo.InvariantCulture, $"  - {{series: {JsonSerializer.Serialize(series)}, values: \"");
            Values(text, series);
            text.Append("\"}\n");
        }
        text.Append("  promql_expr_test:\n");
        for (var step = 0; step < Scrapes; step++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"  - {{expr: '{Timeline.Query}', eval_time: {Seconds(step * interval)}}}\n"
            );
        }
        foreach (var line in more)
        {
            text.Append(line).Append('\n');
        }
        return text.ToString();
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s";

    private InputSeries Changed(
        Func<int, IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change
    )
    {
        var changed = new InputSeries(interval);
        for (var scrape = 0; scrape < Scrapes; scrape++)
        {
            changed.Add(change(scrape, _scrapes[scrape]));
        }
        return changed;
    }

    /// <summary>Runs of one value as promtool shortens them. A series that a scrape no longer has gets Prometheus'
    /// stale marker.</summary>
    private void Values(StringBuilder text, string series)
    {
        string? last = null;
        for (var scrape = 0; scrape < Scrapes; )
        {
            var value = _scrapes[scrape].GetValueOrDefault(series);
            var run = scrape + 1;
            while (run < Scrapes && _scrapes[run].GetValueOrDefault(series) == value)
            {
                run++;
            }
            var length = run - scrape;
            if (value is not null)
            {
                text.Append(CultureInfo.InvariantCulture, $"{value}+0x{length - 1} ");
            }
            else
            {
                if (last is not null)
                {
                    text.Append("stale ");
                }
                if (last is null || length > 1)
                {
                    text.Append(CultureInfo.InvariantCulture, $"_x{length - (last is null ? 0 : 1)} ");
                }
            }
            (last, scrape) = (value, run);
        }
    }
}
