using System.Buffers;
using System.Diagnostics;
using System.Text;
using ClustermgrExporter.Benchmarks.Micro;
using ClustermgrExporter.Exposition;
using Prometheus;

namespace ClustermgrExporter.Benchmarks.Gauges;

/// <summary>Compares the clusters' series as this program keeps them, as rendered bytes that are replaced as a whole,
/// with the same series as gauges of prometheus-net: memory, time of a scrape, and how often a scrape sees half of a
/// poll.</summary>
internal static class GaugeBenchmark
{
    private const int Clusters = 1000;

    public static async Task<bool> RunAsync(bool quick, CancellationToken ct)
    {
        var scrapes = quick ? 10 : 30;
        var before = Memory();
        ClusterPage[] pages = [.. Enumerable.Range(1, Clusters).Select(number => PolledCluster.Poll(number).Page)];
        Array.ForEach(pages, page => _ = page.Lines); // as a plain scrape leaves them
        var bytes = Memory() - before;
        before = Memory();
        var registry = Metrics.NewCustomRegistry();
        var series = Fill(registry, pages);
        var gauges = Memory() - before;

        var ours = Median(
            scrapes,
            () =>
            {
                new MetricsPage([.. pages], new ExporterLines([], [])).WriteTo(
                    new NullBufferWriter(),
                    MetricsFormat.Text004
                );
                return Task.CompletedTask;
            }
        );
        var theirs = Median(scrapes, () => registry.CollectAndExportAsTextAsync(Stream.Null, ct));
        Report.Line($"\n{Report.Count(Clusters, "cluster")}, {series} series, median of {scrapes} scrapes:\n");
        Report.Line("| | memory | a scrape |");
        Report.Line("|---|---|---|");
        Report.Line($"| finished bytes, swapped whole | {bytes / 1048576.0:0} MiB | {await ours:0.0} ms |");
        Report.Line($"| gauges of prometheus-net | {gauges / 1048576.0:0} MiB | {await theirs:0.0} ms |");
        GC.KeepAlive(registry);

        var torn = await CountTornScrapesAsync(quick ? 100 : 300, ct);
        Report.Line(
            $"\nscrapes that saw half of a poll: {torn.Bytes} of {torn.Scrapes} of the bytes, {torn.Gauges} of "
                + $"{torn.Scrapes} of the gauges"
        );
        return torn.Bytes == 0;
    }

    /// <summary>Every line of the pages as a gauge with the same labels.</summary>
    private static int Fill(CollectorRegistry registry, ClusterPage[] pages)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        var gauges = new Dictionary<string, Gauge>(StringComparer.Ordinal);
        var series = 0;
        var target = new ArrayBufferWriter<byte>();
        new MetricsPage([.. pages], new ExporterLines([], [])).WriteTo(target, MetricsFormat.Text004);
        foreach (var line in Encoding.UTF8.GetString(target.WrittenSpan).Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }
            var open = line.IndexOf('{', StringComparison.Ordinal);
            var close = line.LastIndexOf('}');
            var name = line[..open];
            var labels = line[(open + 1)..close]
                .Split("\",")
                .Select(label => label.TrimEnd('"').Split("=\"", 2))
                .ToList();
            if (!gauges.TryGetValue(name, out var gauge))
            {
                gauges[name] = gauge = factory.CreateGauge(name, "help", [.. labels.Select(label => label[0])]);
            }
            gauge
                .WithLabels([.. labels.Select(label => label[1])])
                .Set(double.Parse(line[(close + 2)..], System.Globalization.CultureInfo.InvariantCulture));
            series++;
        }
        return series;
    }

    /// <summary>Two members take turns to lead while somebody scrapes: a scrape in which both lead, or none, shows a
    /// state that never existed.</summary>
    private static async Task<(int Scrapes, int Bytes, int Gauges)> CountTornScrapesAsync(
        int scrapes,
        CancellationToken ct
    )
    {
        var registry = Metrics.NewCustomRegistry();
        var gauge = Metrics
            .WithCustomRegistry(registry)
            .CreateGauge("clustermgr_raft_state", "help", ["cluster", "member", "state"]);
        Gauge.Child[] members = [gauge.WithLabels("c", "a", "leader"), gauge.WithLabels("c", "b", "leader")];
        // What a scrape of other clusters takes time for.
        for (var i = 0; i < 20_000; i++)
        {
            gauge.WithLabels("other", $"{i}", "leader").Set(0);
        }
        FamilyLines[] states = [Leading("a", "b"), Leading("b", "a")];
        members[0].Set(1);
        var page = states[0];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var writing = Task.Factory.StartNew(
            () =>
            {
                for (var turn = 1; !stop.IsCancellationRequested; turn++)
                {
                    members[(turn + 1) % 2].Set(0);
                    Thread.SpinWait(2000); // what a poll does between two members
                    members[turn % 2].Set(1);
                    Volatile.Write(ref page, states[turn % 2]);
                    Thread.SpinWait(2000);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
        var bytes = 0;
        var gauges = 0;
        for (var i = 0; i < scrapes; i++)
        {
            using var text = new MemoryStream();
            await registry.CollectAndExportAsTextAsync(text, ct);
            if (Leaders(text.ToArray()) != 1)
            {
                gauges++;
            }
            var target = new ArrayBufferWriter<byte>();
            target.Write(Volatile.Read(ref page).GetLines(0).Span);
            if (Leaders(target.WrittenSpan) != 1)
            {
                bytes++;
            }
        }
        await stop.CancelAsync();
        await writing;
        return (scrapes, bytes, gauges);
    }

    private static FamilyLines Leading(string leader, string follower)
    {
        var family = new FamilyRenderer<int>(
            new Family(
                new FamilyDescriptor(
                    "clustermgr_raft_state",
                    MetricType.Gauge,
                    ["cluster", "member", "state"],
                    "help.",
                    ""
                )
            ),
            (lines, _) =>
            {
                lines.Add(true, leader, "leader");
                lines.Add(false, follower, "leader");
            }
        );
        using var lines = new LineWriter(1, "c");
        lines.Write(family, 0);
        return lines.Finish();
    }

    private static int Leaders(ReadOnlySpan<byte> text) =>
        Encoding
            .UTF8.GetString(text)
            .Split('\n')
            .Count(line =>
                line.StartsWith("clustermgr_raft_state{cluster=\"c\"", StringComparison.Ordinal)
                && line.EndsWith(" 1", StringComparison.Ordinal)
            );

    private static async Task<double> Median(int times, Func<Task> scrape)
    {
        await scrape();
        var taken = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await scrape();
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        taken.Sort();
        return taken[times / 2];
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    /// <summary>Takes what is written and keeps nothing.</summary>
    private sealed class NullBufferWriter : IBufferWriter<byte>
    {
        private readonly byte[] _buffer = new byte[1 << 20];

        public void Advance(int count)
        {
            // gone
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public Span<byte> GetSpan(int sizeHint = 0) => _buffer;
    }
}
