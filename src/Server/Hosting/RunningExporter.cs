using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Discovery;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web;
using ClustermgrExporter.Web.Access;
using Serilog;
using Serilog.Core;

namespace ClustermgrExporter.Hosting;

/// <summary>A running exporter: polls, serves and sends alerts until it is disposed.</summary>
internal sealed class RunningExporter : IAsyncDisposable
{
    private readonly ClusterRegistry _registry;
    private readonly ExporterTelemetry _telemetry;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly NameResolver _names = new();
    private readonly ConnectionGate _gate;
    private readonly ActiveConfig _config;
    private readonly ExporterPage _exporterPage;
    private readonly ServerOptions _options;
    private DirectAlerts? _alerts;
    private ExporterServer? _server;
    private HeapTrimmer? _trim;

    private RunningExporter(
        ExporterConfig config,
        ServerOptions options,
        ILogger log,
        TimeProvider time,
        long? descriptors
    )
    {
        _log = log;
        _time = time;
        _options = options;
        var most = options.MaxConnections ?? int.MaxValue;
        _gate = new ConnectionGate(most, time, log);
        _telemetry = new ExporterTelemetry(() => _config!.State, () => ProcessReading.Read());
        _registry = new ClusterRegistry(new SharedTransports(_names).Acquire, time, log, _telemetry.RecordRequest);
        _config = new ActiveConfig(config, _registry, _gate, most, descriptors, time, log);
        _exporterPage = new ExporterPage(_telemetry, time);
        Site = new PageRouter(
            options,
            _registry,
            _exporterPage,
            time,
            () => Reload?.Invoke() ?? Task.FromResult(false)
        );
    }

    /// <summary>URL of its own server; only valid if it has one.</summary>
    public Uri Url => _server!.Url;

    /// <summary>Addresses on which it listens; a Unix socket as unix:/path.</summary>
    public IEnumerable<string> Addresses => _server!.Addresses;

    /// <summary>Handles a reload request; null if there is nothing to reload.</summary>
    public Func<Task<bool>>? Reload { get; set; }

    public ClusterRegistry Registry => _registry;

    public PageRouter Site { get; }

    /// <summary>Polls, and serves on a port of its own.</summary>
    /// <param name="descriptors">How many files the process may open; null for no limit. The configuration needs no
    /// more (<see cref="DescriptorBudget.FindProblem"/>).</param>
    /// <exception cref="IOException">The listen address cannot be bound.</exception>
    /// <param name="reload">Reads the settings in force once more, for other secrets and certificates; null for a demo,
    /// which has none.</param>
    /// <param name="web">The web configuration, as read from the file that the options name.</param>
    /// <param name="alerting">Null to send no alerts.</param>
    public static async Task<RunningExporter> StartAsync(
        ExporterConfig config,
        ServerOptions options,
        Logger log,
        TimeProvider time,
        long? descriptors,
        Func<ConfigResult>? reload = null,
        WebConfig? web = null,
        AlertingConfig? alerting = null
    )
    {
        var running = await PollAsync(config, options, log, time, descriptors, reload);
        try
        {
            var access = new AccessGate(web ?? WebConfig.None, options.HealthWithoutAuth);
            running._config.WatchWebConfig(options.WebConfigFile, access);
            running._server = await ExporterServer.StartAsync(
                options,
                running.Site,
                running._telemetry,
                access,
                running._gate,
                log
            );
            running._trim = HeapTrimmer.Start(time);
            await running.StartAlertsAsync(alerting, running.GetPageUrl(running._server.Url));
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Polls; the caller serves the <see cref="Site"/>.</summary>
    /// <param name="hosted">Alerting of an exporter inside another program; null for none.</param>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task<RunningExporter> PollAsync(
        ExporterConfig config,
        ServerOptions options,
        ILogger log,
        TimeProvider time,
        long? descriptors,
        Func<ConfigResult>? reload,
        AlertingConfig? hosted = null
    )
    {
        LookupThreads.Reserve();
        var running = new RunningExporter(config, options, log, time, descriptors);
        try
        {
            await running._config.StartAsync(reload);
            if (hosted is not null)
            {
                await running.StartAlertsAsync(hosted, new($"http://{Environment.MachineName}/"));
            }
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="ActiveConfig.ReloadAsync"/>
    public Task<bool> ReloadAsync(Func<ConfigResult> load) => _config.ReloadAsync(load);

    /// <summary>Sends alerts by the configuration in force, now and after each reload.</summary>
    /// <param name="page">URL of this exporter, as others reach it.</param>
    public Task StartAlertsAsync(AlertingConfig? alerting, Uri page) =>
        _config.StartAlertingAsync(
            alerting,
            async wanted =>
            {
                if (_alerts is null && wanted is null)
                {
                    return; // the rules are not even read
                }
                _alerts ??= new DirectAlerts(
                    DirectRules.LoadShipped(),
                    new(_registry, _exporterPage, _telemetry.Alerting, page, _names, _time, _log),
                    _options.StoragePath is { } folder ? AlertStateFile.Open(folder, _log) : null
                );
                await _alerts.ApplyAsync(wanted);
            }
        );

    /// <summary>The configured external URL, or one with the name of this machine.</summary>
    private Uri GetPageUrl(Uri served) =>
        _options.ExternalUrl
        ?? new UriBuilder(served)
        {
            Host = served.IsLoopback || served.Host is "0.0.0.0" or "[::]" ? Environment.MachineName : served.Host,
            Path = $"{_options.RoutePrefix}/",
        }.Uri;

    /// <summary>Lets scrapes in flight finish, then ends the polls.</summary>
    public async ValueTask DisposeAsync()
    {
        _trim?.Dispose();
        _config.StopWatching();
        if (_server is not null)
        {
            await _server.StopAsync();
            await _server.DisposeAsync();
        }
        await _config.DisposeAsync();
        if (_alerts is not null)
        {
            await _alerts.DisposeAsync();
        }
        await _registry.StopAsync();
    }
}
