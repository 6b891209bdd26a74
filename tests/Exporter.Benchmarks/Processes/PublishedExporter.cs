using System.Diagnostics;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.Benchmarks.Processes;

/// <summary>The published build in a process of its own, on a free port of 127.0.0.1.</summary>
internal sealed partial class PublishedExporter : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly BenchmarkProcess _child;
    private readonly HttpClient _http;

    private PublishedExporter(BenchmarkProcess child, Uri metrics, long started)
    {
        _child = child;
        Metrics = metrics;
        Started = started;
        _http = new HttpClient { BaseAddress = metrics, Timeout = TimeSpan.FromSeconds(60) };
    }

    public int Pid => _child.Pid;

    public Uri Metrics { get; }

    /// <summary>Timestamp from just before the process was started.</summary>
    public long Started { get; }

    /// <summary>The build that ships and, with run.sh --beside, another build of the same program.</summary>
    public static IReadOnlyList<string> Programs { get; } =
    [
        Environment.GetEnvironmentVariable("EXPORTER")
            ?? throw new InvalidOperationException(
                "EXPORTER does not name the published program; start this with run.sh"
            ),
        .. Environment.GetEnvironmentVariable("EXPORTER_BESIDE") is { Length: > 0 } beside
            ? [beside]
            : Array.Empty<string>(),
    ];

    /// <summary>"native", or "ready to run" if the runtime has a JIT compiler.</summary>
    public string Kind =>
        File.ReadLines($"/proc/{Pid}/maps").Any(line => line.EndsWith("/libclrjit.so", StringComparison.Ordinal))
            ? "ready to run"
            : "native";

    /// <summary>Starts the build that ships. It listens, but may not have polled yet.</summary>
    /// <param name="config">The YAML file.</param>
    public static async Task<PublishedExporter> StartAsync(string config, CancellationToken ct)
    {
        var exporter = await StartAsync(Programs[0], config, ct);
        if (exporter.Kind == "native")
        {
            return exporter;
        }
        await exporter.DisposeAsync();
        throw new InvalidOperationException($"{Programs[0]} is not the native build that ships");
    }

    /// <inheritdoc cref="StartAsync(string, CancellationToken)"/>
    /// <param name="program">One of <see cref="Programs"/>.</param>
    /// <param name="config">The YAML file.</param>
    public static async Task<PublishedExporter> StartAsync(string program, string config, CancellationToken ct)
    {
        var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        var started = Stopwatch.GetTimestamp();
        var child = BenchmarkProcess.Start(
            program,
            [$"--config.file={config}", "--web.listen-address=127.0.0.1:0"],
            line =>
            {
                lock (said)
                {
                    if (said.Count < 20)
                    {
                        said.Add(line);
                    }
                }
                if (Serving().Match(line) is { Success: true } url)
                {
                    address.TrySetResult(new Uri(url.Value));
                }
            }
        );
        try
        {
            return new PublishedExporter(child, await address.Task.WaitAsync(StartDeadline, ct), started);
        }
        catch (TimeoutException)
        {
            await child.DisposeAsync();
            lock (said)
            {
                throw new InvalidOperationException(
                    $"the exporter never said where it serves; it said:\n{string.Join('\n', said)}"
                );
            }
        }
    }

    /// <summary>The exposition as text.</summary>
    public Task<string> ScrapeAsync(CancellationToken ct) => _http.GetStringAsync(Metrics, ct);

    /// <summary>The exposition as text, scraped with gzip as Prometheus does: a plain scrape leaves its lines in memory
    /// for the next.</summary>
    public async Task<string> ScrapeCompressedAsync(CancellationToken ct)
    {
        var body = await ScrapeAsync(PrometheusHeaders.Accept, "gzip", ct);
        await using var plain = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        using var reader = new StreamReader(plain);
        return await reader.ReadToEndAsync(ct);
    }

    /// <summary>The bytes as they come, in the format and coding that the headers ask for.</summary>
    public async Task<byte[]> ScrapeAsync(string accept, string? acceptEncoding, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Metrics);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }
        using var response = await _http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(ct);
    }

    /// <summary>Of the last scan of the first cluster's volumes.</summary>
    public async Task<long> ScannedBytesAsync(CancellationToken ct)
    {
        using var json = JsonDocument.Parse(
            await _http.GetStringAsync(new Uri("/api/v1/clusters/cluster-0001", UriKind.Relative), ct)
        );
        return json.RootElement.GetProperty("cluster").GetProperty("volumeScan").GetProperty("bytes").GetInt64();
    }

    /// <summary>Waits until every cluster was polled once.</summary>
    public async Task ReadyAsync(TimeSpan deadline, CancellationToken ct)
    {
        for (var end = Stopwatch.GetTimestamp() + (long)(deadline.TotalSeconds * Stopwatch.Frequency); ; )
        {
            using var response = await _http.GetAsync("/-/ready", ct);
            if (response.IsSuccessStatusCode)
            {
                return;
            }
            if (Stopwatch.GetTimestamp() > end)
            {
                throw new InvalidOperationException(
                    $"not ready after {deadline}: {await response.Content.ReadAsStringAsync(ct)}"
                );
            }
            await Task.Delay(100, ct);
        }
    }

    public ProcessSample Sample() => ProcessSample.Of(Pid);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _child.DisposeAsync();
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/metrics")]
    private static partial Regex Serving();
}
