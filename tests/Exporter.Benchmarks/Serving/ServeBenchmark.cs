using System.IO.Compression;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Serving;

/// <summary>/metrics of an exporter that goes on polling, beside nginx with the same bytes as a file.</summary>
internal static class ServeBenchmark
{
    private static readonly int[] ClusterCounts = [1, 100];

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        foreach (var clusters in ClusterCounts)
        {
            await RunAsync(clusters, quick, ct);
        }
        return true;
    }

    private static async Task RunAsync(int clusters, bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(clusters);
        await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(30), ct);
        await using var beside = PublishedExporter.Programs is [_, var other]
            ? await PublishedExporter.StartAsync(other, fleet.Config, ct)
            : null;
        if (beside is not null)
        {
            await beside.ReadyAsync(TimeSpan.FromSeconds(30), ct);
        }
        await Task.Delay(TimeSpan.FromSeconds(5), ct); // switches, disks and services follow the first polls
        var plain = await exporter.ScrapeAsync(PrometheusHeaders.Accept, null, ct);
        var gzip = await exporter.ScrapeAsync(PrometheusHeaders.Accept, "gzip", ct);
        await using var one = await Nginx.StartAsync("1", plain, gzip, ct);
        await using var auto = await Nginx.StartAsync("auto", plain, gzip, ct);
        await CheckAsync(one, plain, gzip, ct);

        Report.Line(
            $"\n/metrics of {Report.Count(clusters, "cluster")}: {plain.Length} bytes plain, {gzip.Length} bytes gzip"
        );
        var ours = new[] { Of(exporter, gzip: false), Of(exporter, gzip: true) };
        Target[] plainTargets =
        [
            ours[0],
            .. beside is null ? Array.Empty<Target>() : [Of(beside, gzip: false)],
            Of(one, "plain", 1),
            Of(auto, "plain", null),
        ];
        Target[] gzipTargets =
        [
            ours[1],
            .. beside is null ? Array.Empty<Target>() : [Of(beside, gzip: true)],
            Of(one, "dynamic", 1),
            Of(auto, "dynamic", null),
            Of(one, "static", 1),
            Of(auto, "static", null),
        ];
        foreach (var targets in new[] { plainTargets, gzipTargets })
        {
            await LoadAsync(targets, rounds: quick ? 2 : 5, TimeSpan.FromSeconds(quick ? 2 : 4), ct);
            Print(targets);
        }
    }

    /// <summary>Loads the targets in turn (A B C A B C), so that noise affects all alike. The first round is a
    /// warm-up.</summary>
    public static async Task LoadAsync(Target[] targets, int rounds, TimeSpan duration, CancellationToken ct)
    {
        foreach (var target in targets)
        {
            await Wrk.RunAsync(target.Url, target.Gzip, duration, ct);
        }
        for (var round = 0; round < rounds; round++)
        {
            foreach (var target in targets)
            {
                await target.LoadAsync(duration, ct);
            }
        }
    }

    private static void Print(Target[] targets)
    {
        Report.Line(
            $"\n| server | requests/s | server CPU per request | exporter / this (least to most of the rounds) |"
        );
        Report.Line($"|---|---|---|---|");
        foreach (var target in targets)
        {
            var (least, median, most) = targets[0].RatioTo(target);
            Report.Line(
                $"| {target.Name} | {target.Rate:0} | {target.Microseconds:0.0} µs | {median:0.00} ({least:0.00} to "
                    + $"{most:0.00}) |"
            );
        }
    }

    private static Target Of(PublishedExporter exporter, bool gzip) =>
        new(
            $"exporter, {exporter.Kind}, {(gzip ? "gzip" : "plain")}",
            exporter.Metrics,
            gzip,
            () => exporter.Sample().Cpu
        );

    private static Target Of(Nginx nginx, string path, int? workers)
    {
        var name = path switch
        {
            "dynamic" => "gzip on, level 1",
            "static" => "gzip_static",
            _ => "plain",
        };
        return new Target(
            $"nginx, {name}, {(workers is { } n ? $"{n} worker" : "a worker a core")}",
            new Uri(nginx.Url, path),
            path != "plain",
            nginx.Cpu
        );
    }

    /// <summary>A ratio means something only where both give the same bytes.</summary>
    private static async Task CheckAsync(Nginx nginx, byte[] plain, byte[] gzip, CancellationToken ct)
    {
        using var http = new HttpClient();
        if (Differ(plain, await http.GetByteArrayAsync(new Uri(nginx.Url, "plain"), ct)))
        {
            throw new InvalidOperationException("nginx serves other plain bytes than the exporter");
        }
        http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip");
        if (Differ(gzip, await http.GetByteArrayAsync(new Uri(nginx.Url, "static"), ct)))
        {
            throw new InvalidOperationException("nginx serves other gzip bytes than the exporter");
        }
        using var dynamic = new GZipStream(
            await http.GetStreamAsync(new Uri(nginx.Url, "dynamic"), ct),
            CompressionMode.Decompress
        );
        using var unpacked = new MemoryStream();
        await dynamic.CopyToAsync(unpacked, ct);
        if (Differ(plain, unpacked.ToArray()))
        {
            throw new InvalidOperationException("what nginx compresses is not what the exporter serves");
        }
    }

    private static bool Differ(byte[] ours, byte[] theirs) => !ours.AsSpan().SequenceEqual(theirs);
}
