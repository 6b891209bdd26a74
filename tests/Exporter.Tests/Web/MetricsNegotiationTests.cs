using ClustermgrExporter.Exposition;
using ClustermgrExporter.Web;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class MetricsNegotiationTests
{
    private const string OpenMetrics = nameof(MetricsFormat.OpenMetrics1);
    private const string Text = nameof(MetricsFormat.Text004);

    [Theory]
    // Prometheus 3, 2.50, 2.40 and 2.5; with protobuf, vmagent, Grafana Agent, curl and browsers.
    [InlineData(
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
            + "application/openmetrics-text;version=0.0.1;q=0.4,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
        OpenMetrics
    )]
    [InlineData(
        "application/openmetrics-text;version=1.0.0;q=0.5,"
            + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        OpenMetrics
    )]
    [InlineData(
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
            + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        OpenMetrics
    )]
    [InlineData("application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", OpenMetrics)]
    [InlineData(
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
            + "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        OpenMetrics
    )]
    [InlineData(
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.7,"
            + "text/plain;version=0.0.4;q=0.3",
        Text
    )]
    [InlineData("text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", Text)]
    [InlineData("text/plain;version=0.0.4;q=1,*/*;q=0.1", Text)]
    [InlineData("*/*", Text)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", Text)]
    // Single media types.
    [InlineData("", Text)]
    [InlineData("text/plain", Text)]
    [InlineData("text/plain; version=0.0.4", Text)]
    [InlineData("text/plain; charset=utf-8", Text)]
    [InlineData("text/*", Text)]
    [InlineData("application/openmetrics-text", OpenMetrics)]
    [InlineData("application/openmetrics-text; version=1.0.0", OpenMetrics)]
    [InlineData("application/openmetrics-text; version=\"1.0.0\"", OpenMetrics)]
    [InlineData("application/openmetrics-text; version=0.0.1", OpenMetrics)]
    [InlineData("Application/OpenMetrics-Text; Version=1.0.0", OpenMetrics)]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", OpenMetrics)]
    [InlineData("application/*", OpenMetrics)]
    // Types that are not supported: the answer is text, which every scraper can read.
    [InlineData("application/openmetrics-text; version=2.0.0", Text)]
    [InlineData("application/json", Text)]
    [InlineData("image/png, audio/*", Text)]
    [InlineData("text/html", Text)]
    [InlineData("nonsense", Text)]
    [InlineData(",,;;q=,", Text)]
    // With weights.
    [InlineData("application/openmetrics-text;q=0.2,text/plain;q=0.3", Text)]
    [InlineData("application/openmetrics-text;q=0.3,text/plain;q=0.2", OpenMetrics)]
    [InlineData("text/plain;q=0.201,application/openmetrics-text;q=0.202", OpenMetrics)]
    [InlineData("application/openmetrics-text,text/plain", OpenMetrics)]
    [InlineData("text/plain,application/openmetrics-text", Text)]
    [InlineData("application/openmetrics-text;q=0", Text)]
    [InlineData("application/openmetrics-text;q=0,*/*", Text)]
    [InlineData("text/plain;q=0,*/*", OpenMetrics)]
    [InlineData("text/*;q=0,*/*;q=0.1", OpenMetrics)]
    [InlineData("*/*;q=0", Text)]
    [InlineData("*/*;q=0.9,application/openmetrics-text;q=0.1", Text)]
    [InlineData("text/plain;q=0.1,text/*;q=0.9,application/openmetrics-text;q=0.5", OpenMetrics)]
    [InlineData(
        "application/openmetrics-text;version=0.0.1;q=0.9,"
            + "application/openmetrics-text;version=1.0.0;q=0.1,text/plain;q=0.5",
        OpenMetrics
    )]
    public void TheFormatIsTheOneThatTheScraperPrefers(string accept, string format) =>
        Assert.Equal(
            Enum.Parse<MetricsFormat>(format),
            FormatNegotiation.Choose(accept == "" ? StringValues.Empty : accept)
        );

    [Fact]
    public void SeveralAcceptHeadersCountAsOne() =>
        Assert.Equal(
            MetricsFormat.OpenMetrics1,
            FormatNegotiation.Choose(new StringValues(["text/plain;q=0.5", "application/openmetrics-text"]))
        );

    [Theory]
    [InlineData("", nameof(ContentCoding.Identity))]
    [InlineData("gzip", nameof(ContentCoding.Gzip))]
    [InlineData("GZIP", nameof(ContentCoding.Gzip))]
    [InlineData("x-gzip", nameof(ContentCoding.Gzip))]
    [InlineData("gzip, deflate, br, zstd", nameof(ContentCoding.Gzip))]
    [InlineData("zstd;q=1, gzip;q=0.2", nameof(ContentCoding.Gzip))]
    [InlineData("deflate, br", nameof(ContentCoding.Identity))]
    [InlineData("identity", nameof(ContentCoding.Identity))]
    [InlineData("gzip;q=0", nameof(ContentCoding.Identity))]
    [InlineData("gzip;q=0.0", nameof(ContentCoding.Identity))]
    [InlineData("gzip;q=0.001", nameof(ContentCoding.Gzip))]
    [InlineData("*", nameof(ContentCoding.Gzip))]
    [InlineData("*;q=0.5, gzip;q=0", nameof(ContentCoding.Identity))]
    [InlineData("identity;q=1, gzip;q=0.5", nameof(ContentCoding.Identity))]
    [InlineData("identity;q=0.5, gzip;q=0.5", nameof(ContentCoding.Gzip))]
    [InlineData("identity;q=0.5, gzip", nameof(ContentCoding.Gzip))]
    [InlineData("identity;q=0, gzip", nameof(ContentCoding.Gzip))]
    [InlineData("identity;q=0, *", nameof(ContentCoding.Gzip))]
    [InlineData("*;q=0, gzip", nameof(ContentCoding.Gzip))]
    [InlineData("*;q=0, identity", nameof(ContentCoding.Identity))]
    [InlineData("identity;q=0", nameof(ContentCoding.None))]
    [InlineData("identity;q=0, br", nameof(ContentCoding.None))]
    [InlineData("*;q=0", nameof(ContentCoding.None))]
    [InlineData("gzip;q=0, identity;q=0", nameof(ContentCoding.None))]
    public void TheCodingIsTheOneThatTheScraperPrefers(string acceptEncoding, string coding) =>
        Assert.Equal(
            Enum.Parse<ContentCoding>(coding),
            EncodingNegotiation.Choose(acceptEncoding == "" ? StringValues.Empty : acceptEncoding)
        );
}
