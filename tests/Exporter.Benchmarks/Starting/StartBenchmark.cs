using System.Diagnostics;
using System.Globalization;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Starting;

/// <summary>One cluster: from the start of the process to its first served poll, and what it holds when idle.</summary>
internal static class StartBenchmark
{
    private const int Starts = 10;

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(1);
        var milliseconds = new List<double>();
        // The first start reads the program from disk; it is shown and not counted.
        for (var i = 0; i <= Starts; i++)
        {
            await using var exporter = await PublishedExporter.StartAsync(fleet.Config, ct);
            await FirstPollAsync(exporter, ct);
            milliseconds.Add(Stopwatch.GetElapsedTime(exporter.Started).TotalMilliseconds);
        }
        var counted = milliseconds.Skip(1).Order().ToList();
        Report.Line($"start to first served poll, {Starts} starts: median {(counted[4] + counted[5]) / 2:0} ms, "
            + $"least {counted[0]:0} ms, most {counted[^1]:0} ms (very first {milliseconds[0]:0} ms)");

        var idle = TimeSpan.FromSeconds(quick ? 20 : 60);
        await using var idling = await PublishedExporter.StartAsync(fleet.Config, ct);
        foreach (var scrape in new[] { false, true })
        {
            var before = idling.Sample();
            for (var slept = TimeSpan.Zero; slept < idle; slept += TimeSpan.FromSeconds(5))
            {
                await Task.Delay(TimeSpan.FromSeconds(5), ct);
                if (scrape) await idling.ScrapeAsync(PrometheusHeaders.Accept, "gzip", ct);
            }
            var sample = idling.Sample();
            Report.Line($"one cluster, {idle.TotalSeconds} s {(scrape ? "more with a gzip scrape every 5 s" : "idle")}: "
                + $"{Report.Mib(sample.ResidentKib)} resident, {Report.Mib(sample.PeakResidentKib)} at most, "
                + $"{(sample.Cpu - before.Cpu) / idle:P2} of a core, {sample.Threads} threads, {sample.Descriptors} descriptors");
        }
        return true;
    }

    private static async Task FirstPollAsync(PublishedExporter exporter, CancellationToken ct)
    {
        while (!(await exporter.ScrapeAsync(ct)).Split('\n').Any(
            line => line.StartsWith("clustermgr_up{", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal)))
        {
            if (Stopwatch.GetElapsedTime(exporter.Started) > s_deadline)
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"no member is up after {s_deadline}"));
            await Task.Delay(2, ct);
        }
    }
}
