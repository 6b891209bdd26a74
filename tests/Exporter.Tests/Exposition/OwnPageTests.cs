using ClustermgrExporter.Exposition;
using ClustermgrExporter.Exposition.Own;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class OwnPageTests
{
    private readonly ManualClock _clock = new();
    private int _reads;

    [Fact]
    public void ItIsReadAtMostOnceASecondHoweverOftenItIsAsked()
    {
        var page = Page();

        var first = page.Current;
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Same(first, page.Current);
        Assert.Equal(1, _reads);

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.NotSame(first, page.Current);
        Assert.Equal(2, _reads);
    }

    [Fact]
    public void ManyWhoAskAtOnceShareOneReading()
    {
        var page = Page();
        var seen = new FamilyLines[64];

        Parallel.For(0, seen.Length, i => seen[i] = page.Current);

        Assert.All(seen, lines => Assert.Same(seen[0], lines));
        Assert.Equal(1, _reads);
    }

    [Fact]
    public void AFailedReloadShowsWithTheTimeOfTheLastGoodOne()
    {
        var page = Parse(OwnPage.Render(Samples.Own() with { Config = new ConfigState(false, Samples.Now, 2) }));

        Assert.Equal("0", page.One("clustermgr_exporter_config_last_reload_successful").Text);
        Assert.Equal("1795340010.785",
            page.One("clustermgr_exporter_config_last_reload_success_timestamp_seconds").Text);
    }

    [Fact]
    public void ThisProcessIsMeasured()
    {
        var page = Parse(Page().Current);

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
        // The kernel counts in hundredths from a boot time that it rounds to the second.
        Assert.InRange(page.One("process_start_time_seconds").Value - started, -2, 2);
        Assert.Equal(["0", "1", "2"], page.All("dotnet_collection_count_total").Select(s => s.Label("generation")));
    }

    [Fact]
    public void WhereThereIsNoProcTheSeriesOfTheProcessAreAbsent()
    {
        Assert.Null(ProcessReading.Read("/nonexistent"));

        var page = Parse(OwnPage.Render(Samples.Own() with { Process = null }));
        Assert.DoesNotContain(page.Families, family => family.Name.StartsWith("process_", StringComparison.Ordinal));
        Assert.Single(page.All("dotnet_total_memory_bytes"));
    }

    [Fact]
    public void ACommandWithSpacesAndParenthesesShiftsNoField()
    {
        const string fields = "S 1 2 3 4 5 6 7 8 9 10 150 25 13 14 15 16 9 18 12345 1000000 250 21";

        var reading = ProcessReading.Parse($"42 (a) b (c d) {fields}", bootTime: 1_700_000_000);

        Assert.Equal(new ProcessReading
        {
            CpuSeconds = 1.75,
            Threads = 9,
            StartTimeSeconds = 1_700_000_123.45,
            VirtualBytes = 1_000_000,
            ResidentBytes = 250L * Environment.SystemPageSize,
        }, reading);
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
        Assert.Equal((version, revision), ExporterFamilies.ParseVersion(informational));

    private OwnPage Page() => new(
        () =>
        {
            Interlocked.Increment(ref _reads);
            return new ConfigState(true, _clock.GetUtcNow(), 1);
        },
        _clock);

    private static ScrapedPage Parse(FamilyLines own)
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        new MetricsPage([], own).WriteTo(target, Format.Text004);
        return ExpositionParser.Parse(target.WrittenSpan, Format.Text004);
    }
}
