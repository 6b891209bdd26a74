using System.Diagnostics;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Polling;

/// <summary>From 10 to 1,000 simulated clusters of three members, polled every 15 s by the published build and scraped
/// as often: CPU and memory for each number of clusters, and the straight line that fits them best.</summary>
internal static class LinearityBenchmark
{
    private static readonly int[] ClusterCounts = [10, 30, 100, 300, 1000];

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        var duration = TimeSpan.FromSeconds(quick ? 60 : 180);
        var points = new List<Point>();
        Report.Line("| clusters | every member polled once | CPU, of a core | resident, average |");
        Report.Line("|---|---|---|---|");
        foreach (var clusters in ClusterCounts)
        {
            if (await MeasureAsync(clusters, duration, ct) is not { } point)
            {
                return false;
            }
            points.Add(point);
        }
        Fit("CPU", points, point => point.Cpu, value => value.ToString("P3", null));
        Fit("memory", points, point => point.ResidentKib, Report.Mib);
        return true;
    }

    private static async Task<Point?> MeasureAsync(int clusters, TimeSpan duration, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(
            clusters,
            $"poll_interval: {Interval.TotalSeconds}s\n",
            options => options with { SchedulersRun = true }
        );
        await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(120), ct);
        var ready = Stopwatch.GetElapsedTime(exporter.Started);
        // Every schedule has run, and the garbage of the start was given back.
        await Task.Delay(TimeSpan.FromSeconds(60), ct);
        var before = PolledMembers.Read(await exporter.ScrapeCompressedAsync(ct));
        var clock = Stopwatch.StartNew();
        var begun = exporter.Sample();
        var resident = new List<long>();
        while (clock.Elapsed < duration)
        {
            await exporter.ScrapeAsync(PrometheusHeaders.Accept, "gzip", ct);
            for (var second = 0; second < Interval.TotalSeconds && clock.Elapsed < duration; second++)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), ct);
                resident.Add(exporter.Sample().ResidentKib);
            }
        }
        var cpu = exporter.Sample().Cpu - begun.Cpu;
        var elapsed = clock.Elapsed;
        var after = PolledMembers.Read(await exporter.ScrapeCompressedAsync(ct));
        var point = new Point(clusters, cpu / elapsed, resident.Average());
        Report.Line($"| {clusters} | {ready.TotalSeconds:0.0} s | {point.Cpu:P2} | {Report.Mib(point.ResidentKib)} |");
        return after.Check(before, fleet.Members, elapsed, Interval) ? point : null;
    }

    /// <summary>The line of least squares, the share of the variance that it explains, and the point that is farthest
    /// from it, in parts of the value at the most clusters.</summary>
    private static void Fit(string name, List<Point> points, Func<Point, double> value, Func<double, string> text)
    {
        var n = points.Count;
        var x = points.Average(point => point.Clusters);
        var y = points.Average(value);
        var slope =
            points.Sum(point => (point.Clusters - x) * (value(point) - y))
            / points.Sum(point => Math.Pow(point.Clusters - x, 2));
        var offset = y - (slope * x);
        var left = points.Select(point => value(point) - offset - (slope * point.Clusters)).ToList();
        var explained = 1 - (left.Sum(rest => rest * rest) / points.Sum(point => Math.Pow(value(point) - y, 2)));
        var farthest = left.Select(Math.Abs).Max() / value(points[n - 1]);
        Report.Line(
            $"{name}: {text(offset)} and {text(slope)} for each cluster; R² {explained:0.0000}, "
                + $"the farthest point is off by {farthest:P1} of the value at {points[n - 1].Clusters} clusters"
        );
    }

    private sealed record Point(int Clusters, double Cpu, double ResidentKib);
}
