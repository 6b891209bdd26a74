using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Discovery;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web;
using ClustermgrExporter.Web.Access;
using Serilog;

namespace ClustermgrExporter.Hosting;

/// <summary>The current configuration. A valid new one is applied on request, when one of its files changes, and when
/// DNS answers change; one at a time.</summary>
[SuppressMessage(
    "Design",
    "CA2213",
    Justification = "A signal may still trigger a reload during shutdown, which needs the semaphore."
)]
internal sealed class ConfigInForce : IAsyncDisposable
{
    private readonly ClusterRegistry _registry;
    private readonly ConnectionGate _gate;
    private readonly long? _descriptors;
    private readonly int _mostConnections;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ReloadLog _reloads;
    private readonly MemberDiscovery _discovery;
    private readonly SemaphoreSlim _reloading = new(1);
    private bool _ended;
    private bool _settingsLoaded = true,
        _secretsLoaded = true;
    private Func<ConfigResult>? _again;
    private ExporterConfig _config;
    private SecretWatch? _secrets;
    private WebConfigWatch? _web;
    private AlertingConfig? _alerting;
    private Func<AlertingConfig?, Task> _applyAlerting = static _ => Task.CompletedTask;
    private volatile ConfigState _state;

    /// <param name="config">The initial configuration; <see cref="StartAsync"/> applies it.</param>
    /// <param name="descriptors">How many files the process may open; null for no limit.</param>
    public ConfigInForce(
        ExporterConfig config,
        ClusterRegistry registry,
        ConnectionGate gate,
        int mostConnections,
        long? descriptors,
        TimeProvider time,
        ILogger log
    )
    {
        (_config, _registry, _gate, _mostConnections) = (config, registry, gate, mostConnections);
        (_descriptors, _time, _log, _reloads) = (descriptors, time, log, new ReloadLog(log));
        _discovery = new MemberDiscovery(
            // Not the resolver of the polls: names that do not resolve must not delay members.
            new DnsLookup(ResolverSettings.OfSystem, new NameResolver().ResolveAsync).ResolveAsync,
            RediscoverAsync,
            time,
            log
        );
        _state = new ConfigState(true, time.GetUtcNow(), config.Clusters.Length) { Share = config.Share };
        gate.Most = MostConnections(config);
    }

    /// <summary>The state that the metrics report.</summary>
    public ConfigState State => _state.At(_time.GetUtcNow()) with { NamesFailing = _discovery.Failing };

    /// <param name="again">Reads the settings again, for renewed secrets and certificates; null if there is nothing to
    /// read.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public async Task StartAsync(Func<ConfigResult>? again)
    {
        var expanded = await _discovery.ExpandAsync(_config);
        if (FileDescriptors.Objection(expanded, _descriptors) is { } objection)
        {
            _log.Error("{Error:l}", objection); // only now are the members known, and polls come before scrapes
        }
        await _registry.ApplyAsync(expanded);
        _gate.Most = MostConnections(expanded);
        _again = again;
        _secrets = new SecretWatch(Watched, RenewAsync, _time);
    }

    private IEnumerable<string> Watched() => ClusterFiles.Watched(_config).Concat(_alerting?.Files() ?? []);

    /// <param name="apply">Applies a section; throws InvalidDataException if it cannot.</param>
    public async Task StartAlertingAsync(AlertingConfig? alerting, Func<AlertingConfig?, Task> apply)
    {
        await apply(alerting);
        (_alerting, _applyAlerting) = (alerting, apply);
    }

    /// <summary>Watches the web configuration, and reloads it with the rest from now on.</summary>
    /// <param name="file">Path of the web configuration; null for none.</param>
    public void Watch(string? file, AccessGate access) =>
        _web = new WebConfigWatch(file, access, RenewWebAsync, _time, _log);

    /// <summary>Stops watching all files.</summary>
    public void StopWatching()
    {
        _secrets?.Dispose();
        _web?.Dispose();
    }

    /// <summary>Waits for a reload in flight. Later reloads do nothing, so that none starts polls after the
    /// end.</summary>
    public async ValueTask DisposeAsync()
    {
        StopWatching();
        await _discovery.StopAsync();
        await _reloading.WaitAsync();
        _ended = true;
        _reloading.Release();
        await _discovery.DisposeAsync();
    }

    /// <summary>Applies the configuration that <paramref name="load"/> returns if it is valid; otherwise the current
    /// one stays. The web configuration is reloaded in the same way.</summary>
    /// <returns>Whether both were valid.</returns>
    public async Task<bool> ReloadAsync(Func<ConfigResult> load)
    {
        await TakeOverAsync(load, ofSecrets: false);
        await RenewWebAsync();
        return _settingsLoaded && _web is not { Loaded: false };
    }

    /// <summary>Reloads the web configuration; if it is invalid, the current one stays.</summary>
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
            _log.Error(e, "a bug in this program while it read the web configuration again; please report it");
            _state = _state with { LastReloadSuccessful = false };
            return false;
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <summary>Applies the current settings with the present content of the files of secrets and
    /// certificates.</summary>
    /// <returns>Whether they were applied.</returns>
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
                _secretsLoaded = false; // already logged; tried again later
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
                var state = new ConfigState(AllLoaded, _time.GetUtcNow(), config.Clusters.Length)
                {
                    Share = config.Share,
                };
                _state = state.After(_state, change.Unwatched, config.Clusters.Select(cluster => cluster.Name));
                // A reload changes the set of watched files, which triggers a renewal that may change nothing.
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
            // Nobody awaits a reload that a signal started: its exceptions are seen here or nowhere.
            _log.Error(e, "a bug in this program while it reloaded; please report it");
            NotReloaded(ofSecrets);
        }
        finally
        {
            _reloading.Release();
        }
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

    /// <returns>What changed; null, with errors, if nothing was applied.</returns>
    private async Task<(RegistryChange? Change, ImmutableArray<string> Errors)> AppliedAsync(ConfigResult result)
    {
        var errors = ReloadText.Errors(result, _config, _descriptors);
        if (!errors.IsEmpty || result.Config is not { } config)
        {
            return (null, errors);
        }
        var kept = _config;
        try
        {
            var expanded = await _discovery.ExpandAsync(config);
            if (FileDescriptors.Objection(expanded, _descriptors) is { } objection)
            {
                return (null, [objection]);
            }
            await _applyAlerting(result.Alerting);
            _alerting = result.Alerting;
            var change = await _registry.ApplyAsync(expanded);
            _gate.Most = MostConnections(expanded);
            kept = config;
            return (change, []);
        }
        catch (InvalidDataException e)
        {
            return (null, [e.Message]);
        }
        finally
        {
            _discovery.Keep(kept);
        }
    }

    /// <summary>Applies the current configuration with the members that its DNS names now resolve to.</summary>
    private async Task RediscoverAsync()
    {
        await _reloading.WaitAsync();
        try
        {
            if (_ended)
            {
                return;
            }
            var (change, errors) = await AppliedAsync(new ConfigResult(_config, [], []) { Alerting = _alerting });
            foreach (var error in errors)
            {
                _log.Error("{Error:l}", error);
            }
            if (change is { IsNone: false })
            {
                _log.Information("members found by DNS: {Change:l}", change.ToString());
            }
        }
        catch (Exception e)
        {
            _log.Error(e, "a bug in this program while it took over members found by DNS; please report it");
        }
        finally
        {
            _reloading.Release();
        }
    }
}
