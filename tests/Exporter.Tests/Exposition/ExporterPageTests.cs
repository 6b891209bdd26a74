using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class ExporterPageTests
{
    private readonly FakeTimeProvider _clock = new();
    private int _reads;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ItIsCollectedAtMostOnceASecondHoweverOftenItIsAsked()
    {
        var page = Page();

        var first = await page.CurrentAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Same(first, await page.CurrentAsync());
        Assert.Same(first, page.Last);
        var reads = _reads;

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotSame(first, await page.CurrentAsync());
        Assert.NotSame(first, page.Last);
        Assert.Equal(2 * reads, _reads);
    }

    /// <summary>Requests may end at any time, even while the library reads its buckets one after the other.</summary>
    [Fact]
    public async Task AHistogramsCountIsAlwaysThatOfItsBuckets()
    {
        var telemetry = new ExporterTelemetry(() => new ConfigState(true, DateTimeOffset.UnixEpoch, 1), () => null);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var ended = Task.Run(
            () =>
            {
                long requests = 0;
                for (; !stop.IsCancellationRequested; requests++)
                {
                    if (requests % 100 == 0)
                    {
                        Thread.Yield();
                    }
                    telemetry.RecordRequest(
                        Samples.Ended(
                            (Endpoint)(requests % 4),
                            requests % 3 == 0 ? Outcome.Timeout : Outcome.Ok,
                            TimeSpan.FromMilliseconds(requests % 7000)
                        )
                    );
                }
                return requests;
            },
            Ct
        );
        for (var i = 0; i < 100; i++)
        {
            // The parser checks it.
            ExpositionParser.Parse(
                await telemetry.CollectAsync(MetricsFormat.OpenMetrics1),
                MetricsFormat.OpenMetrics1
            );
        }
        await stop.CancelAsync();
        var requests = await ended;

        var last = ExpositionParser.Parse(
            await telemetry.CollectAsync(MetricsFormat.OpenMetrics1),
            MetricsFormat.OpenMetrics1
        );
        Assert.Equal(
            requests,
            last.All("clustermgr_request_duration_seconds_count")
                .Sum(sample => long.Parse(sample.Text, System.Globalization.CultureInfo.InvariantCulture))
        );
    }

    [Fact]
    public void WhereNobodyScrapesRequestsAreCountedAllTheSame()
    {
        var telemetry = new ExporterTelemetry(() => new ConfigState(true, DateTimeOffset.UnixEpoch, 1), () => null);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 1_000_000; i++)
        {
            telemetry.RecordRequest(Samples.Ended(Endpoint.Stat, Outcome.Ok, TimeSpan.FromMilliseconds(3)));
        }
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 8 << 20, "the requests use up memory");
    }

    [Fact]
    public async Task ManyWhoAskAtOnceShareOneReading()
    {
        var page = Page();

        var seen = await Task.WhenAll(
            Enumerable.Range(0, 64).Select(_ => Task.Run(() => page.CurrentAsync().AsTask(), Ct))
        );

        Assert.All(seen, lines => Assert.Same(seen[0], lines));
    }

    [Fact]
    public async Task AScrapeIsToldInTheLinesThatComeAfterIt()
    {
        var page = Page();
        Assert.Empty(Parse(await page.CurrentAsync()).All("clustermgr_exporter_last_scrape_timestamp_seconds"));
        page.RecordScrape(whole: true);
        var at = _clock.GetUtcNow();
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(
            at.ToUnixTimeMilliseconds() / 1000.0,
            Parse(await page.CurrentAsync()).One("clustermgr_exporter_last_scrape_timestamp_seconds").Value
        );
    }

    [Fact]
    public void AFailedReloadShowsWithTheTimeOfTheLastGoodOne()
    {
        var page = Parse(
            Samples.Collected(new ExporterTelemetry(() => new ConfigState(false, Samples.Now, 2), () => null))
        );

        Assert.Equal("0", page.One("clustermgr_exporter_config_last_reload_successful").Text);
        Assert.Equal(
            "1795340010.785",
            page.One("clustermgr_exporter_config_last_reload_success_timestamp_seconds").Text
        );
    }

    [Fact]
    public void AClusterThatWentWithFindingsIsToldForADayOrUntilItIsBack()
    {
        const string metric = "clustermgr_exporter_cluster_unwatched_timestamp_seconds";
        var at = Samples.Now;
        var state = new ConfigState(true, Samples.Now, 3);
        var telemetry = new ExporterTelemetry(() => state.WithoutExpired(at), () => null);
        Assert.Empty(Parse(Samples.Collected(telemetry)).All(metric));

        state = new ConfigState(true, at, 1).WithRemoved(state, ["a\"b\n", "gone"], ["kept"]);
        Assert.Equal("1795340010.785", Parse(Samples.Collected(telemetry)).One(metric, "cluster=gone").Text);
        Assert.Equal(2, Parse(Samples.Collected(telemetry)).All(metric).Count());

        at += TimeSpan.FromHours(23);
        state = new ConfigState(true, at, 2).WithRemoved(state, [], ["kept", "gone"]);
        Assert.Single(Parse(Samples.Collected(telemetry)).All(metric));

        at += TimeSpan.FromHours(2);
        Assert.Empty(Parse(Samples.Collected(telemetry)).All(metric));
    }

    [Fact]
    public void RequestsAreCountedByEndpointAndOutcomeOnceTheyOccur()
    {
        var telemetry = new ExporterTelemetry(() => new ConfigState(true, Samples.Now, 1), () => null);
        Assert.Empty(Parse(Samples.Collected(telemetry)).All("clustermgr_request_duration_seconds_count"));
        telemetry.RecordRequest(Samples.Ended(Endpoint.Stat, Outcome.Ok, TimeSpan.FromMilliseconds(20)));
        telemetry.RecordRequest(Samples.Ended(Endpoint.Stat, Outcome.Ok, TimeSpan.FromMilliseconds(40)));
        telemetry.RecordRequest(Samples.Ended(Endpoint.Config, Outcome.Timeout, TimeSpan.FromSeconds(3)));

        foreach (var format in Enum.GetValues<MetricsFormat>())
        {
            var page = Parse(Samples.Collected(telemetry), format);
            Assert.Equal(2, page.One("clustermgr_request_duration_seconds_count", "endpoint=stat", "outcome=ok").Value);
            Assert.Equal(
                0.06,
                page.One("clustermgr_request_duration_seconds_sum", "endpoint=stat", "outcome=ok").Value,
                9
            );
            Assert.Equal(
                1,
                page.One("clustermgr_request_duration_seconds_count", "endpoint=config", "outcome=timeout").Value
            );
            Assert.Equal(2, page.All("clustermgr_request_duration_seconds_count").Count());
        }
    }

    [Fact]
    public async Task ThisProcessIsMeasured()
    {
        var page = Parse(
            await new ExporterPage(
                new ExporterTelemetry(() => new ConfigState(true, Samples.Now, 1), () => ProcessReading.Read()),
                _clock
            ).CurrentAsync()
        );

        var build = page.One("clustermgr_exporter_build_info");
        Assert.Equal(Environment.Version.ToString(), build.Label("dotnet_version"));
        Assert.StartsWith("0.", build.Label("version"), StringComparison.Ordinal);
        var resident = page.One("process_resident_memory_bytes").Value;
        Assert.InRange(resident, 1 << 20, 1L << 40);
        Assert.InRange(page.One("process_virtual_memory_bytes").Value, resident, 1L << 50);
        Assert.InRange(page.One("process_open_fds").Value, 3, page.One("process_max_fds").Value);
        Assert.InRange(page.One("process_threads").Value, 2, 10_000);
        Assert.InRange(page.One("process_cpu_seconds_total").Value, 0.01, 1e6);
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        // The kernel counts in hundredths of a second from a boot time that it rounds to the second.
        Assert.InRange(page.One("process_start_time_seconds").Value - started, -2, 2);
        Assert.Equal(
            ["0", "1", "2"],
            page.All("dotnet_collection_count_total").Select(s => s.Label("generation")).Order()
        );
    }

    [Fact]
    public void WhatCannotBeReadOfTheProcessIsAbsent()
    {
        Assert.Null(ProcessReading.Read("/nonexistent"));
        ProcessReading? reading = Samples.Process;
        var telemetry = new ExporterTelemetry(() => new ConfigState(true, Samples.Now, 1), () => reading);

        Assert.Equal(7, OfProcess().Count);
        reading = Samples.Process with { MaxFds = null };
        Assert.Equal(6, OfProcess().Count);
        Assert.DoesNotContain("process_max_fds", OfProcess());
        reading = null;
        Assert.Empty(OfProcess());
        Assert.Single(Parse(Samples.Collected(telemetry)).All("dotnet_total_memory_bytes"));

        List<string> OfProcess() =>
            [
                .. Parse(Samples.Collected(telemetry))
                    .Samples.Select(sample => sample.Name)
                    .Where(name => name.StartsWith("process_", StringComparison.Ordinal)),
            ];
    }

    [Fact]
    public void ACommandWithSpacesAndParenthesesShiftsNoField()
    {
        const string fields = "S 1 2 3 4 5 6 7 8 9 10 150 25 13 14 15 16 9 18 12345 1000000 250 21";

        var reading = ProcessReading.Parse($"42 (a) b (c d) {fields}", bootTime: 1_700_000_000);

        Assert.Equal(
            new ProcessReading
            {
                CpuSeconds = 1.75,
                Threads = 9,
                StartTimeSeconds = 1_700_000_123.45,
                VirtualBytes = 1_000_000,
                ResidentBytes = 250L * Environment.SystemPageSize,
            },
            reading
        );
        Assert.Null(ProcessReading.Parse("42 (short) S 1 2", 0));
        Assert.Null(ProcessReading.Parse($"42 (a) {fields}", bootTime: null)!.StartTimeSeconds);
    }

    [Theory]
    [InlineData("Max open files            1024                 524288               files", 1024L)]
    [InlineData("Max open files            unlimited            unlimited            files", null)]
    [InlineData("Max open files", null)]
    [InlineData("Max processes             1024                 524288               processes", null)]
    public void TheLimitOfDescriptorsIsTheSoftOne(string line, long? expected) =>
        Assert.Equal(expected, ProcessReading.ParseMaxFds(["Limit   Soft Limit   Hard Limit   Units", line]));

    [Theory]
    [InlineData("0.1.0+abc123", "0.1.0", "abc123")]
    [InlineData("0.1.0", "0.1.0", "unknown")]
    [InlineData("0.1.0+", "0.1.0", "unknown")]
    [InlineData("", "unknown", "unknown")]
    public void TheVersionIsSplitFromItsRevision(string informational, string version, string revision) =>
        Assert.Equal((version, revision), BuildVersion.Parse(informational));

    private ExporterPage Page() =>
        new(
            new ExporterTelemetry(
                () =>
                {
                    Interlocked.Increment(ref _reads);
                    return new ConfigState(true, _clock.GetUtcNow(), 1);
                },
                () => null
            ),
            _clock
        );

    private static ScrapedPage Parse(ExporterLines own, MetricsFormat format = MetricsFormat.Text004)
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        new MetricsPage([], own).WriteTo(target, format);
        return ExpositionParser.Parse(target.WrittenSpan, format);
    }

    [Fact]
    public void WhoScrapesSomeClustersHasNotScrapedAll()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var page = new ExporterPage(Samples.Telemetry(), clock);
        clock.Advance(TimeSpan.FromMinutes(5));
        page.RecordScrape(whole: false);
        Assert.Equal(TimeSpan.FromMinutes(5), page.TimeSinceScrape);
        page.RecordScrape(whole: true);
        Assert.Equal(TimeSpan.Zero, page.TimeSinceScrape);
        page.AssumeNeverScraped();
        Assert.Equal(TimeSpan.MaxValue, page.TimeSinceScrape);
        page.RecordScrape(whole: true);
        Assert.Equal(TimeSpan.Zero, page.TimeSinceScrape);
    }
}
