using System.Diagnostics;
using System.Globalization;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Starting;

/// <summary>One cluster: from the start of the process to its first served poll, and what it holds when idle.</summary>
internal static class StartBenchmark
{
    private const int Starts = 10;

    private const int Scrapes = 300;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(1);
        var milliseconds = PublishedExporter.Programs.ToDictionary(program => program, _ => new List<double>());
        var kinds = new Dictionary<string, string>();
        // In turns, so that a noisy minute hits all alike. The first start reads the program from disk; it is shown and
        // not counted.
        for (var i = 0; i <= Starts; i++)
        {
            foreach (var program in PublishedExporter.Programs)
            {
                await using var exporter = await PublishedExporter.StartAsync(program, fleet.Config, ct);
                await FirstPollAsync(exporter, ct);
                milliseconds[program].Add(Stopwatch.GetElapsedTime(exporter.Started).TotalMilliseconds);
                kinds[program] = exporter.Kind;
            }
        }
        foreach (var (program, all) in milliseconds)
        {
            var counted = all.Skip(1).Order().ToList();
            Report.Line(
                $"{kinds[program]}: start to first served poll, {Starts} starts: median "
                    + $"{(counted[4] + counted[5]) / 2:0} ms, "
                    + $"least {counted[0]:0} ms, most {counted[^1]:0} ms (very first {all[0]:0} ms)"
            );
        }
        foreach (var program in PublishedExporter.Programs)
        {
            await MeasureMemoryAsync(program, fleet, quick, ct);
        }
        return true;
    }

    /// <summary>What it holds when idle, and after scrapes.</summary>
    private static async Task MeasureMemoryAsync(string program, SimulatedFleet fleet, bool quick, CancellationToken ct)
    {
        await using var exporter = await PublishedExporter.StartAsync(program, fleet.Config, ct);
        var idle = TimeSpan.FromSeconds(quick ? 20 : 60);
        var before = exporter.Sample();
        await Task.Delay(idle, ct);
        var sample = exporter.Sample();
        Report.Line(
            $"{exporter.Kind}: one cluster, {idle.TotalSeconds} s idle: {Report.Mib(sample.ResidentKib)} resident, "
                + $"{Report.Mib(sample.PeakResidentKib)} at most, {(sample.Cpu - before.Cpu) / idle:P2} of a core, "
                + $"{sample.Threads} threads, {sample.Descriptors} descriptors"
        );
        for (var i = 0; i < Scrapes; i++)
        {
            await exporter.ScrapeAsync(PrometheusHeaders.Accept, i % 2 == 0 ? "gzip" : null, ct);
            await Task.Delay(50, ct);
        }
        sample = exporter.Sample();
        Report.Line(
            $"{exporter.Kind}: after {Scrapes} scrapes, every other with gzip: {Report.Mib(sample.ResidentKib)} "
                + $"resident, "
                + $"{Report.Mib(sample.PeakResidentKib)} at most"
        );
    }

    private static async Task FirstPollAsync(PublishedExporter exporter, CancellationToken ct)
    {
        while (
            !(await exporter.ScrapeAsync(ct))
                .Split('\n')
                .Any(line =>
                    line.StartsWith("clustermgr_up{", StringComparison.Ordinal)
                    && line.EndsWith(" 1", StringComparison.Ordinal)
                )
        )
        {
            if (Stopwatch.GetElapsedTime(exporter.Started) > Deadline)
            {
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"no member is up after {Deadline}")
                );
            }
            await Task.Delay(2, ct);
        }
    }
}
