using System.Net;
using ClustermgrExporter.Config;
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
    public static async Task<ExporterServer> StartAsync(ListenAddress listen, RequestDelegate site, ILoggerFactory logs)
    {
        // The empty builder: no appsettings.json of whatever folder we start in, no ASPNETCORE_ variables.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_drain);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => Listen(options, listen))
            // A scrape copies bytes and waits for nothing: handing it to another thread costs more than serving it.
            .UseSockets(options => options.UnsafePreferInlineScheduling = true);
        var app = builder.Build();
        app.Run(site);
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
}
