using System.Collections.Immutable;
using BenchmarkDotNet.Attributes;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Benchmarks.Micro;

/// <summary>One scrape of many clusters, as the endpoint serves it to a reader that takes everything at once.</summary>
public class ScrapeBenchmarks
{
    private readonly LeapingClock _clock = new();
    private readonly ExporterLines[] _own = new ExporterLines[2];
    private ClusterPublication[] _clusters = [];
    private MetricsEndpoint? _endpoint;
    private GzipCache? _gzip;
    private int _rebuilds;

    [Params(1, 100, 1000)]
    public int Clusters { get; set; }

    [GlobalSetup]
    public async Task Poll()
    {
        _clusters = [.. Enumerable.Range(1, Clusters).Select(number => PolledCluster.Poll(number))];
        var config = new ConfigState(true, DateTimeOffset.UnixEpoch, Clusters);
        var telemetry = new ExporterTelemetry(() => config, () => ProcessReading.Read());
        _endpoint = new MetricsEndpoint(Pages, new ExporterPage(telemetry, TimeProvider.System), TimeProvider.System);
        _gzip = new GzipCache(_clock);
        for (var i = 0; i < _own.Length; i++)
        {
            _own[i] = await ExporterPage.CollectAsync(telemetry);
        }
        Console.WriteLine($"// {Clusters} clusters: {PageBytes()} bytes plain, {await Rebuild()} bytes gzip");
    }

    [Benchmark(Description = "plain")]
    public Task Plain() => ScrapeAsync(null);

    [Benchmark(Description = "gzip, kept")]
    public Task Gzip() => ScrapeAsync("gzip");

    [Benchmark(Description = "gzip, made anew")]
    public async Task<int> Rebuild()
    {
        _clock.Leap();
        var compressed = await _gzip!.GetAsync(
            () => new MetricsPage(Pages(), _own[_rebuilds++ % _own.Length]),
            MetricsFormat.Text004
        );
        return compressed.Length;
    }

    private ImmutableArray<ClusterPage> Pages() => [.. _clusters.Select(cluster => cluster.Page)];

    private long PageBytes() => new MetricsPage(Pages(), _own[0]).Length(MetricsFormat.Text004);

    private Task ScrapeAsync(string? acceptEncoding)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Headers.Accept = PrometheusHeaders.Accept;
        if (acceptEncoding is not null)
        {
            context.Request.Headers.AcceptEncoding = acceptEncoding;
        }
        return _endpoint!.InvokeAsync(context);
    }

    /// <summary>An hour passes between two builds, so that none is rationed.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _now;

        public void Leap() => _now += TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;
    }
}
