using System.Text;
using Clustermgr.Analysis;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

public sealed class GoldenPageTests
{
    [Theory]
    [InlineData(nameof(MetricsFormat.Text004), "full-page.txt")]
    [InlineData(nameof(MetricsFormat.OpenMetrics1), "full-page.openmetrics.txt")]
    public void AClusterWithEverySeriesIsExposedByteForByte(string format, string file)
    {
        var bytes = Samples.Bytes(Enum.Parse<MetricsFormat>(format), Samples.Full());

        // The runtime's own figures differ in every run.
        var lines = Encoding
            .UTF8.GetString(bytes)
            .Split('\n')
            .Select(line =>
                line.StartsWith("dotnet_", StringComparison.Ordinal) ? line[..line.LastIndexOf(' ')] + " 0"
                : line.StartsWith("clustermgr_exporter_build_info", StringComparison.Ordinal) ? "(build)"
                : line
            );
        GoldenFile.AssertMatches($"tests/Exporter.Tests/Golden/{file}", string.Join('\n', lines));
    }

    [Fact]
    public void TheDocumentationOfTheMetricsIsTheCatalogue()
    {
        var markdown = new StringWriter { NewLine = "\n" };
        CatalogueMarkdown.Write(markdown, ExporterSeries.All);

        GoldenFile.AssertMatches("docs/metrics.md", markdown.ToString());
    }

    [Fact]
    public void AClusterBeforeItsFirstPollExposesCountersAtZeroAndNoValueThatNobodyMeasured()
    {
        var analysis = new ClusterAnalysis { Snapshot = Samples.Snapshot("new", Samples.Member("a:1")) };

        var page = Samples.Scrape(MetricsFormat.Text004, analysis);

        var ofCluster = page.Families.Where(family =>
            family.Name.StartsWith("clustermgr_", StringComparison.Ordinal)
            && ExporterSeries.All.All(series => series.Name != family.Name)
        );
        Assert.Equal(
            ["clustermgr_polls_total", "clustermgr_raft_leader_changes_total"],
            ofCluster.Select(family => family.Name)
        );
        Assert.All(ofCluster.SelectMany(family => family.Samples), sample => Assert.Equal("0", sample.Text));
        Assert.Equal(
            ["cluster=new", "member=a:1", "endpoint=stat", "outcome=ok"],
            page.One("clustermgr_polls_total").Pairs
        );
    }
}
