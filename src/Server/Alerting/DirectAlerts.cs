using System.Collections.Immutable;
using Clustermgr.Client;
using ClustermgrExporter.Alerting.PromQl;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using Serilog;

namespace ClustermgrExporter.Alerting;

/// <summary>The dependencies of direct alerts, besides their configuration.</summary>
/// <param name="ExporterMetrics">The exporter's own series.</param>
/// <param name="Page">URL of this exporter, as others reach it; links in alerts lead there.</param>
internal sealed record AlertingServices(
    ClusterRegistry Registry,
    ExporterPage ExporterMetrics,
    AlertingTelemetry Telemetry,
    Uri Page,
    NameResolver Names,
    TimeProvider Time,
    ILogger Log
);

/// <summary>Evaluates the shipped rules for every cluster, every ten seconds, and sends firing alerts to each
/// Alertmanager: always, or while nobody scrapes.</summary>
internal sealed class DirectAlerts : IAsyncDisposable
{
    /// <summary>Evaluation interval, as in the groups of the rules.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>Seconds after a restart during which no restored alert is resolved, so that clusters are polled and
    /// rules see enough samples.</summary>
    private const double RestoreGraceSeconds = 60;

    private readonly AlertingServices _services;
    private readonly AlertRules _clusterRules;
    private readonly AlertRules _exporterRules;
    private readonly SampleTimes _times = new();
    private readonly Dictionary<string, ClusterRuleEvaluator> _clusters = new(StringComparer.Ordinal);
    private ClusterRuleEvaluator _exporter;
    private readonly AlertStateFile? _file;
    private readonly Heartbeat _heartbeat;
    private readonly AlertDispatcher _dispatcher;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _evaluating = new(1);
    private readonly long _began;
    private ImmutableArray<AlertmanagerQueue> _queues = [];
    private AlertingConfig? _config;
    private Task _running = Task.CompletedTask;
    private string _failures = "";

    /// <param name="file">Keeps pending and firing alerts over restarts; null for none.</param>
    public DirectAlerts(AlertRules rules, AlertingServices services, AlertStateFile? file)
    {
        _services = services;
        _file = file;
        _began = services.Time.GetTimestamp();
        _clusterRules = DirectRules.SelectClusterRules(rules);
        _exporterRules = DirectRules.SelectExporterRules(rules);
        _exporter = new ClusterRuleEvaluator(_exporterRules, _times, null);
        _dispatcher = new AlertDispatcher(services.Page);
        _heartbeat = new Heartbeat(services.Names, services.Time, services.Log);
    }

    /// <summary>Applies a configuration; pending and firing alerts stay.</summary>
    /// <param name="config">Null to stop sending.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read; then nothing has changed.</exception>
    public async Task ApplyAsync(AlertingConfig? config)
    {
        var kept = _queues
            .Where(queue => config?.Alertmanagers.Any(wanted => wanted.Matches(queue.Config)) is true)
            .ToList();
        List<AlertmanagerQueue> made =
        [
            .. (config?.Alertmanagers ?? [])
                .Where(wanted => !kept.Exists(queue => wanted.Matches(queue.Config)))
                .Select(wanted => new AlertmanagerQueue(
                    AlertmanagerSender.Create(wanted, _services.Names, _services.Time),
                    _services.Telemetry,
                    _services.Time,
                    _services.Log
                )),
        ];
        await _evaluating.WaitAsync();
        try
        {
            var gone = _queues.Except(kept).ToList();
            var restored = _config is null && config is not null ? Restore() : [];
            foreach (var queue in made)
            {
                // The same Alertmanager with another login has received the same alerts.
                var before = gone.Find(other => other.Name == queue.Name);
                queue.Start(before?.SentKeys ?? restored.GetValueOrDefault(queue.Name, []));
            }
            _queues = [.. kept, .. made];
            _config = config;
            _heartbeat.Url = config?.HeartbeatUrl;
            foreach (var queue in gone)
            {
                await queue.DisposeAsync();
            }
            if (config is null)
            {
                _services.Telemetry.Clear();
                // Sampling stops here: old samples would be taken for recent ones when it starts again.
                _clusters.Clear();
                _exporter = new ClusterRuleEvaluator(_exporterRules, _times, null);
            }
            else if (_running.IsCompleted)
            {
                _running = RunAsync(_stop.Token);
            }
        }
        finally
        {
            _evaluating.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var queue in _queues)
        {
            await queue.DisposeAsync();
        }
        await _heartbeat.DisposeAsync();
        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
        _stop.Dispose();
        _evaluating.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, _services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await _evaluating.WaitAsync(ct);
                try
                {
                    if (_config is { } config)
                    {
                        await EvaluateAsync(config);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _services.Log.Error(e, "a bug in this program while it evaluated alerts; please report it");
                }
                finally
                {
                    _evaluating.Release();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>Samples, evaluates and sends once.</summary>
    private async Task EvaluateAsync(AlertingConfig config)
    {
        var now = NowSeconds;
        var wall = _services.Time.GetUtcNow();
        var own = (await _services.ExporterMetrics.CurrentAsync()).GetText(MetricsFormat.Text004);
        var sample = _times.Add(now, _clusterRules.MaxLookbackSeconds);
        _exporter.AddSamples(own.Span, sample, _services.Page.Authority);
        _exporter.Evaluate(_exporter.CreateInstant(sample, wall));
        var pages = _services.Registry.Pages;
        foreach (var page in pages)
        {
            GetOrAdd(page.Cluster).AddSamples(page, sample);
        }
        if (sample % 30 == 0)
        {
            _exporter.Prune();
        }
        var names = pages.Select(page => page.Cluster).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, cluster) in _clusters.ToList())
        {
            cluster.Evaluate(cluster.CreateInstant(sample, wall));
            if (sample % 30 == 0)
            {
                cluster.Prune();
            }
            if (!names.Contains(name) && cluster.Active.Count == 0)
            {
                _clusters.Remove(name); // it is no longer watched, and its alerts have ended
            }
        }
        LogFailures();
        var unscraped = _services.ExporterMetrics.TimeSinceScrape >= config.UnscrapedAfter;
        _dispatcher.SetScraped(unscraped ? null : now);
        var sends = config.SendAlways || unscraped;
        foreach (var cluster in All)
        {
            var at = cluster.CreateInstant(sample, wall);
            _dispatcher.Dispatch(cluster, at, sends, wall, config.ExternalLabels, _queues);
        }
        PublishView(sends, now, wall);
        _file?.Save(
            All.SelectMany(one => one.Active),
            _clusters.Values.SelectMany(one => one.GetSavedSamples()),
            _queues,
            sends,
            now,
            wall
        );
        _heartbeat.SendIfDue(now);
    }

    private void PublishView(bool sends, double now, DateTimeOffset wall) =>
        _services.Telemetry.Publish(
            new(
                sends,
                wall,
                [
                    .. All.SelectMany(cluster => cluster.Active)
                        .Where(alert => alert.State != AlertState.Resolved && !DirectRules.IsWatchdog(alert.Rule))
                        .Select(alert => alert.ToView(now, wall)),
                ]
            )
        );

    private double NowSeconds => _services.Time.GetElapsedTime(_began).TotalSeconds;

    private IEnumerable<ClusterRuleEvaluator> All => _clusters.Values.Prepend(_exporter);

    private ClusterRuleEvaluator GetOrAdd(string cluster)
    {
        if (!_clusters.TryGetValue(cluster, out var alerts))
        {
            _clusters.Add(cluster, alerts = new ClusterRuleEvaluator(_clusterRules, _times, _exporter));
        }
        return alerts;
    }

    /// <returns>Keys of the alerts that each Alertmanager has received, by its name.</returns>
    private Dictionary<string, ImmutableArray<string>> Restore()
    {
        var now = NowSeconds;
        var wall = _services.Time.GetUtcNow();
        if (_file?.Load(_services.Log, wall) is not { } saved)
        {
            return [];
        }
        if (saved.Sends)
        {
            _services.ExporterMetrics.AssumeNeverScraped();
        }
        // Alerts of clusters that are not configured here belong to another exporter.
        var names = _services.Registry.Clusters.Select(poller => poller.Cluster.Name).Append("").ToHashSet();
        foreach (var group in saved.Alerts.GroupBy(DirectRules.GetCluster).Where(group => names.Contains(group.Key)))
        {
            var owner = group.Key.Length == 0 ? _exporter : GetOrAdd(group.Key);
            var rules = group.Key.Length == 0 ? _exporterRules : _clusterRules;
            owner.Restore(
                group.Select(alert => alert.Restore(rules, owner, now, wall)).OfType<ActiveAlert>(),
                now + RestoreGraceSeconds
            );
        }
        var sample = _times.Add(now, _clusterRules.MaxLookbackSeconds);
        foreach (var remembered in saved.Samples.Where(one => names.Contains(one.Cluster) && one.Cluster.Length > 0))
        {
            GetOrAdd(remembered.Cluster).RestoreSample(remembered, sample);
        }
        return saved.SentKeys;
    }

    /// <summary>Logs each change of the failures once.</summary>
    private void LogFailures()
    {
        var failures = string.Join(
            "; ",
            All.SelectMany(one => one.Failures).Select(failure => $"{failure.Key}: {failure.Value}").Distinct().Take(3)
        );
        if (failures.Length > 0 && failures != _failures)
        {
            _services.Log.Warning(
                "a rule cannot be evaluated, and its alerts stay as they are: {Failures:l}",
                failures
            );
        }
        _failures = failures;
    }
}
