using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Telemetry;

/// <summary>
/// The exporter's own series, collected anew at most once a second: reading /proc costs a good part of a whole scrape,
/// and scrapes must not multiply it.
/// </summary>
/// <param name="clock">Tells when a second has passed.</param>
internal sealed class OwnPage(ExporterTelemetry telemetry, TimeProvider clock) : IOwnLines
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private volatile Collected? _last;
    private long _scraped = clock.GetTimestamp();
    private volatile bool _assumedUnscraped;
    private Task<OwnLines>? _collecting;

    /// <summary>The lines that were collected last, which <see cref="CurrentAsync"/> has seen to.</summary>
    public OwnLines Last => _last?.Lines ?? throw new InvalidOperationException("nothing was collected yet");

    /// <summary>The newest lines, at most a second old. Who asks while they are collected shares them.</summary>
    public ValueTask<OwnLines> CurrentAsync()
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
            return new ValueTask<OwnLines>(_collecting);
        }
    }

    /// <summary>What was collected is of no use to whoever asks next.</summary>
    public void Forget() => _last = null;

    /// <summary>Somebody has scraped: the next lines say when.</summary>
    public void Scraped(bool whole)
    {
        if (whole)
        {
            Volatile.Write(ref _scraped, clock.GetTimestamp());
            _assumedUnscraped = false;
        }
        telemetry.Scraped(clock.GetUtcNow());
    }

    /// <summary>The alerts that this exporter sends itself; null where it sends none.</summary>
    public AlertingView? Alerting => telemetry.Alerting.Current;

    /// <summary>For how long nobody has scraped all of it, since the start at most.</summary>
    public TimeSpan Unscraped =>
        _assumedUnscraped ? TimeSpan.MaxValue : clock.GetElapsedTime(Volatile.Read(ref _scraped));

    /// <summary>Nobody did before the start either.</summary>
    public void AssumeUnscraped() => _assumedUnscraped = true;

    private async Task<OwnLines> RenewAsync()
    {
        var began = clock.GetTimestamp();
        var lines = await CollectAsync(telemetry);
        _last = new Collected(lines, began);
        return lines;
    }

    private bool IsFresh(Collected collected) => clock.GetElapsedTime(collected.Began) < s_fresh;

    public static async Task<OwnLines> CollectAsync(ExporterTelemetry telemetry) =>
        new(await telemetry.CollectAsync(Format.Text004), await telemetry.CollectAsync(Format.OpenMetrics1));

    private sealed record Collected(OwnLines Lines, long Began);
}
