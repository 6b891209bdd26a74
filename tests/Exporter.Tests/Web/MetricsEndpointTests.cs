using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ClustermgrExporter.Tests.Web;

public sealed class MetricsEndpointTests : IAsyncLifetime
{
    private const string OpenMetrics = "application/openmetrics-text;version=1.0.0";

    private readonly FakeTimeProvider _clock = new();
    private MetricsServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _server = await MetricsServer.StartAsync(_clock, Ct, new ClusterPage(Samples.Full()));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(null, "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData(OpenMetrics, "application/openmetrics-text; version=1.0.0; charset=utf-8")]
    public async Task AScrapeIsACompletePageOfTheFormatItNames(string? accept, string contentType)
    {
        using var response = await _server.SendAsync(HttpMethod.Get, Ct, accept);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(contentType, response.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal(["Accept", "Accept-Encoding"], response.Headers.Vary);
        Assert.Equal(
            ("no-store", "nosniff"),
            (response.Headers.CacheControl!.ToString(), response.Headers.GetValues("X-Content-Type-Options").Single())
        );
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Null(response.Headers.TransferEncodingChunked);
        var body = await response.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(response.Content.Headers.ContentLength, body.Length);
        var page = ExpositionParser.Parse(body, accept is null ? MetricsFormat.Text004 : MetricsFormat.OpenMetrics1);
        Assert.Equal("1", page.One("clustermgr_up", "member=a:9998").Text);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(OpenMetrics)]
    public async Task GzipHoldsThePlainBytesAndIsMuchSmaller(string? accept)
    {
        using var plain = await _server.SendAsync(HttpMethod.Get, Ct, accept);
        using var gzip = await _server.SendAsync(HttpMethod.Get, Ct, accept, "gzip");

        Assert.Equal(["gzip"], gzip.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept", "Accept-Encoding"], gzip.Headers.Vary);
        Assert.Equal(
            ("no-store", "nosniff"),
            (gzip.Headers.CacheControl!.ToString(), gzip.Headers.GetValues("X-Content-Type-Options").Single())
        );
        Assert.Equal(
            plain.Content.Headers.NonValidated["Content-Type"],
            gzip.Content.Headers.NonValidated["Content-Type"]
        );
        var expected = await plain.Content.ReadAsByteArrayAsync(Ct);
        var compressed = await gzip.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(gzip.Content.Headers.ContentLength, compressed.Length);
        Assert.Equal(Encoding.UTF8.GetString(expected), Encoding.UTF8.GetString(Decompress(compressed)));
        Assert.InRange(compressed.Length, 1, expected.Length / 4);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(OpenMetrics, null)]
    [InlineData(null, "gzip")]
    public async Task HeadHasTheHeadersOfGetAndNoBody(string? accept, string? encoding)
    {
        using var get = await _server.SendAsync(HttpMethod.Get, Ct, accept, encoding);
        using var head = await _server.SendAsync(HttpMethod.Head, Ct, accept, encoding);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(Headers(get), Headers(head));
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Ct));

        static IEnumerable<string> Headers(HttpResponseMessage response) =>
            response
                .Headers.Concat(response.Content.Headers)
                .Where(h => h.Key != "Date")
                .Select(h => $"{h.Key}: {string.Join(", ", h.Value)}");
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethodsAreRefusedWithTheOnesThatWork(string method)
    {
        using var response = await _server.SendAsync(new HttpMethod(method), Ct);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow);
        Assert.Equal("Metrics are read with GET or HEAD.\n", await response.Content.ReadAsStringAsync(Ct));
    }

    [Fact]
    public async Task AScraperThatTakesNoCodingThatWeHaveIsToldWhatToAllow()
    {
        using var response = await _server.SendAsync(HttpMethod.Get, Ct, acceptEncoding: "identity;q=0, br");

        Assert.Equal(HttpStatusCode.NotAcceptable, response.StatusCode);
        Assert.Contains("allow one of them", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheNextScrapeSeesTheNextPagePlainAndCompressed()
    {
        using var before = await _server.SendAsync(HttpMethod.Get, Ct, acceptEncoding: "gzip");
        _server.Publish();

        using var plain = await _server.SendAsync(HttpMethod.Get, Ct);
        using var gzip = await _server.SendAsync(HttpMethod.Get, Ct, acceptEncoding: "gzip");

        var read = ExpositionParser.Parse(
            Decompress(await gzip.Content.ReadAsByteArrayAsync(Ct)),
            MetricsFormat.Text004
        );
        Assert.Empty(read.All("clustermgr_up"));
        Assert.DoesNotContain("clustermgr_up", await plain.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReaderThatLeavesInTheMiddleHarmsNobody()
    {
        // Far more than the sockets buffer, so that the server is still writing when the reader disconnects.
        _server.Publish([.. Enumerable.Repeat(new ClusterPage(Samples.Full()), 800)]);
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(IPAddress.Loopback, _server.Http.BaseAddress!.Port, Ct);
            await socket.SendAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Ct);
            Assert.NotEqual(0, await socket.ReceiveAsync(new byte[100], Ct));
            socket.LingerState = new LingerOption(true, 0);
        }

        using var response = await _server.SendAsync(HttpMethod.Get, Ct);
        var body = await response.Content.ReadAsByteArrayAsync(Ct);
        Assert.Equal(response.Content.Headers.ContentLength, body.Length);
        Assert.True(body.Length > 10_000_000);
    }

    private static byte[] Decompress(byte[] compressed)
    {
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        var plain = new MemoryStream();
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
