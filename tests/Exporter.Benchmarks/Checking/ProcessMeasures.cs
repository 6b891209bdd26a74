using System.Diagnostics;
using ClustermgrExporter.Benchmarks.Polling;
using ClustermgrExporter.Benchmarks.Processes;
using ClustermgrExporter.Benchmarks.Serving;

namespace ClustermgrExporter.Benchmarks.Checking;

/// <summary>Measures the published program from outside: memory per cluster, and rates compared with nginx in the same
/// run.</summary>
internal static class ProcessMeasures
{
    private const int Clusters = 300;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(Dictionary<string, double> measured, bool quick, CancellationToken ct)
    {
        await OfClustersAsync(measured, quick, ct);
        await OfServingAsync(measured, quick, ct);
    }

    private static async Task OfClustersAsync(Dictionary<string, double> measured, bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(Clusters, $"poll_interval: {Interval.TotalSeconds}s\n");
        await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(60), ct);
        await Task.Delay(TimeSpan.FromSeconds(45), ct); // every schedule has run
        var before = PolledMembers.Read(await exporter.ScrapeCompressedAsync(ct));
        var clock = Stopwatch.StartNew();
        var began = exporter.Sample().Cpu;
        var resident = new List<long>();
        var duration = TimeSpan.FromSeconds(quick ? 30 : 60);
        while (clock.Elapsed < duration)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
            resident.Add(exporter.Sample().ResidentKib);
        }
        var spent = exporter.Sample().Cpu - began;
        var elapsed = clock.Elapsed;
        if (
            !PolledMembers
                .Read(await exporter.ScrapeCompressedAsync(ct))
                .Check(before, fleet.Members, elapsed, Interval)
        )
        {
            throw new InvalidOperationException("the exporter does not poll as it should: what it costs says nothing");
        }
        measured[$"KiB resident for each of {Clusters} clusters, polled every 15 s"] = resident.Average() / Clusters;
        Report.Line(
            $"{Clusters} clusters: {Report.Mib(resident.Average())} resident, {spent / elapsed:P2} of a core, "
                + $"{exporter.Sample().Descriptors} descriptors"
        );
    }

    private static async Task OfServingAsync(Dictionary<string, double> measured, bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(1);
        await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(30), ct);
        await Task.Delay(TimeSpan.FromSeconds(5), ct); // switches, disks and services follow the first polls
        var plain = await exporter.ScrapeAsync(PrometheusHeaders.Accept, null, ct);
        var gzip = await exporter.ScrapeAsync(PrometheusHeaders.Accept, "gzip", ct);
        await using var nginx = await Nginx.StartAsync("1", plain, gzip, ct);
        foreach (var (path, name) in new[] { ("plain", "plain"), ("static", "gzip, beside gzip_static") })
        {
            var compressed = path != "plain";
            Target[] targets =
            [
                new("exporter", exporter.Metrics, compressed, () => exporter.Sample().Cpu),
                new("nginx", new Uri(nginx.Url, path), compressed, nginx.Cpu),
            ];
            await ServeBenchmark.LoadAsync(targets, quick ? 3 : 7, TimeSpan.FromSeconds(2), ct);
            measured[$"requests a second of one nginx worker's, one cluster, {name}"] = targets[0]
                .RatioTo(targets[1])
                .Median;
        }
    }
}
