using System.Net;
using ClustermgrExporter.Config;
using ClustermgrExporter.Exposition.Own;
using ClustermgrExporter.Polling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ClustermgrExporter.Web;

/// <summary>The pages on one port.</summary>
internal sealed class ExporterServer : IAsyncDisposable
{
    /// <summary>Scrapes in flight may finish for so long once the process is told to end.</summary>
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(3);

    private readonly WebApplication _app;

    private ExporterServer(WebApplication app) => _app = app;

    /// <summary>Where it listens, with the port that was found for port 0; the wildcard shows as localhost.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        .Replace("[::]", "localhost", StringComparison.Ordinal)
        .Replace("0.0.0.0", "localhost", StringComparison.Ordinal));

    /// <exception cref="IOException">The address cannot be bound.</exception>
    public static async Task<ExporterServer> StartAsync(
        ListenAddress listen, string telemetryPath, Fleet fleet, OwnPage own, ILoggerFactory logs, TimeProvider time)
    {
        // The empty builder: no appsettings.json of whatever folder we start in, no ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_drain);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Listen(options, listen))
            // A scrape copies bytes and waits for nothing: handing it to another thread costs more than serving it.
            .UseSockets(options => options.UnsafePreferInlineScheduling = true);
        var app = builder.Build();
        app.Run(Pages(telemetryPath, fleet, own, time));
        try
        {
            await app.StartAsync();
            return new ExporterServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public Task StopAsync() => _app.StopAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Listen(KestrelServerOptions options, ListenAddress listen)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = 0; // nothing here is written to
        if (listen.Any) options.ListenAnyIP(listen.Port);
        foreach (var endPoint in listen.EndPoints) options.Listen(endPoint);
    }

    private static RequestDelegate Pages(string telemetryPath, Fleet fleet, OwnPage own, TimeProvider time)
    {
        var metrics = new MetricsEndpoint(() => fleet.Pages, own, time);
        var landing = new LandingPage(fleet, telemetryPath, time);
        var health = new HealthEndpoints(fleet);
        // A handful of fixed paths: a lookup is all the routing they need.
        var pages = new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
        {
            [telemetryPath] = metrics.InvokeAsync,
            ["/"] = ReadOnly(landing.ServeAsync),
            ["/-/healthy"] = ReadOnly(HealthEndpoints.HealthyAsync),
            ["/-/ready"] = ReadOnly(health.ReadyAsync),
        };
        return context => pages.TryGetValue(context.Request.Path.Value ?? "", out var page)
            ? page(context)
            : PlainText.WriteAsync(context, StatusCodes.Status404NotFound, $"no such page; metrics are at {telemetryPath}\n");
    }

    private static RequestDelegate ReadOnly(RequestDelegate page) => context =>
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) return page(context);
        context.Response.Headers.Allow = "GET, HEAD";
        return PlainText.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "this page is read with GET or HEAD\n");
    };
}
