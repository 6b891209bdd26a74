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
internal sealed class ActiveConfig : IAsyncDisposable
{
    private readonly ClusterRegistry _registry;
    private readonly ConnectionGate _gate;
    private readonly long? _descriptors;
    private readonly int _maxConnections;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ReloadLog _reloadLog;
    private readonly MemberDiscovery _discovery;
    private readonly SemaphoreSlim _reloading = new(1);
    private bool _disposed;
    private bool _settingsLoaded = true;
    private bool _secretsLoaded = true;
    private Func<ConfigResult>? _reload;
    private ExporterConfig _config;
    private FileWatcher? _secrets;
    private WebConfigWatcher? _web;
    private AlertingConfig? _alerting;
    private Func<AlertingConfig?, Task> _applyAlerting = static _ => Task.CompletedTask;
    private volatile ConfigState _state;

    /// <param name="config">The initial configuration; <see cref="StartAsync"/> applies it.</param>
    /// <param name="descriptors">How many files the process may open; null for no limit.</param>
    public ActiveConfig(
        ExporterConfig config,
        ClusterRegistry registry,
        ConnectionGate gate,
        int maxConnections,
        long? descriptors,
        TimeProvider time,
        ILogger log
    )
    {
        _config = config;
        _registry = registry;
        _gate = gate;
        _maxConnections = maxConnections;
        _descriptors = descriptors;
        _time = time;
        _log = log;
        _reloadLog = new ReloadLog(log);
        _discovery = new MemberDiscovery(
            // Not the resolver of the polls: names that do not resolve must not delay members.
            new DnsLookup(ResolverSettings.ReadSystem, new NameResolver().ResolveAsync).ResolveAsync,
            RediscoverAsync,
            time,
            log
        );
        _state = new ConfigState(true, time.GetUtcNow(), config.Clusters.Length) { Share = config.Share };
        gate.MaxConnections = GetMaxConnections(config);
    }

    /// <summary>The state that the metrics report.</summary>
    public ConfigState State => _state.WithoutExpired(_time.GetUtcNow()) with { NamesFailing = _discovery.Failing };

    /// <param name="reload">Reads the settings again, for renewed secrets and certificates; null if there is nothing to
    /// read.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public async Task StartAsync(Func<ConfigResult>? reload)
    {
        var expanded = await _discovery.ExpandAsync(_config);
        if (DescriptorBudget.FindProblem(expanded, _descriptors) is { } objection)
        {
            _log.Error("{Error:l}", objection); // only now are the members known, and polls come before scrapes
        }
        await _registry.ApplyAsync(expanded);
        _gate.MaxConnections = GetMaxConnections(expanded);
        _reload = reload;
        _secrets = new FileWatcher(GetWatchedFiles, ReloadSecretsAsync, _time);
    }

    private IEnumerable<string> GetWatchedFiles() =>
        ClusterFiles.ListWatchedFiles(_config).Concat(_alerting?.Files() ?? []);

    /// <param name="apply">Applies a section; throws InvalidDataException if it cannot.</param>
    public async Task StartAlertingAsync(AlertingConfig? alerting, Func<AlertingConfig?, Task> apply)
    {
        await apply(alerting);
        _alerting = alerting;
        _applyAlerting = apply;
    }

    /// <summary>Watches the web configuration, and reloads it with the rest from now on.</summary>
    /// <param name="file">Path of the web configuration; null for none.</param>
    public void WatchWebConfig(string? file, AccessGate access) =>
        _web = new WebConfigWatcher(file, access, ReloadWebAsync, _time, _log);

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
        _disposed = true;
        _reloading.Release();
        await _discovery.DisposeAsync();
    }

    /// <summary>Applies the configuration that <paramref name="load"/> returns if it is valid; otherwise the current
    /// one stays. The web configuration is reloaded in the same way.</summary>
    /// <returns>Whether both were valid; false during shutdown, when nothing is applied.</returns>
    public async Task<bool> ReloadAsync(Func<ConfigResult> load)
    {
        await ApplyAsync(load, secretsOnly: false);
        await ReloadWebAsync();
        return !_disposed && _settingsLoaded && _web is not { Loaded: false };
    }

    /// <summary>Reloads the web configuration; if it is invalid, the current one stays.</summary>
    private async Task<bool> ReloadWebAsync()
    {
        var failed = false;
        await RunExclusiveAsync(
            "read the web configuration again",
            () =>
            {
                _web?.Reload();
                _state = _state with { LastReloadSuccessful = AllLoaded };
                return Task.CompletedTask;
            },
            () =>
            {
                failed = true;
                _state = _state with { LastReloadSuccessful = false };
            }
        );
        return !failed && _web is not { Loaded: false };
    }

    /// <summary>Applies the current settings with the present content of the files of secrets and
    /// certificates.</summary>
    /// <returns>Whether they were applied.</returns>
    public async Task<bool> ReloadSecretsAsync()
    {
        await (_reload is { } load ? ApplyAsync(load, secretsOnly: true) : Task.CompletedTask);
        return _secretsLoaded;
    }

    private Task ApplyAsync(Func<ConfigResult> load, bool secretsOnly) =>
        RunExclusiveAsync(
            "reloaded",
            async () =>
            {
                var result = load();
                var (change, errors) = await TryApplyAsync(result);
                if (!_reloadLog.LogProblems(result.Warnings, errors, isRetry: secretsOnly))
                {
                    _secretsLoaded = false; // already logged; tried again later
                }
                else if (change is not null)
                {
                    RecordReload(result, change, secretsOnly);
                }
                else
                {
                    RecordFailedReload(secretsOnly);
                }
            },
            () => RecordFailedReload(secretsOnly)
        );

    /// <summary>Makes one change at a time, and none after the end. Nobody awaits a change that a signal or a timer
    /// started: its exceptions are logged here or nowhere.</summary>
    /// <param name="what">What is done, as the log says it: "reloaded".</param>
    private async Task RunExclusiveAsync(string what, Func<Task> change, Action? failed = null)
    {
        await _reloading.WaitAsync();
        try
        {
            if (!_disposed)
            {
                await change();
            }
        }
        catch (Exception e)
        {
            _log.Error(e, "a bug in this program while it {What:l}; please report it", what);
            failed?.Invoke();
        }
        finally
        {
            _reloading.Release();
        }
    }

    private void RecordReload(ConfigResult result, RegistryChange change, bool secretsOnly)
    {
        var config = result.Config!;
        _config = config;
        _secretsLoaded = true;
        if (!secretsOnly)
        {
            _settingsLoaded = true;
            _reload = result.Reload;
        }
        var state = new ConfigState(AllLoaded, _time.GetUtcNow(), config.Clusters.Length) { Share = config.Share };
        _state = state.WithRemoved(_state, change.Unwatched, config.Clusters.Select(cluster => cluster.Name));
        // A reload changes the set of watched files, which triggers a renewal that may change nothing.
        if (!secretsOnly || !change.IsEmpty)
        {
            var what = secretsOnly ? ReloadText.DescribeReloadedFiles(config) : "configuration reloaded";
            _log.Information("{What:l}: {Change:l}", what, change.ToString());
        }
    }

    private int GetMaxConnections(ExporterConfig config) =>
        Math.Min(_maxConnections, DescriptorBudget.ForScrapes(config, _descriptors));

    private bool AllLoaded => _settingsLoaded && _secretsLoaded && _web is not { Loaded: false };

    private void RecordFailedReload(bool secretsOnly)
    {
        _secretsLoaded &= !secretsOnly;
        _settingsLoaded &= secretsOnly;
        _state = _state with { LastReloadSuccessful = false };
        _log.Error("{What:l}", secretsOnly ? ReloadText.DescribeInvalidFiles(_config) : ReloadText.NotReloaded);
    }

    /// <returns>What changed; null, with errors, if nothing was applied.</returns>
    private async Task<(RegistryChange? Change, ImmutableArray<string> Errors)> TryApplyAsync(ConfigResult result)
    {
        var errors = ReloadText.FindErrors(result, _config, _descriptors);
        if (!errors.IsEmpty || result.Config is not { } config)
        {
            return (null, errors);
        }
        var kept = _config;
        try
        {
            var expanded = await _discovery.ExpandAsync(config);
            if (DescriptorBudget.FindProblem(expanded, _descriptors) is { } objection)
            {
                return (null, [objection]);
            }
            await _applyAlerting(result.Alerting);
            _alerting = result.Alerting;
            var change = await _registry.ApplyAsync(expanded);
            _gate.MaxConnections = GetMaxConnections(expanded);
            kept = config;
            return (change, []);
        }
        catch (InvalidDataException e)
        {
            return (null, [e.Message]);
        }
        finally
        {
            _discovery.RetainOnly(kept);
        }
    }

    /// <summary>Applies the current configuration with the members that its DNS names now resolve to.</summary>
    private Task RediscoverAsync() =>
        RunExclusiveAsync(
            "took over members found by DNS",
            async () =>
            {
                var (change, errors) = await TryApplyAsync(new ConfigResult(_config, [], []) { Alerting = _alerting });
                foreach (var error in errors)
                {
                    _log.Error("{Error:l}", error);
                }
                if (change is { IsEmpty: false })
                {
                    _log.Information("members found by DNS: {Change:l}", change.ToString());
                }
            }
        );
}
