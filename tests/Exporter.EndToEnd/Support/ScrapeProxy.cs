using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Forwards scrapes, requesting one format, and fails a scrape on request.</summary>
internal sealed class ScrapeProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = ExporterProcess.Patience };
    private readonly Uri _metrics;
    private readonly string _accept;
    private LoopbackServer? _server;
    private int _toFail;
    private int _failed;

    private ScrapeProxy(Uri metrics, string accept)
    {
        _metrics = metrics;
        _accept = accept;
    }

    public Uri Url => new(_server!.Root, "/metrics");

    /// <summary>The number of failed scrapes.</summary>
    public int Failed => Volatile.Read(ref _failed);

    /// <summary>Requests the format like a scraper that does not know OpenMetrics.</summary>
    public static Task<ScrapeProxy> TextOnlyAsync(Uri metrics, CancellationToken ct) =>
        StartAsync(new ScrapeProxy(metrics, "text/plain;version=0.0.4"), ct);

    /// <summary>Requests the format like Prometheus.</summary>
    public static Task<ScrapeProxy> OpenMetricsAsync(Uri metrics, CancellationToken ct) =>
        StartAsync(new ScrapeProxy(metrics, "application/openmetrics-text;version=1.0.0"), ct);

    /// <summary>Answers the next scrape with 500.</summary>
    public void FailOnce() => Interlocked.Exchange(ref _toFail, 1);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        _http.Dispose();
    }

    private static async Task<ScrapeProxy> StartAsync(ScrapeProxy proxy, CancellationToken ct)
    {
        proxy._server = await LoopbackServer.StartAsync(proxy.PassAsync, ct);
        return proxy;
    }

    private async Task PassAsync(HttpContext context)
    {
        if (Interlocked.Exchange(ref _toFail, 0) == 1)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            Interlocked.Increment(ref _failed);
            return;
        }
        using var request = new HttpRequestMessage(HttpMethod.Get, _metrics);
        request.Headers.Add("Accept", _accept);
        using var answer = await _http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType!.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
