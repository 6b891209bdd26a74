using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Telemetry;

/// <summary>
/// The exporter's own series, collected at most once a second: reading /proc takes a good part of a scrape, and must
/// not be repeated for every scrape.
/// </summary>
/// <param name="clock">Measures the age of the collected lines.</param>
internal sealed class ExporterPage(ExporterTelemetry telemetry, TimeProvider clock) : IExporterLines
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Collected? _last;
    private long _scraped = clock.GetTimestamp();
    private volatile bool _assumedNeverScraped;
    private Task<ExporterLines>? _collecting;

    /// <summary>The last collected lines. Await <see cref="CurrentAsync"/> first.</summary>
    public ExporterLines Last => _last?.Lines ?? throw new InvalidOperationException("nothing was collected yet");

    /// <summary>The newest lines, at most a second old. Concurrent callers share one collection.</summary>
    public ValueTask<ExporterLines> CurrentAsync()
    {
        if (_last is { } last && IsFresh(last))
        {
            return ValueTask.FromResult(last.Lines);
        }
        lock (_gate)
        {
            if (_last is { } meanwhile && IsFresh(meanwhile))
            {
                return ValueTask.FromResult(meanwhile.Lines);
            }
            if (_collecting is null or { IsCompleted: true })
            {
                _collecting = RenewAsync();
            }
            return new ValueTask<ExporterLines>(_collecting);
        }
    }

    /// <summary>Discards the collected lines.</summary>
    public void Invalidate() => _last = null;

    /// <summary>Records a scrape. The next lines show its time.</summary>
    public void RecordScrape(bool whole)
    {
        if (whole)
        {
            Volatile.Write(ref _scraped, clock.GetTimestamp());
            _assumedNeverScraped = false;
        }
        telemetry.RecordScrape(clock.GetUtcNow());
    }

    /// <summary>The alerts that this exporter sends itself; null where it sends none.</summary>
    public AlertingView? Alerting => telemetry.Alerting.Current;

    /// <summary>Time since the last scrape of all clusters, or since the start.</summary>
    public TimeSpan TimeSinceScrape =>
        _assumedNeverScraped ? TimeSpan.MaxValue : clock.GetElapsedTime(Volatile.Read(ref _scraped));

    /// <summary>Assumes that nobody scraped before the start either.</summary>
    public void AssumeNeverScraped() => _assumedNeverScraped = true;

    private async Task<ExporterLines> RenewAsync()
    {
        var began = clock.GetTimestamp();
        var lines = await CollectAsync(telemetry);
        _last = new Collected(lines, began);
        return lines;
    }

    private bool IsFresh(Collected collected) => clock.GetElapsedTime(collected.Began) < MaxAge;

    public static async Task<ExporterLines> CollectAsync(ExporterTelemetry telemetry) =>
        new(
            await telemetry.CollectAsync(MetricsFormat.Text004),
            await telemetry.CollectAsync(MetricsFormat.OpenMetrics1)
        );

    private sealed record Collected(ExporterLines Lines, long Began);
}

/// <summary>The lines that end a metrics page, after the series of the clusters.</summary>
internal interface IExporterLines
{
    /// <summary>The last collected lines. Await <see cref="CurrentAsync"/> first.</summary>
    ExporterLines Last { get; }

    /// <summary>The newest lines.</summary>
    ValueTask<ExporterLines> CurrentAsync();

    /// <summary>Records a scrape of the page.</summary>
    /// <param name="whole">The page has all clusters.</param>
    void RecordScrape(bool whole);
}
