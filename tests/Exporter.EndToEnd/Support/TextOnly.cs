using System.Net;
using System.Net.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Passes scrapes on and asks for the text format, as scrapers do that do not know OpenMetrics.</summary>
internal sealed class TextOnly : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = ExporterProcess.Patience };
    private readonly WebApplication _app;

    private TextOnly(Uri metrics)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(context => PassAsync(metrics, context));
    }

    public Uri Url => new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/metrics");

    public static async Task<TextOnly> StartAsync(Uri metrics, CancellationToken ct)
    {
        var proxy = new TextOnly(metrics);
        await proxy._app.StartAsync(ct);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task PassAsync(Uri metrics, HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, metrics);
        request.Headers.Add("Accept", "text/plain;version=0.0.4");
        using var answer = await _http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType!.ToString();
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
