using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web;
using ClustermgrExporter.Web.Access;
using Serilog;
using Serilog.Core;

namespace ClustermgrExporter.Hosting;

/// <summary>A polling and serving exporter, from its configuration to its end.</summary>
[SuppressMessage(
    "Design",
    "CA2213",
    Justification = "A signal may still reload while all ends: its gate must be there."
)]
internal sealed class RunningExporter : IAsyncDisposable
{
    private readonly ClusterRegistry _registry;
    private readonly ExporterTelemetry _telemetry;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly NameResolver _names = new();
    private readonly ConnectionGate _gate;
    private readonly long? _descriptors;
    private readonly int _mostConnections;
    private readonly SemaphoreSlim _reloading = new(1);
    private bool _ended;
    private bool _settingsLoaded = true,
        _secretsLoaded = true;
    private Func<ConfigResult>? _again;
    private ExporterConfig _config;
    private SecretWatch? _secrets;
    private readonly ReloadLog _reloads;
    private WebConfigWatch? _web;
    private ExporterServer? _server;
    private volatile ConfigState _state;
    private HeapTrim? _trim;

    private RunningExporter(
        ExporterConfig config,
        ServerOptions options,
        ILogger log,
        TimeProvider time,
        long? descriptors
    )
    {
        (_mostConnections, _reloads) = (options.MaxConnections ?? int.MaxValue, new ReloadLog(log));
        (_log, _time, _descriptors, _config) = (log, time, descriptors, config);
        _gate = new ConnectionGate(MostConnections(config), time, log);
        _telemetry = new ExporterTelemetry(() => _state!.At(time.GetUtcNow()), () => ProcessReading.Read());
        _registry = new ClusterRegistry(
            cluster => Collectors.Transport(cluster, _names),
            time,
            log,
            _telemetry.Requested
        );
        _state = new ConfigState(true, time.GetUtcNow(), config.Clusters.Length);
        Site = new WebSite(
            options,
            _registry,
            new OwnPage(_telemetry, time),
            time,
            () => Reload?.Invoke() ?? Task.FromResult(false)
        );
    }

    /// <summary>Of its own server, where it has one.</summary>
    public Uri Url => _server!.Url;

    /// <summary>Where it listens; a unix socket as unix:/path.</summary>
    public IEnumerable<string> Addresses => _server!.Addresses;

    /// <summary>What a request to reload does; null where there is nothing to reload.</summary>
    public Func<Task<bool>>? Reload { get; set; }

    public ClusterRegistry Registry => _registry;

    public WebSite Site { get; }

    /// <summary>Polls, and serves on a port of its own.</summary>
    /// <param name="descriptors">How many files the process may open; null for no limit. The configuration needs no
    /// more (<see cref="FileDescriptors.Objection"/>).</param>
    /// <exception cref="IOException">The listen address cannot be bound.</exception>
    /// <param name="again">Reads the settings in force once more, for other secrets and certificates; null for a demo,
    /// which has none.</param>
    /// <param name="web">As it was read from the file that the options name.</param>
    public static async Task<RunningExporter> StartAsync(
        ExporterConfig config,
        ServerOptions options,
        Logger log,
        TimeProvider time,
        long? descriptors,
        Func<ConfigResult>? again = null,
        WebConfig? web = null
    )
    {
        var running = await PollAsync(config, options, log, time, descriptors, again);
        try
        {
            var access = new AccessGate(web ?? WebConfig.None, options.OpenHealth);
            running._web = new WebConfigWatch(options.WebConfigFile, access, running.RenewWebAsync, time, log);
            running._server = await ExporterServer.StartAsync(
                options,
                running.Site,
                running._telemetry,
                access,
                running._gate,
                log
            );
            running._trim = HeapTrim.Start(time);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Polls; whoever calls serves the <see cref="Site"/>.</summary>
    /// <inheritdoc cref="StartAsync"/>
    public static async Task<RunningExporter> PollAsync(
        ExporterConfig config,
        ServerOptions options,
        ILogger log,
        TimeProvider time,
        long? descriptors,
        Func<ConfigResult>? again
    )
    {
        LookupThreads.Reserve();
        var running = new RunningExporter(config, options, log, time, descriptors);
        try
        {
            await running._registry.ApplyAsync(config);
            running._again = again;
            running._secrets = new SecretWatch(() => ClusterFiles.Watched(running._config), running.RenewAsync, time);
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes over what <paramref name="load"/> brings if it is good; else what runs stays as it is. So with
    /// the web configuration, which is read again too.</summary>
    /// <returns>Whether all was good.</returns>
    public async Task<bool> ReloadAsync(Func<ConfigResult> load)
    {
        await TakeOverAsync(load, ofSecrets: false);
        await RenewWebAsync();
        return _settingsLoaded && _web is not { Loaded: false };
    }

    /// <summary>The web configuration as its files hold it now; the last good one stays in force.</summary>
    private async Task<bool> RenewWebAsync()
    {
        await _reloading.WaitAsync();
        try
        {
            _web?.Renew();
            _state = _state with { LastReloadSuccessful = AllLoaded };
            return _web is not { Loaded: false };
        }
        catch (Exception e)
        {
            _log.Error(e, "a fault of this program while it read the web configuration again; please report it");
            _state = _state with { LastReloadSuccessful = false };
            return false;
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <summary>The settings in force, with the secrets and certificates as their files hold them now.</summary>
    /// <returns>Whether they are in force.</returns>
    public async Task<bool> RenewAsync()
    {
        if (_again is { } again)
        {
            await TakeOverAsync(again, ofSecrets: true);
        }
        return _secretsLoaded;
    }

    private async Task TakeOverAsync(Func<ConfigResult> load, bool ofSecrets)
    {
        await _reloading.WaitAsync();
        try
        {
            if (_ended)
            {
                return;
            }
            var result = load();
            var (change, errors) = await AppliedAsync(result);
            if (!_reloads.Tell(result.Warnings, errors, again: ofSecrets))
            {
                _secretsLoaded = false; // told before, and tried again
                return;
            }
            if (change is not null)
            {
                var config = result.Config!;
                (_config, _secretsLoaded) = (config, true);
                if (!ofSecrets)
                {
                    (_settingsLoaded, _again) = (true, result.Again);
                }
                _state = new ConfigState(AllLoaded, _time.GetUtcNow(), config.Clusters.Length).After(
                    _state,
                    change.Unwatched,
                    config.Clusters.Select(cluster => cluster.Name)
                );
                // After a reload other files are looked at, and nothing need be new.
                if (!ofSecrets || !change.IsNone)
                {
                    _log.Information(
                        "{What:l}: {Change:l}",
                        ofSecrets ? ReloadText.Renewed(config) : "configuration reloaded",
                        change.ToString()
                    );
                }
                return;
            }
            NotReloaded(ofSecrets);
        }
        catch (Exception e)
        {
            // Nobody awaits a reload that a signal began: what it throws is heard here or nowhere.
            _log.Error(e, "a fault of this program while it reloaded; please report it");
            NotReloaded(ofSecrets);
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <summary>Lets scrapes in flight finish, then ends the polls.</summary>
    public async ValueTask DisposeAsync()
    {
        _trim?.Dispose();
        _secrets?.Dispose();
        _web?.Dispose();
        if (_server is not null)
        {
            await _server.StopAsync();
            await _server.DisposeAsync();
        }
        // A reload in flight ends first, and one that comes after finds the end: none may start polls behind its back.
        await _reloading.WaitAsync();
        _ended = true;
        _reloading.Release();
        await _registry.StopAsync();
    }

    private int MostConnections(ExporterConfig config) =>
        Math.Min(_mostConnections, FileDescriptors.Scrapes(config, _descriptors));

    private bool AllLoaded => _settingsLoaded && _secretsLoaded && _web is not { Loaded: false };

    private void NotReloaded(bool ofSecrets)
    {
        _secretsLoaded &= !ofSecrets;
        _settingsLoaded &= ofSecrets;
        _state = _state with { LastReloadSuccessful = false };
        _log.Error("{What:l}", ofSecrets ? ReloadText.NotRenewed(_config) : ReloadText.NotReloaded);
    }

    /// <returns>What changed; null where errors say why nothing did.</returns>
    private async Task<(RegistryChange? Change, ImmutableArray<string> Errors)> AppliedAsync(ConfigResult result)
    {
        var errors = ReloadText.Errors(result, _config, _descriptors);
        if (!errors.IsEmpty || result.Config is not { } config)
        {
            return (null, errors);
        }
        try
        {
            var change = await _registry.ApplyAsync(config);
            _gate.Most = MostConnections(config);
            return (change, []);
        }
        catch (InvalidDataException e)
        {
            return (null, [e.Message]);
        }
    }
}
