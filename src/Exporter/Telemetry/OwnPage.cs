using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Telemetry;

/// <summary>
/// The exporter's own series, collected anew at most once a second: reading /proc costs a good part of a whole scrape, and
/// scrapes must not multiply it.
/// </summary>
/// <param name="clock">Tells when a second has passed.</param>
internal sealed class OwnPage(ExporterTelemetry telemetry, TimeProvider clock)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<OwnLines>? _collecting;
    private volatile OwnLines? _last;
    private long _began;

    /// <summary>The lines that were collected last, which <see cref="CurrentAsync"/> has seen to.</summary>
    public OwnLines Last => _last ?? throw new InvalidOperationException("nothing was collected yet");

    /// <summary>The newest lines, at most a second old. Who asks while they are collected shares them.</summary>
    public Task<OwnLines> CurrentAsync()
    {
        lock (_gate)
        {
            if (_collecting is { IsCompleted: false }) return _collecting;
            if (_collecting is { IsFaulted: false } && clock.GetElapsedTime(_began) < s_fresh) return _collecting;
            _began = clock.GetTimestamp();
            return _collecting = RenewAsync();
        }
    }

    /// <summary>Somebody has scraped: the next lines say when.</summary>
    public void Scraped() => telemetry.Scraped(clock.GetUtcNow());

    private async Task<OwnLines> RenewAsync() => _last = await CollectAsync(telemetry);

    public static async Task<OwnLines> CollectAsync(ExporterTelemetry telemetry) =>
        new(await telemetry.CollectAsync(Format.Text004), await telemetry.CollectAsync(Format.OpenMetrics1));
}
