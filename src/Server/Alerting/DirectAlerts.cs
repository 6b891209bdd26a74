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
/// <param name="Own">The exporter's own series.</param>
/// <param name="Page">URL of this exporter, as others reach it; links in alerts lead there.</param>
internal sealed record AlertingParts(
    ClusterRegistry Registry,
    OwnPage Own,
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
    private const double RestoredHolds = 60;

    private readonly AlertingParts _parts;
    private readonly AlertRules _ofClusters;
    private readonly AlertRules _ofExporter;
    private readonly SampleTimes _times = new();
    private readonly Dictionary<string, ClusterAlerts> _clusters = new(StringComparer.Ordinal);
    private ClusterAlerts _exporter;
    private readonly AlertStateFile? _file;
    private readonly Heartbeat _heartbeat;
    private readonly AlertSending _sending;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _ticking = new(1);
    private readonly long _began;
    private ImmutableArray<AlertmanagerQueue> _queues = [];
    private AlertingConfig? _config;
    private Task _running = Task.CompletedTask;
    private string _failures = "";

    /// <param name="file">Keeps pending and firing alerts over restarts; null for none.</param>
    public DirectAlerts(AlertRules rules, AlertingParts parts, AlertStateFile? file)
    {
        (_parts, _file, _began) = (parts, file, parts.Time.GetTimestamp());
        (_ofClusters, _ofExporter) = (DirectRules.OfClusters(rules), DirectRules.OfExporter(rules));
        _exporter = new ClusterAlerts(_ofExporter, _times, null);
        _sending = new AlertSending(parts.Page);
        _heartbeat = new Heartbeat(parts.Names, parts.Time, parts.Log);
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
                    wanted,
                    AlertmanagerQueue.Transport(wanted, _parts.Names),
                    _parts.Telemetry,
                    _parts.Time,
                    _parts.Log
                )),
        ];
        await _ticking.WaitAsync();
        try
        {
            var gone = _queues.Except(kept).ToList();
            var restored = _config is null && config is not null ? Restore() : [];
            foreach (var queue in made)
            {
                // The same Alertmanager with another login has received the same alerts.
                var before = gone.Find(other => other.Name == queue.Name);
                queue.Start(before?.Told ?? restored.GetValueOrDefault(queue.Name, []));
            }
            (_queues, _config) = ([.. kept, .. made], config);
            _heartbeat.Url = config?.HeartbeatUrl;
            foreach (var queue in gone)
            {
                await queue.DisposeAsync();
            }
            if (config is null)
            {
                _parts.Telemetry.Off();
                // Sampling stops here: old samples would be taken for recent ones when it starts again.
                _clusters.Clear();
                _exporter = new ClusterAlerts(_ofExporter, _times, null);
            }
            else if (_running.IsCompleted)
            {
                _running = RunAsync(_stop.Token);
            }
        }
        finally
        {
            _ticking.Release();
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
        _ticking.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Interval, _parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                await _ticking.WaitAsync(ct);
                try
                {
                    if (_config is { } config)
                    {
                        await TickAsync(config);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    _parts.Log.Error(e, "a bug in this program while it judged alerts; please report it");
                }
                finally
                {
                    _ticking.Release();
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The end.
        }
    }

    /// <summary>Samples, evaluates and sends once.</summary>
    private async Task TickAsync(AlertingConfig config)
    {
        var (now, wall) = (Now, _parts.Time.GetUtcNow());
        var own = (await _parts.Own.CurrentAsync()).Of(Format.Text004);
        var sample = _times.Add(now, _ofClusters.LongestLookback);
        _exporter.Add(own.Span, sample, _parts.Page.Authority);
        _exporter.Evaluate(_exporter.At(sample, wall));
        var pages = _parts.Registry.Pages;
        foreach (var page in pages)
        {
            Of(page.Cluster).Add(page, sample);
        }
        if (sample % 30 == 0)
        {
            _exporter.Forget();
        }
        var names = pages.Select(page => page.Cluster).ToHashSet(StringComparer.Ordinal);
        foreach (var (name, cluster) in _clusters.ToList())
        {
            cluster.Evaluate(cluster.At(sample, wall));
            if (sample % 30 == 0)
            {
                cluster.Forget();
            }
            if (!names.Contains(name) && cluster.Active.Count == 0)
            {
                _clusters.Remove(name); // it is no longer watched, and its alerts have ended
            }
        }
        TellFailures();
        var unscraped = _parts.Own.Unscraped >= config.UnscrapedAfter;
        _sending.Scraped(unscraped ? null : now);
        var sends = config.Always || unscraped;
        foreach (var cluster in All)
        {
            _sending.Offer(cluster, cluster.At(sample, wall), sends, wall, config.ExternalLabels, _queues);
        }
        Tell(sends, now, wall);
        _file?.Save(
            All.SelectMany(one => one.Active),
            _clusters.Values.SelectMany(one => one.Memory()),
            _queues,
            sends,
            now,
            wall
        );
        _heartbeat.Beat(now);
    }

    private void Tell(bool sends, double now, DateTimeOffset wall) =>
        _parts.Telemetry.Show(
            new(
                sends,
                wall,
                [
                    .. All.SelectMany(cluster => cluster.Active)
                        .Where(alert => alert.State != AlertState.Resolved && !DirectRules.IsWatchdog(alert.Rule))
                        .Select(alert => View(alert, now, wall)),
                ]
            )
        );

    private static AlertView View(ActiveAlert alert, double now, DateTimeOffset wall)
    {
        var since = wall - TimeSpan.FromSeconds(now - alert.ActiveAt);
        return new(
            DirectRules.ShortName(alert.Rule),
            alert.Labels.Pairs.ToImmutableSortedDictionary(StringComparer.Ordinal),
            since,
            alert.State == AlertState.Pending ? since + alert.Rule.For : null
        );
    }

    private double Now => _parts.Time.GetElapsedTime(_began).TotalSeconds;

    private IEnumerable<ClusterAlerts> All => _clusters.Values.Prepend(_exporter);

    private ClusterAlerts Of(string cluster)
    {
        if (!_clusters.TryGetValue(cluster, out var alerts))
        {
            _clusters.Add(cluster, alerts = new ClusterAlerts(_ofClusters, _times, _exporter));
        }
        return alerts;
    }

    /// <returns>Keys of the alerts that each Alertmanager has received, by its name.</returns>
    private Dictionary<string, ImmutableArray<string>> Restore()
    {
        var (now, wall) = (Now, _parts.Time.GetUtcNow());
        if (_file?.Load(_parts.Log, wall) is not { } saved)
        {
            return [];
        }
        if (saved.Sends)
        {
            _parts.Own.AssumeUnscraped();
        }
        // Alerts of clusters that are not configured here belong to another exporter.
        var names = _parts.Registry.Clusters.Select(poller => poller.Cluster.Name).Append("").ToHashSet();
        foreach (var group in saved.Alerts.GroupBy(DirectRules.ClusterOf).Where(group => names.Contains(group.Key)))
        {
            var owner = group.Key.Length == 0 ? _exporter : Of(group.Key);
            var rules = group.Key.Length == 0 ? _ofExporter : _ofClusters;
            owner.Restore(
                group.Select(alert => alert.Restore(rules, owner, now, wall)).OfType<ActiveAlert>(),
                now + RestoredHolds
            );
        }
        var sample = _times.Add(now, _ofClusters.LongestLookback);
        foreach (var remembered in saved.Memory.Where(one => names.Contains(one.Cluster) && one.Cluster.Length > 0))
        {
            Of(remembered.Cluster).Remember(remembered, sample);
        }
        return saved.Told;
    }

    /// <summary>Logs each change of the failures once.</summary>
    private void TellFailures()
    {
        var failures = string.Join(
            "; ",
            All.SelectMany(one => one.Failures).Select(failure => $"{failure.Key}: {failure.Value}").Distinct().Take(3)
        );
        if (failures.Length > 0 && failures != _failures)
        {
            _parts.Log.Warning("a rule cannot be evaluated, and its alerts stay as they are: {Failures:l}", failures);
        }
        _failures = failures;
    }
}
