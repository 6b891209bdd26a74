using System.Net;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Tests.Exposition;
using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ClustermgrExporter.Tests.Web;

/// <summary>The endpoint behind a real server on a free port, with pages that a test can swap.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private ClusterPage[] _pages;

    private MetricsServer(WebApplication app, HttpClient http, ClusterPage[] pages)
    {
        _app = app;
        Http = http;
        _pages = pages;
    }

    /// <summary>Does not decompress, and has no limit of connections.</summary>
    public HttpClient Http { get; }

    /// <summary>Sets the pages for the next scrape.</summary>
    public void Publish(params ClusterPage[] pages) => Volatile.Write(ref _pages, pages);

    public static async Task<MetricsServer> StartAsync(
        TimeProvider clock,
        CancellationToken ct,
        params ClusterPage[] pages
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        MetricsServer? server = null;
        var own = new ExporterPage(
            new ExporterTelemetry(() => new ConfigState(true, Samples.Now, 1), () => Samples.Process),
            clock
        );
        var endpoint = new MetricsEndpoint(() => [.. Volatile.Read(ref server!._pages)], own, clock);
        app.Run(endpoint.InvokeAsync);
        await app.StartAsync(ct);
        var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromSeconds(60) };
        return server = new MetricsServer(app, http, pages);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        CancellationToken ct,
        string? accept = null,
        string? acceptEncoding = null
    )
    {
        using var request = new HttpRequestMessage(method, "/metrics");
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }
        if (acceptEncoding is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", acceptEncoding);
        }
        return await Http.SendAsync(request, ct);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
