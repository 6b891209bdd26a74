using ClustermgrExporter.Configuration;
using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClustermgrExporter.Hosting;

/// <summary>Adds the exporter to the host of another program.</summary>
public static class ClustermgrExporterExtensions
{
    /// <summary>Polls the clusters of <paramref name="options"/> while the host runs. Secrets and certificates are read
    /// again when their files change.</summary>
    /// <exception cref="InvalidOperationException">The options are invalid; the message lists all errors, one per line.
    /// Or the exporter was already added.</exception>
    public static IHostApplicationBuilder AddClustermgrExporter(
        this IHostApplicationBuilder builder,
        ClustermgrExporterOptions options
    )
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(HostedExporter)))
        {
            throw new InvalidOperationException(
                "AddClustermgrExporter was called before; name all clusters in one ConfigurationFile"
            );
        }
        var loaded = options.Load();
        if (loaded.Config is null)
        {
            throw new InvalidOperationException(string.Join('\n', loaded.Errors));
        }
        foreach (var warning in loaded.Warnings)
        {
            options.Logger.Warning("{Warning:l}", warning);
        }
        var service = new HostedExporter(
            options,
            () =>
                RunningExporter.PollAsync(
                    loaded.Config,
                    new ServerOptions([], options.TelemetryPath),
                    options.Logger,
                    TimeProvider.System,
                    descriptors: null,
                    loaded.Reload,
                    loaded.Alerting
                )
        );
        builder.Services.AddSingleton(service);
        builder.Services.AddHostedService(_ => service);
        return builder;
    }

    /// <summary>Serves the metrics, the status page, the API, the runbooks and the health checks, at the same paths as
    /// the standalone program.</summary>
    /// <exception cref="InvalidOperationException"><see cref="AddClustermgrExporter"/> was not called.</exception>
    public static IEndpointConventionBuilder MapClustermgrExporter(this IEndpointRouteBuilder endpoints)
    {
        var exporter =
            endpoints.ServiceProvider.GetService<HostedExporter>()
            ?? throw new InvalidOperationException(
                "call builder.AddClustermgrExporter(options) before app.MapClustermgrExporter()"
            );
        var group = endpoints.MapGroup("");
        foreach (var pattern in PageRouter.Patterns(exporter.TelemetryPath))
        {
            group.Map(pattern, (RequestDelegate)exporter.AnswerAsync);
        }
        return group;
    }

    /// <summary>Polls while the host runs.</summary>
    private sealed class HostedExporter(ClustermgrExporterOptions options, Func<Task<RunningExporter>> start)
        : IHostedService
    {
        private RunningExporter? _running;

        public string TelemetryPath => options.TelemetryPath;

        public async Task StartAsync(CancellationToken cancellationToken) => _running = await start();

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            if (_running is not null)
            {
                await _running.DisposeAsync();
            }
        }

        public Task AnswerAsync(HttpContext context)
        {
            if (_running is { } running)
            {
                return ((RouteEndpoint)running.Site.Find(context.Request.Path)).RequestDelegate!(context);
            }
            return PlainText.WriteAsync(
                context,
                StatusCodes.Status503ServiceUnavailable,
                "the exporter has not started yet; try again in a moment\n"
            );
        }
    }
}
