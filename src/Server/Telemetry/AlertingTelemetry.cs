using System.Collections.Immutable;
using ClustermgrExporter.Exposition;
using Prometheus;
using PrometheusGauge = Prometheus.Gauge;

namespace ClustermgrExporter.Telemetry;

/// <summary>Metrics about the alerts that the exporter sends itself.</summary>
internal sealed class AlertingTelemetry(MetricFactory factory) : INotificationCounts
{
    private readonly PrometheusGauge _sends = factory.CreateGauge(ExporterSeries.AlertingSends);
    private readonly PrometheusGauge _alerts = factory.CreateGauge(ExporterSeries.Alerts);
    private readonly Counter _sent = factory.CreateCounter(ExporterSeries.Notifications);
    private readonly Counter _dropped = factory.CreateCounter(ExporterSeries.NotificationsDropped);
    private readonly PrometheusGauge _waiting = factory.CreateGauge(ExporterSeries.NotificationQueue);

    private volatile AlertingView? _current;

    /// <summary>The last evaluation; null while alerting is off.</summary>
    public AlertingView? Current => _current;

    public void Publish(AlertingView view)
    {
        _current = view;
        _sends.Set(view.Sends ? 1 : 0);
        _alerts.WithLabels("pending").Set(view.Alerts.Length - view.Firing);
        _alerts.WithLabels("firing").Set(view.Firing);
    }

    /// <summary>Removes the series after the configuration switched alerting off.</summary>
    public void Clear()
    {
        _current = null;
        _sends.Unpublish();
        foreach (var labels in _alerts.GetAllLabelValues().ToList())
        {
            _alerts.RemoveLabelled(labels);
        }
    }

    public void CountSent(string alertmanager, string outcome, int alerts) =>
        _sent.WithLabels(alertmanager, outcome).Inc(alerts);

    public void CountDropped(string alertmanager, int alerts) => _dropped.WithLabels(alertmanager).Inc(alerts);

    public void Remove(string alertmanager) => _waiting.RemoveLabelled(alertmanager);

    public void SetQueueLength(string alertmanager, int alerts) => _waiting.WithLabels(alertmanager).Set(alerts);
}

/// <summary>The alerts that this exporter evaluates itself, without the watchdog.</summary>
/// <param name="Sends">False while it stands by because somebody scrapes.</param>
/// <param name="At">Time of the evaluation.</param>
internal sealed record AlertingView(bool Sends, DateTimeOffset At, ImmutableArray<AlertView> Alerts)
{
    public int Firing => Alerts.Count(alert => alert.FiresAt is null);
}

/// <param name="Name">Without the prefix that all share.</param>
/// <param name="Labels">All of them.</param>
/// <param name="Since">When its rule began to hold.</param>
/// <param name="FiresAt">When it will fire if its rule still holds; null if it is firing.</param>
internal sealed record AlertView(
    string Name,
    ImmutableSortedDictionary<string, string> Labels,
    DateTimeOffset Since,
    DateTimeOffset? FiresAt
);

/// <summary>Creates prometheus-net metrics from series definitions.</summary>
internal static class MetricFactoryExtensions
{
    public static PrometheusGauge CreateGauge(this MetricFactory factory, FamilyDescriptor series) =>
        factory.CreateGauge(
            series.Name,
            series.Help,
            [.. series.Labels],
            new GaugeConfiguration { SuppressInitialValue = true }
        );

    public static Counter CreateCounter(this MetricFactory factory, FamilyDescriptor series) =>
        factory.CreateCounter(
            series.Name,
            series.Help,
            [.. series.Labels],
            new CounterConfiguration { SuppressInitialValue = true }
        );
}

/// <summary>Counts the notifications that were sent to, dropped for, or wait for an Alertmanager.</summary>
internal interface INotificationCounts
{
    /// <param name="outcome">An outcome, as of a poll: ok, refused, timeout, …</param>
    void CountSent(string alertmanager, string outcome, int alerts);

    void CountDropped(string alertmanager, int alerts);

    /// <summary>The Alertmanager is no longer notified.</summary>
    void Remove(string alertmanager);

    void SetQueueLength(string alertmanager, int alerts);
}
