using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class MetricsPageTests
{
    private static readonly ExporterLines Own = Samples.Own();

    [Fact]
    public void TheLinesOfAllClustersStandUnderOneHeaderInTheOrderGiven()
    {
        var full = Samples.Full();
        var clusters = new[] { "b", "a", "c" }.Select(name =>
            full with
            {
                Snapshot = full.Snapshot with { Cluster = name },
            }
        );

        foreach (var format in Enum.GetValues<MetricsFormat>())
        {
            var page = Samples.Scrape(format, [.. clusters]);
            Assert.Equal(
                ["b", "b", "a", "a", "c", "c"],
                page.All("clustermgr_up").Select(sample => sample.Label("cluster"))
            );
        }
    }

    [Fact]
    public void BothFormatsHaveTheSameSampleLines()
    {
        Assert.Equal(Lines(MetricsFormat.Text004), Lines(MetricsFormat.OpenMetrics1));

        // The library writes the exporter's own lines: with 1 in one format, with 1.0 in the other.
        static IEnumerable<string> Lines(MetricsFormat format) =>
            Encoding
                .UTF8.GetString(Samples.Bytes(format, Samples.Full()))
                .Split('\n')
                .Where(line => !line.StartsWith('#') && line.Contains("{cluster=\"", StringComparison.Ordinal));
    }

    [Fact]
    public void WithoutAnyClusterThePageStillHoldsTheExporter()
    {
        foreach (var format in Enum.GetValues<MetricsFormat>())
        {
            Assert.All(
                Samples.Scrape(format).Families,
                family =>
                    Assert.Contains(
                        ExporterSeries.All,
                        series => series.Name == family.Name || series.Bare == family.Name
                    )
            );
        }
    }

    [Fact]
    public async Task TheLengthIsKnownBeforehandAndBothWritersWriteTheSameBytes()
    {
        // A page caches its lines when its length is first read; until then every write renders them.
        var full = new ClusterPage(Samples.Full());
        var quoted = new ClusterPage(
            Samples.Full() with
            {
                Snapshot = Samples.Full().Snapshot with { Cluster = "a\"b\n" },
            }
        );
        var blank = new ClusterPage(new ClusterAnalysis { Snapshot = Samples.Snapshot("blank") });
        // Enough clusters that the page is flushed more than once.
        var many = Enumerable.Repeat(full, 40);
        MetricsPage[] pages = [new([], Own), new([blank], Own), new([blank, quoted, full], Own), new([.. many], Own)];
        foreach (var format in Enum.GetValues<MetricsFormat>())
        {
            foreach (var page in pages)
            {
                var buffer = new ArrayBufferWriter<byte>();
                page.WriteTo(buffer, format);
                var stream = new MemoryStream();
                var pipe = PipeWriter.Create(stream);
                await page.WriteToAsync(pipe, format, TestContext.Current.CancellationToken);

                Assert.Equal(page.Length(format), buffer.WrittenCount);
                Assert.True(buffer.WrittenSpan.SequenceEqual(stream.ToArray()));
            }
        }
    }

    [Fact]
    public void LinesAreWrittenOnceHoweverManyAskForThem()
    {
        for (var round = 0; round < 100; round++)
        {
            var page = new ClusterPage(Samples.Full());
            var seen = new FamilyLines[8];
            Parallel.For(0, seen.Length, i => seen[i] = page.Lines);
            Assert.All(seen, lines => Assert.Same(seen[0], lines));
        }
    }

    [Fact]
    public async Task AReaderThatIsGoneEndsTheWritingQuietly()
    {
        var full = new ClusterPage(Samples.Full());
        var page = new MetricsPage([.. Enumerable.Repeat(full, 80)], Own);
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();

        await page.WriteToAsync(pipe.Writer, MetricsFormat.Text004, TestContext.Current.CancellationToken);

        Assert.True(page.Length(MetricsFormat.Text004) > 10 * (64 << 10));
    }

    [Fact]
    public void APageIsTheSameAsAnotherOnlyWhenAllItsPartsAre()
    {
        var a = new ClusterPage(Samples.Full());
        var b = new ClusterPage(Samples.Full());
        var page = new MetricsPage([a, b], Own);

        Assert.Equal(page.Identity, new MetricsPage([a, b], Own).Identity);
        Assert.NotEqual(page.Identity, new MetricsPage([a, a], Own).Identity);
        Assert.NotEqual(page.Identity, new MetricsPage([b, a], Own).Identity);
        Assert.NotEqual(page.Identity, new MetricsPage([a], Own).Identity);
        Assert.NotEqual(page.Identity, new MetricsPage([a, b], Samples.Own()).Identity);
    }
}
