using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Web;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class MetricsGzipCacheTests
{
    private static readonly ExporterLines Own = Samples.Own();

    private readonly CostlyClock _clock = new();

    [Fact]
    public async Task AnUnchangedPageIsCompressedOnce()
    {
        var cache = new GzipCache(_clock);
        var page = new ClusterPage(Samples.Full());

        var first = await cache.GetAsync(() => new MetricsPage([page], Own), MetricsFormat.Text004);
        _clock.Now += TimeSpan.FromHours(1);

        Assert.True(first.Equals(await cache.GetAsync(() => new MetricsPage([page], Own), MetricsFormat.Text004)));
    }

    [Fact]
    public async Task AChangedPageWaitsNineTimesAsLongAsTheLastBuildTook()
    {
        var cache = new GzipCache(_clock);
        var first = await cache.GetAsync(() => Page("a"), MetricsFormat.Text004);
        var ended = CostlyClock.Look;

        _clock.Now = ended + (CostlyClock.Look * 9) - TimeSpan.FromTicks(1);
        Assert.True(first.Equals(await cache.GetAsync(() => Page("b"), MetricsFormat.Text004)));

        _clock.Now = ended + (CostlyClock.Look * 9);
        Assert.Contains(
            "cluster=\"c\"",
            Plain(await cache.GetAsync(() => Page("c"), MetricsFormat.Text004)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task ScrapersOfOneFormatNeverKeepThoseOfTheOtherWaiting()
    {
        var cache = new GzipCache(_clock);
        await cache.GetAsync(() => Page("a"), MetricsFormat.OpenMetrics1);
        _clock.Now += TimeSpan.FromHours(1);
        await cache.GetAsync(() => Page("b"), MetricsFormat.Text004);

        var openMetrics = Plain(await cache.GetAsync(() => Page("b"), MetricsFormat.OpenMetrics1));

        Assert.Contains("cluster=\"b\"", openMetrics, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", openMetrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoComesDuringABuildSharesIt()
    {
        var cache = new GzipCache(_clock);
        await cache.GetAsync(() => Page("a"), MetricsFormat.Text004);
        _clock.Now += TimeSpan.FromHours(1);
        var meanwhile = Task.FromResult(ReadOnlyMemory<byte>.Empty);
        // The first reading of the clock checks whether a build is due, the second one is at the start of the build.
        _clock.Looks.Enqueue(() => { });
        _clock.Looks.Enqueue(() => meanwhile = cache.GetAsync(() => Page("c"), MetricsFormat.Text004).AsTask());

        var built = await cache.GetAsync(() => Page("b"), MetricsFormat.Text004);

        Assert.True(built.Equals(await meanwhile));
        Assert.Contains("cluster=\"b\"", Plain(built), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PagesAreTakenOneAtATimeInTheOrderOfTheirBuilds()
    {
        var cache = new GzipCache(new HurriedClock());
        var taken = 0;
        var inside = 0;
        var most = 0;
        MetricsPage Newest()
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            var page = Page(
                Interlocked.Increment(ref taken).ToString(System.Globalization.CultureInfo.InvariantCulture)
            );
            Thread.Yield(); // lets another thread overtake, if it can
            Interlocked.Decrement(ref inside);
            return page;
        }
        var backwards = 0;
        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            var last = 0;
                            for (var i = 0; i < 25; i++)
                            {
                                var text = Plain(
                                    cache.GetAsync(Newest, MetricsFormat.Text004).AsTask().GetAwaiter().GetResult()
                                );
                                var at = text.IndexOf("cluster=\"", StringComparison.Ordinal) + 9;
                                var number = int.Parse(
                                    text[at..text.IndexOf('"', at)],
                                    System.Globalization.CultureInfo.InvariantCulture
                                );
                                if (number < last)
                                {
                                    Interlocked.Increment(ref backwards);
                                }
                                last = number;
                            }
                        },
                        TestContext.Current.CancellationToken,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );

        Assert.Equal((0, 1), (backwards, most));
        Assert.True(taken > 1);
    }

    [Fact]
    public void ScrapesAtOnceShareOneBuild()
    {
        var cache = new GzipCache(_clock);
        var page = Page("a");
        var seen = new ReadOnlyMemory<byte>[32];

        Parallel.For(
            0,
            seen.Length,
            i => seen[i] = cache.GetAsync(() => page, MetricsFormat.Text004).AsTask().GetAwaiter().GetResult()
        );

        Assert.All(seen, bytes => Assert.True(seen[0].Equals(bytes)));
    }

    [Fact]
    public async Task AFailedBuildFailsItsScrapeAndNotTheNext()
    {
        var cache = new GzipCache(_clock);
        var broken = new MetricsPage([], exporterLines: null!);

        await Assert.ThrowsAsync<NullReferenceException>(() =>
            cache.GetAsync(() => broken, MetricsFormat.Text004).AsTask()
        );

        Assert.NotEmpty(Plain(await cache.GetAsync(() => Page("a"), MetricsFormat.Text004)));
    }

    [Fact]
    public void ThePagesThatItCompressedAreNotKeptAlive()
    {
        var cache = new GzipCache(_clock);
        var page = Compressed(cache);

        GC.Collect();

        Assert.False(page.TryGetTarget(out _));
        GC.KeepAlive(cache);
    }

    // A separate method, so that no local variable of the test keeps the page alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<ClusterPage> Compressed(GzipCache cache)
    {
        var page = new ClusterPage(Samples.Full());
        var build = cache.GetAsync(() => new MetricsPage([page], Own), MetricsFormat.Text004);
        Assert.True(build.IsCompletedSuccessfully);
        return new WeakReference<ClusterPage>(page);
    }

    private static MetricsPage Page(string cluster)
    {
        var full = Samples.Full();
        return new MetricsPage(
            [new ClusterPage(full with { Snapshot = full.Snapshot with { Cluster = cluster } })],
            Own
        );
    }

    private static string Plain(ReadOnlyMemory<byte> compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed.ToArray()), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Builds take no time, so every scrape may cause one.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    /// <summary>Advances by <see cref="Look"/> with each reading. A build reads the clock at its start and at its end,
    /// so it takes that long.</summary>
    private sealed class CostlyClock : TimeProvider
    {
        public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

        public TimeSpan Now { get; set; }

        /// <summary>Actions for the next readings, one for each.</summary>
        public Queue<Action> Looks { get; } = new();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp()
        {
            var now = Now;
            Now += Look;
            if (Looks.TryDequeue(out var action))
            {
                action();
            }
            return now.Ticks;
        }
    }
}
