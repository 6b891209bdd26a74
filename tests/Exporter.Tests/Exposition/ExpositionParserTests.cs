using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Exposition;

/// <summary>Tests the parser that all other tests use: a parser that accepts everything proves nothing.</summary>
public sealed class ExpositionParserTests
{
    private const string Good = "# HELP a help\n# TYPE a gauge\na{b=\"c\"} 1\n";

    [Fact]
    public void AGoodPageIsRead()
    {
        var page = ExpositionParser.Parse(
            Good + "# HELP n_total \"help\"\n# TYPE n_total counter\nn_total 1.5E-07\n",
            MetricsFormat.Text004
        );

        Assert.Equal(["a", "n_total"], page.Families.Select(family => family.Name));
        Assert.Equal("c", page.One("a").Label("b"));
    }

    [Theory]
    [InlineData("# HELP a help\n# TYPE a gauge\na 1", "does not end")]
    [InlineData("# HELP a help\n# TYPE a gauge\n\na 1\n", "empty line")]
    [InlineData("# TYPE a gauge\na 1\n", "no HELP")]
    [InlineData("# HELP a help\na 1\n", "no TYPE")]
    [InlineData("a 1\n", "does not belong to its family")]
    [InlineData("# HELP a help\n# TYPE a gauge\n", "no samples")]
    [InlineData("# HELP a help\n# TYPE a gauge\n# TYPE a gauge\na 1\n", "TYPE of a twice")]
    [InlineData("# HELP a help\n# TYPE a info\na 1\n", "has the type info")]
    [InlineData("# HELP a help\n# TYPE a counter\na 1\n", "end in _total")]
    [InlineData("# HELP a_total help\n# TYPE a_total gauge\na_total 1\n", "end in _total")]
    [InlineData("# HELP a_total help\n# TYPE a_total counter\na_total -1\n", "below 0")]
    [InlineData("# HELP a_bytes help\n# TYPE a_bytes gauge\n# UNIT a_bytes bytes\na_bytes 1\n", "no UNIT")]
    [InlineData(Good + "b 1\n", "does not belong to its family")]
    [InlineData(Good + "a{b=\"c\"} 2\n", "series twice")]
    [InlineData(Good + "a{d=\"c\"} 2\n", "other labels")]
    [InlineData(Good + "a 2\n", "other labels")]
    [InlineData(Good + "# HELP b help\n# TYPE b gauge\nb 1\n# HELP a help\n# TYPE a gauge\na 2\n", "two places")]
    [InlineData(Good + "a{b=\"1\",b=\"2\"} 2\n", "label twice")]
    [InlineData(Good + "a{b=\"x\\t\"} 2\n", "no escape")]
    [InlineData(Good + "a{b=\"x\\", "does not end")]
    [InlineData(Good + "a{b=\"x\n", "does not end")]
    [InlineData(Good + "a{b=\"x\"y\"} 2\n", "labels do not end")]
    [InlineData(Good + "a{b=\"x\", c=\"y\"} 2\n", "no label name")]
    [InlineData(Good + "a{b=\"x\"}2\n", "no value")]
    [InlineData(Good + "a{b=\"x\"} 2 1700000000\n", "no value")]
    [InlineData(Good + "a{b=\"x\"} 1,5\n", "no value")]
    [InlineData(Good + "a{b=\"x\"} 2\r\n", "no value")]
    [InlineData(Good + "# EOF\n", "# EOF before")]
    public void AMalformedTextPageIsRefused(string text, string why) =>
        Assert.Contains(
            why,
            Assert.Throws<FormatException>(() => ExpositionParser.Parse(text, MetricsFormat.Text004)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("# HELP a help\n# TYPE a gauge\na 1\n", "no # EOF")]
    [InlineData("# HELP a help\n# TYPE a gauge\na 1\n# EOF\n# EOF\n", "# EOF before")]
    [InlineData("# HELP a help\n# TYPE a gauge\na 1\n# EOF\nx 1\n", "no # EOF")]
    [InlineData("# HELP a help\n# TYPE a counter\na 1\n# EOF\n", "does not belong to its family")]
    [InlineData("# HELP a_total help\n# TYPE a_total counter\na_total_total 1\n# EOF\n", "suffix that belongs")]
    [InlineData("# HELP a_info help\n# TYPE a_info counter\na_info_total 1\n# EOF\n", "suffix that belongs")]
    [InlineData("# HELP a help\n# TYPE a info\na_info 2\n# EOF\n", "not 1")]
    [InlineData("# HELP a help\n# TYPE a gauge\n# UNIT a bytes\na 1\n# EOF\n", "not named after its unit")]
    [InlineData("# HELP a \"help\"\n# TYPE a gauge\na 1\n# EOF\n", "bare escapes")]
    public void AMalformedOpenMetricsPageIsRefused(string text, string why) =>
        Assert.Contains(
            why,
            Assert.Throws<FormatException>(() => ExpositionParser.Parse(text, MetricsFormat.OpenMetrics1)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void BytesThatAreNoUtf8AreRefused() =>
        Assert.ThrowsAny<ArgumentException>(() =>
            ExpositionParser.Parse(
                [.. "# HELP a h\n# TYPE a gauge\na{b=\""u8, 0xC3, .. "\"} 1\n"u8],
                MetricsFormat.Text004
            )
        );
}
