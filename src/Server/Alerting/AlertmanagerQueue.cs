using Clustermgr.Analysis;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Telemetry;
using Serilog;

namespace ClustermgrExporter.Alerting;

/// <summary>A receiver of alerts.</summary>
internal interface IAlertQueue
{
    string Name { get; }

    /// <summary>Keys of the alerts that were, or may have been, sent as firing and not yet as resolved.</summary>
    IReadOnlyCollection<string> SentKeys { get; }

    /// <summary>Queues a message. The end of an alert that was never sent is ignored.</summary>
    void Offer(AlertMessage message);
}

/// <summary>Sends alerts to one Alertmanager in the background. A newer message about an alert replaces a waiting
/// one.</summary>
/// <param name="sender">Disposed with the queue.</param>
internal sealed class AlertmanagerQueue(
    AlertmanagerSender sender,
    INotificationCounts counts,
    TimeProvider time,
    ILogger log,
    int maxWaiting = AlertmanagerQueue.MaxWaiting
) : IAlertQueue, IAsyncDisposable
{
    /// <summary>Limit of waiting alerts, as in Prometheus.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>Alerts per request, as in Prometheus.</summary>
    public const int MaxBatchSize = 64;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>An Alertmanager that is back receives firing alerts within this time.</summary>
    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(15);

    /// <summary>Longer than a resolved alert is sent.</summary>
    private static readonly TimeSpan SentKeyRetention = TimeSpan.FromMinutes(20);

    private readonly Lock _gate = new();
    private readonly OrderedDictionary<string, AlertMessage> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _sentKeys = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;
    private Outcome _outcome = Outcome.Ok;

    public AlertmanagerConfig Config => sender.Config;

    /// <summary>Name in logs and series.</summary>
    public string Name { get; } = sender.Config.Name;

    public IReadOnlyCollection<string> SentKeys
    {
        get
        {
            lock (_gate)
            {
                return [.. _sentKeys.Keys];
            }
        }
    }

    /// <param name="sentKeys">Keys of alerts that were sent before a restart.</param>
    public void Start(IEnumerable<string> sentKeys)
    {
        foreach (var key in sentKeys)
        {
            _sentKeys[key] = time.GetTimestamp();
        }
        _running = RunAsync(_stop.Token);
    }

    public void Offer(AlertMessage message)
    {
        lock (_gate)
        {
            if (message.Resolved && !_sentKeys.ContainsKey(message.Key))
            {
                _waiting.Remove(message.Key);
                return;
            }
            if (message.Resolved)
            {
                _sentKeys[message.Key] = time.GetTimestamp();
            }
            if (!_waiting.ContainsKey(message.Key) && _waiting.Count >= maxWaiting)
            {
                _waiting.RemoveAt(0);
                counts.CountDropped(Name, 1);
            }
            _waiting[message.Key] = message;
            counts.SetQueueLength(Name, _waiting.Count);
            _work.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        counts.Remove(Name);
        sender.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        var pause = TimeSpan.Zero;
        try
        {
            while (true)
            {
                await _work.Task.WaitAsync(ct);
                var batch = Next();
                if (batch.Count == 0)
                {
                    continue;
                }
                var delivery = await sender.SendAsync(batch, ct);
                counts.CountSent(Name, LabelNames.ToLabel(delivery.Outcome), batch.Count);
                LogOutcome(delivery);
                if (delivery.Accepted)
                {
                    pause = TimeSpan.Zero;
                    continue;
                }
                if (!delivery.IsRetriable)
                {
                    // It would be refused each time, and block all others; its alerts are sent again a minute later.
                    counts.CountDropped(Name, batch.Count);
                    continue;
                }
                Requeue(batch);
                pause = pause == TimeSpan.Zero ? FirstPause : pause * 2;
                pause = pause > MaxPause ? MaxPause : pause;
                await Task.Delay(pause, time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping; the next instance sends what waits.
        }
    }

    private List<AlertMessage> Next()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            // Drop outdated messages: Alertmanager would take an old one for the newest.
            foreach (var message in _waiting.Values.Where(message => IsOver(message, now)).ToList())
            {
                _waiting.Remove(message.Key);
                counts.CountDropped(Name, 1);
            }
            List<AlertMessage> batch = [.. _waiting.Values.Take(MaxBatchSize)];
            foreach (var message in batch)
            {
                _waiting.Remove(message.Key);
                if (!message.Resolved)
                {
                    _sentKeys[message.Key] = time.GetTimestamp(); // even if the answer is lost, it may have arrived
                }
            }
            foreach (
                var (key, at) in _sentKeys.Where(one => time.GetElapsedTime(one.Value) > SentKeyRetention).ToList()
            )
            {
                _sentKeys.Remove(key);
            }
            counts.SetQueueLength(Name, _waiting.Count);
            if (_waiting.Count == 0)
            {
                _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            return batch;
        }
    }

    private static bool IsOver(AlertMessage message, DateTimeOffset now) =>
        message.Resolved
            ? now - message.EndsAt > TimeSpan.FromSeconds(RuleEvaluator.ResolvedRetentionSeconds)
            : now > message.EndsAt;

    /// <summary>Messages that could not be sent wait again, unless there is a newer one.</summary>
    private void Requeue(List<AlertMessage> batch)
    {
        lock (_gate)
        {
            foreach (var message in batch.Where(message => !_waiting.ContainsKey(message.Key)))
            {
                _waiting.Insert(0, message.Key, message);
            }
            while (_waiting.Count > maxWaiting)
            {
                _waiting.RemoveAt(0);
                counts.CountDropped(Name, 1);
            }
            counts.SetQueueLength(Name, _waiting.Count);
            _work.TrySetResult();
        }
    }

    /// <summary>Logs each change of the outcome once.</summary>
    private void LogOutcome(AlertDelivery delivery)
    {
        if (delivery.Outcome == _outcome)
        {
            return;
        }
        _outcome = delivery.Outcome;
        if (delivery.Accepted)
        {
            log.Information("alerts reach {Alertmanager:l} again", Name);
        }
        else
        {
            log.Warning(
                "alerts do not reach {Alertmanager:l}: {Detail:l}; tried again until they do",
                Name,
                delivery.Detail
            );
        }
    }
}
