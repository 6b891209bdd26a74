using System.Globalization;
using ClustermgrExporter.Benchmarks.Processes;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Scanning;

/// <summary>One scan of many volumes by the published build: how long it takes beside polls, how many bytes come, what
/// it holds.</summary>
internal static class ScanBenchmark
{
    private const string Done = "clustermgr_volume_scan_duration_seconds{";

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        var volumes = quick ? 20_000 : 100_000;
        await using var fleet = await SimulatedFleet.StartAsync(
            1,
            "volume_scan_interval: 24h\n",
            options => options with { Volumes = volumes }
        );
        await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(30), ct);
        var first = exporter.Sample();
        while (true)
        {
            var page = await exporter.ScrapeAsync(ct);
            var at = page.IndexOf(Done, StringComparison.Ordinal);
            if (at >= 0)
            {
                var line = page[at..].Split('\n')[0];
                var seconds = double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture);
                var last = exporter.Sample();
                var bytes = await exporter.ScannedBytesAsync(ct);
                Report.Line(
                    $"\na scan of {Report.Count(volumes, "volume")}, {(volumes + 199) / 200} pages, {bytes / 1e6:0} MB: {seconds:0.0} s "
                        + $"with its pauses, {(last.Cpu - first.Cpu).TotalSeconds:0.00} s of CPU with all else, "
                        + $"{Report.Mib(last.ResidentKib)} resident then"
                );
                return true;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
    }
}
