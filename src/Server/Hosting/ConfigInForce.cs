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

/// <summary>The configuration in force: taken over where it is good, by request, when a file of it changes and when DNS
/// says otherwise; one at a time.</summary>
[SuppressMessage(
    "Design",
    "CA2213",
    Justification = "A signal may still reload while all ends: its gate must be there."
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

    /// <param name="config">The first; <see cref="StartAsync"/> puts it into force.</param>
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
            // Not by the polls' resolver: names that nobody knows must not keep members waiting.
            new DnsLookup(ResolverSettings.OfSystem, new NameResolver().ResolveAsync).ResolveAsync,
            RediscoverAsync,
            time,
            log
        );
        _state = new ConfigState(true, time.GetUtcNow(), config.Clusters.Length) { Share = config.Share };
        gate.Most = MostConnections(config);
    }

    /// <summary>As it is told.</summary>
    public ConfigState State => _state.At(_time.GetUtcNow()) with { NamesFailing = _discovery.Failing };

    /// <param name="again">Reads the settings once more, for other secrets and certificates; null where nothing is
    /// read.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public async Task StartAsync(Func<ConfigResult>? again)
    {
        var expanded = await _discovery.ExpandAsync(_config);
        if (FileDescriptors.Objection(expanded, _descriptors) is { } objection)
        {
            _log.Error("{Error:l}", objection); // the members are known now alone, and polls come before scrapes
        }
        await _registry.ApplyAsync(expanded);
        _gate.Most = MostConnections(expanded);
        _again = again;
        _secrets = new SecretWatch(Watched, RenewAsync, _time);
    }

    private IEnumerable<string> Watched() => ClusterFiles.Watched(_config).Concat(_alerting?.Files() ?? []);

    /// <param name="apply">Puts a section into force; throws InvalidDataException where it cannot be.</param>
    public async Task StartAlertingAsync(AlertingConfig? alerting, Func<AlertingConfig?, Task> apply)
    {
        await apply(alerting);
        (_alerting, _applyAlerting) = (alerting, apply);
    }

    /// <summary>From now on it is told and reloaded with the others.</summary>
    /// <param name="file">The web configuration's; null where there is none.</param>
    public void Watch(string? file, AccessGate access) =>
        _web = new WebConfigWatch(file, access, RenewWebAsync, _time, _log);

    /// <summary>No file is looked at any more.</summary>
    public void StopWatching()
    {
        _secrets?.Dispose();
        _web?.Dispose();
    }

    /// <summary>A reload in flight ends first, and one that comes after finds the end: none may start polls behind its
    /// back.</summary>
    public async ValueTask DisposeAsync()
    {
        StopWatching();
        await _discovery.StopAsync();
        await _reloading.WaitAsync();
        _ended = true;
        _reloading.Release();
        await _discovery.DisposeAsync();
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
                var state = new ConfigState(AllLoaded, _time.GetUtcNow(), config.Clusters.Length)
                {
                    Share = config.Share,
                };
                _state = state.After(_state, change.Unwatched, config.Clusters.Select(cluster => cluster.Name));
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

    /// <summary>The configuration in force with the members that its DNS names stand for now.</summary>
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
            _log.Error(e, "a fault of this program while it took over members found by DNS; please report it");
        }
        finally
        {
            _reloading.Release();
        }
    }
}
