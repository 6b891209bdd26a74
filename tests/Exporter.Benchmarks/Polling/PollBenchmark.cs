using System.Diagnostics;
using ClustermgrExporter.Benchmarks.Processes;

namespace ClustermgrExporter.Benchmarks.Polling;

/// <summary>A thousand simulated clusters of three members, polled every 15 s by the published build: first alone, then
/// with a scrape every 15 s as Prometheus would send it.</summary>
internal static class PollBenchmark
{
    private const int Clusters = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        await using var fleet = await SimulatedFleet.StartAsync(
            Clusters,
            $"poll_interval: {Interval.TotalSeconds}s\n",
            options => options with { SchedulersRun = true }
        );
        var passed = true;
        // The same without its schedulers first: what they cost is the difference.
        var alone = $"{fleet.Config}.alone.yaml";
        await File.WriteAllTextAsync(
            alone,
            "scheduler_interval: 0\n" + await File.ReadAllTextAsync(fleet.Config, ct),
            ct
        );
        foreach (var program in PublishedExporter.Programs)
        {
            passed &= await RunAsync(program, alone, "no schedulers", fleet, quick, ct);
            passed &= await RunAsync(program, fleet.Config, "schedulers every 30 s", fleet, quick, ct);
        }
        File.Delete(alone);
        return passed;
    }

    private static async Task<bool> RunAsync(
        string program,
        string config,
        string asked,
        SimulatedFleet fleet,
        bool quick,
        CancellationToken ct
    )
    {
        await using var exporter = await PublishedExporter.StartAsync(program, config, ct);
        await exporter.ReadyAsync(TimeSpan.FromSeconds(120), ct);
        var first = Stopwatch.GetElapsedTime(exporter.Started);
        // every schedule has run, and the hot code is compiled
        await Task.Delay(TimeSpan.FromSeconds(quick ? 30 : 60), ct);
        var duration = TimeSpan.FromSeconds(quick ? 60 : 300);
        Report.Line(
            $"\n{exporter.Kind}: {Report.Count(Clusters, "cluster")}, {fleet.Members} members, "
                + $"{Interval.TotalSeconds} s interval, {asked}; every member was polled once "
                + $"{first.TotalSeconds:0.0} s after the start; after a warm-up:"
        );
        return await PhaseAsync("polls alone", scrape: false, exporter, fleet, duration, ct)
            & await PhaseAsync("polls and a gzip scrape every 15 s", scrape: true, exporter, fleet, duration / 2, ct);
    }

    private static async Task<bool> PhaseAsync(
        string name,
        bool scrape,
        PublishedExporter exporter,
        SimulatedFleet fleet,
        TimeSpan duration,
        CancellationToken ct
    )
    {
        // The checking scrapes stand outside of the CPU that is measured.
        var before = PolledMembers.Read(await exporter.ScrapeCompressedAsync(ct));
        var clock = Stopwatch.StartNew();
        var first = exporter.Sample();
        var resident = new List<long>();
        while (clock.Elapsed < duration)
        {
            var rest = duration - clock.Elapsed;
            await Task.Delay(rest < Interval ? rest : Interval, ct);
            if (scrape)
            {
                await exporter.ScrapeAsync(PrometheusHeaders.Accept, "gzip", ct);
            }
            resident.Add(exporter.Sample().ResidentKib);
        }
        var last = exporter.Sample();
        var elapsed = clock.Elapsed;
        var after = PolledMembers.Read(await exporter.ScrapeCompressedAsync(ct));

        Report.Line(
            $"{name}, {elapsed.TotalSeconds:0} s: {(last.Cpu - first.Cpu) / elapsed:P1} of a core "
                + $"({(last.User - first.User) / elapsed:P1} user, {(last.Kernel - first.Kernel) / elapsed:P1} "
                + $"kernel), "
                + $"resident {Report.Mib(resident.Average())} on average, {Report.Mib(resident.Max())} at most, "
                + $"{Report.Mib(last.PeakResidentKib)} since the start, {last.Descriptors} descriptors, "
                + $"{last.Threads} threads"
        );
        return after.Check(before, fleet.Members, duration, Interval);
    }
}
