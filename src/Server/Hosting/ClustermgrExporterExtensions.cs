using ClustermgrExporter.Configuration;
using ClustermgrExporter.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ClustermgrExporter.Hosting;

/// <summary>The exporter as a part of another program's host.</summary>
public static class ClustermgrExporterExtensions
{
    /// <summary>Polls the clusters of <paramref name="options"/> while the host runs. Secrets and certificates are read
    /// again when their files change.</summary>
    /// <exception cref="InvalidOperationException">The options are not valid; the message has all errors, a line
    /// each. Or there is an exporter already: two would poll twice.</exception>
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
                    loaded.Again,
                    loaded.Alerting
                )
        );
        builder.Services.AddSingleton(service);
        builder.Services.AddHostedService(_ => service);
        return builder;
    }

    /// <summary>Serves its pages: the metrics, the status page, the API, the runbooks and the health checks, at the
    /// paths that the program of its own has.</summary>
    /// <exception cref="InvalidOperationException"><see cref="AddClustermgrExporter"/> was not called.</exception>
    public static IEndpointConventionBuilder MapClustermgrExporter(this IEndpointRouteBuilder endpoints)
    {
        var exporter =
            endpoints.ServiceProvider.GetService<HostedExporter>()
            ?? throw new InvalidOperationException(
                "call builder.AddClustermgrExporter(options) before app.MapClustermgrExporter()"
            );
        var group = endpoints.MapGroup("");
        foreach (var pattern in WebSite.Patterns(exporter.TelemetryPath))
        {
            group.Map(pattern, (RequestDelegate)exporter.AnswerAsync);
        }
        return group;
    }

    /// <summary>Polls from the start of the host to its end.</summary>
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
