using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Scaling;

/// <summary>Ten thousand clusters in two shards on this machine, scraped by a Prometheus: what each shard costs, and
/// what Prometheus does.</summary>
internal static class ScaleBenchmark
{
    private const int Shards = 2,
        Clusters = 10_000,
        WithSockets = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        var clusters = quick ? Clusters / 5 : Clusters;
        await using var fleet = await SimulatedFleet.StartAsync(WithSockets);
        var shards = new List<ShardHost>();
        try
        {
            for (var i = 0; i < Shards; i++)
            {
                shards.Add(await ShardHost.StartAsync(i, clusters, fleet.Config, ct));
            }
            Report.Line(
                $"{clusters} clusters in {Shards} shards, {WithSockets} of them with sockets, after a warm-up:"
            );
            await Task.Delay(TimeSpan.FromSeconds(75), ct); // every schedule has run
            var names = new HashSet<string>(StringComparer.Ordinal);
            var passed = true;
            foreach (var shard in shards)
            {
                passed &= await shard.CheckAsync(names, ct);
            }
            Report.Line($"{names.Count} of {clusters} clusters are polled, each by one shard");
            var duration = Interval * 4;
            var before = shards.ConvertAll(shard => shard.Cpu);
            var clock = Stopwatch.StartNew();
            while (clock.Elapsed < duration)
            {
                await Task.Delay(Interval, ct);
                foreach (var shard in shards)
                {
                    await shard.ScrapeAsync(ct);
                }
            }
            foreach (var (i, shard) in shards.Index())
            {
                shard.Print(i, (shard.Cpu - before[i]) / clock.Elapsed);
            }
            await PrometheusCost.MeasureAsync([.. shards.Select(shard => shard.Url)], Interval, ct);
            return passed && names.Count == clusters;
        }
        finally
        {
            foreach (var shard in shards)
            {
                await shard.DisposeAsync();
            }
        }
    }

    /// <summary>A process of <see cref="ShardProcess"/>.</summary>
    private sealed class ShardHost(BenchmarkProcess child, Uri url) : IAsyncDisposable
    {
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(60) };
        private readonly List<double> _seconds = [];
        private long _plain,
            _gzip;
        private int _series,
            _clusters;

        public Uri Url => url;

        public TimeSpan Cpu => ProcessSample.Of(child.Pid).Cpu;

        public static async Task<ShardHost> StartAsync(int shard, int clusters, string real, CancellationToken ct)
        {
            var address = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
            string[] arguments = ["shard", $"{shard}", $"{Shards}", $"{clusters}", real];
            var child = BenchmarkProcess.Start(
                "dotnet",
                [typeof(ScaleBenchmark).Assembly.Location, .. arguments],
                line =>
                {
                    if (Uri.TryCreate(line, UriKind.Absolute, out var told))
                    {
                        address.TrySetResult(told);
                    }
                }
            );
            return new ShardHost(child, await address.Task.WaitAsync(TimeSpan.FromSeconds(60), ct));
        }

        /// <summary>Whether all its members are up. Adds the names of its clusters, which no other shard may
        /// have.</summary>
        public async Task<bool> CheckAsync(HashSet<string> names, CancellationToken ct)
        {
            var mine = new HashSet<string>(StringComparer.Ordinal);
            var up = 0;
            var down = 0;
            using var page = new StringReader(await _http.GetStringAsync(url, ct));
            while (await page.ReadLineAsync(ct) is { } line)
            {
                if (line.StartsWith('#'))
                {
                    continue;
                }
                _series++;
                if (line.StartsWith("clustermgr_up{cluster=\"", StringComparison.Ordinal))
                {
                    mine.Add(line.Split('"')[1]);
                    up += line.EndsWith(" 1", StringComparison.Ordinal) ? 1 : 0;
                    down += line.EndsWith(" 1", StringComparison.Ordinal) ? 0 : 1;
                }
            }
            _clusters = mine.Count;
            var good = down == 0 && up == 3 * mine.Count && !names.Overlaps(mine);
            names.UnionWith(mine);
            if (!good)
            {
                await Console.Error.WriteLineAsync($"{url}: {up} members up, {down} down, of {mine.Count} clusters");
            }
            return good;
        }

        public async Task ScrapeAsync(CancellationToken ct)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation("Accept", PrometheusHeaders.Accept);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            var started = Stopwatch.GetTimestamp();
            using var response = await _http.SendAsync(request, ct);
            var body = await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(ct);
            _seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            _gzip = body.Length;
            await using var plain = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            var buffer = new byte[1 << 20];
            _plain = 0;
            while (await plain.ReadAsync(buffer, ct) is > 0 and var read)
            {
                _plain += read;
            }
        }

        public void Print(int index, double cpu)
        {
            var sample = ProcessSample.Of(child.Pid);
            var median = _seconds.Order().ElementAt(_seconds.Count / 2);
            Report.Line(
                $"shard {index}: {_clusters} clusters, {_series} series, {cpu:P1} of a core with a gzip scrape every "
                    + $"{Interval.TotalSeconds} s, {Report.Mib(sample.ResidentKib)} resident, "
                    + $"{sample.Descriptors} descriptors; a scrape: {_plain / 1e6:0.0} MB plain, "
                    + $"{_gzip / 1e6:0.00} MB gzip, {median * 1000:0} ms in the median"
            );
        }

        public async ValueTask DisposeAsync()
        {
            _http.Dispose();
            await child.DisposeAsync();
        }
    }
}

/// <summary>A Prometheus of our own beside the shards, if there is one on this machine.</summary>
internal static class PrometheusCost
{
    public static async Task MeasureAsync(IReadOnlyList<Uri> targets, TimeSpan interval, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("prometheus-").FullName;
        try
        {
            var listed = string.Join(", ", targets.Select(target => $"'{target.Authority}'"));
            await File.WriteAllTextAsync(
                Path.Combine(folder, "prometheus.yml"),
                $"""
                global: {"{"} scrape_interval: {interval.TotalSeconds}s, scrape_timeout: {interval.TotalSeconds}s {"}"}
                scrape_configs:
                - job_name: clustermgr
                  metrics_path: /
                  static_configs: [{"{"} targets: [{listed}] {"}"}]
                """,
                ct
            );
            var port = Serving.Nginx.FreePort();
            await using var prometheus = BenchmarkProcess.Start(
                "prometheus",
                [
                    $"--config.file={folder}/prometheus.yml",
                    $"--storage.tsdb.path={folder}/data",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--log.level=error",
                ],
                Console.Error.WriteLine
            );
            await Task.Delay(interval * 3, ct); // the first scrape makes every series
            var before = ProcessSample.Of(prometheus.Pid).Cpu;
            var clock = Stopwatch.StartNew();
            await Task.Delay(interval * 4, ct);
            var after = ProcessSample.Of(prometheus.Pid);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            var series = await ValueAsync(http, "sum(scrape_samples_scraped)", ct);
            var up = await ValueAsync(http, "sum(up)", ct);
            var takes = await ValueAsync(http, "max(scrape_duration_seconds)", ct);
            var cpu = (after.Cpu - before) / clock.Elapsed;
            Report.Line(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Prometheus: {up} of {targets.Count} targets up, {series:0} series, {cpu:P0} of a core, "
                        + $"{Report.Mib(after.ResidentKib)} resident ({after.ResidentKib / series:0.0} KiB a series), "
                        + $"a scrape takes {takes:0.0} s"
                )
            );
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Report.Line("Prometheus: not measured, there is none on this machine");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> ValueAsync(HttpClient http, string query, CancellationToken ct)
    {
        using var answer = JsonDocument.Parse(
            await http.GetStringAsync(
                new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative),
                ct
            )
        );
        var result = answer.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0
            ? double.NaN
            : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}
