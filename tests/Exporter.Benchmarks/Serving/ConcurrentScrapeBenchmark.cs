using System.Diagnostics;
using System.Net;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Serving;

/// <summary>A page of a hundred thousand series, scraped at once by five clients that send what Prometheus sends, while
/// the clusters are polled every 15 s: how long each waits for its last byte.</summary>
internal static class ConcurrentScrapeBenchmark
{
    /// <summary>Of 220 series each.</summary>
    private const int Clusters = 455;

    private const int Scrapers = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(Clusters, "poll_interval: 15s\n");
        await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(60), ct);
        await Task.Delay(TimeSpan.FromSeconds(45), ct); // every schedule has run
        var page = await exporter.ScrapeCompressedAsync(ct);
        var series = page.AsSpan().Count('\n') - page.Split('\n').Count(line => line.StartsWith('#'));
        Report.Line(
            $"\n{series} series of {Clusters} clusters, {Scrapers} scrapes at once, a second between two times:"
        );
        foreach (var coding in new[] { "gzip", "identity" })
        {
            var waited = await ScrapeAsync(exporter.Metrics, coding, times: quick ? 40 : 200, ct);
            Report.Line(
                $"{coding}: median {waited.At(0.5):0.0} ms, p99 {waited.At(0.99):0.0} ms, most {waited.At(1):0.0} ms "
                    + $"of {waited.Count} scrapes of {waited.Bytes} bytes"
            );
        }
        return true;
    }

    private static async Task<Latencies> ScrapeAsync(Uri metrics, string coding, int times, CancellationToken ct)
    {
        // Each has a connection of its own, as five Prometheus have.
        var clients = Enumerable
            .Range(0, Scrapers)
            .Select(_ => new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None }))
            .ToList();
        try
        {
            var latencies = new Latencies();
            await Task.WhenAll(clients.Select(client => ScrapeAsync(client, metrics, coding, ct))); // connects
            for (var time = 0; time < times; time++)
            {
                await Task.Delay(Pause, ct);
                foreach (
                    var (took, bytes) in await Task.WhenAll(
                        clients.Select(client => ScrapeAsync(client, metrics, coding, ct))
                    )
                )
                {
                    latencies.Add(took, bytes);
                }
            }
            return latencies;
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static async Task<(TimeSpan Took, long Bytes)> ScrapeAsync(
        HttpClient client,
        Uri metrics,
        string coding,
        CancellationToken ct
    )
    {
        var began = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, metrics);
        request.Headers.TryAddWithoutValidation("Accept", PrometheusHeaders.Accept);
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        var buffer = new byte[65536];
        var bytes = 0L;
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        for (int read; (read = await body.ReadAsync(buffer, ct)) > 0; )
        {
            bytes += read;
        }
        return (Stopwatch.GetElapsedTime(began), bytes);
    }

    private sealed class Latencies
    {
        private readonly List<double> _milliseconds = [];

        public int Count => _milliseconds.Count;

        /// <summary>Of the longest.</summary>
        public long Bytes { get; private set; }

        public void Add(TimeSpan took, long bytes)
        {
            _milliseconds.Add(took.TotalMilliseconds);
            Bytes = Math.Max(Bytes, bytes);
        }

        /// <summary>The wait that this share of scrapes did not exceed.</summary>
        public double At(double share) =>
            _milliseconds.Order().ElementAt((int)Math.Ceiling(share * _milliseconds.Count) - 1);
    }
}
