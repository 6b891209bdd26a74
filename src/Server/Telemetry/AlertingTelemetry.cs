using System.Collections.Immutable;
using ClustermgrExporter.Exposition;
using Prometheus;
using PrometheusGauge = Prometheus.Gauge;

namespace ClustermgrExporter.Telemetry;

/// <summary>What the exporter tells of the alerts that it sends itself.</summary>
internal sealed class AlertingTelemetry(MetricFactory factory) : INotificationCounts
{
    private readonly PrometheusGauge _sends = factory.GaugeOf(OwnSeries.AlertingSends);
    private readonly PrometheusGauge _alerts = factory.GaugeOf(OwnSeries.Alerts);
    private readonly Counter _sent = factory.CounterOf(OwnSeries.Notifications);
    private readonly Counter _dropped = factory.CounterOf(OwnSeries.NotificationsDropped);
    private readonly PrometheusGauge _waiting = factory.GaugeOf(OwnSeries.NotificationQueue);

    private volatile AlertingView? _current;

    /// <summary>What was judged last; null where no alerts are sent.</summary>
    public AlertingView? Current => _current;

    public void Show(AlertingView view)
    {
        _current = view;
        _sends.Set(view.Sends ? 1 : 0);
        _alerts.WithLabels("pending").Set(view.Alerts.Length - view.Firing);
        _alerts.WithLabels("firing").Set(view.Firing);
    }

    /// <summary>No alerts are sent any more, by the new configuration.</summary>
    public void Off()
    {
        _current = null;
        _sends.Unpublish();
        foreach (var labels in _alerts.GetAllLabelValues().ToList())
        {
            _alerts.RemoveLabelled(labels);
        }
    }

    public void Sent(string alertmanager, string outcome, int alerts) =>
        _sent.WithLabels(alertmanager, outcome).Inc(alerts);

    public void Dropped(string alertmanager, int alerts) => _dropped.WithLabels(alertmanager).Inc(alerts);

    public void Gone(string alertmanager) => _waiting.RemoveLabelled(alertmanager);

    public void Waiting(string alertmanager, int alerts) => _waiting.WithLabels(alertmanager).Set(alerts);
}

/// <summary>The alerts that this exporter judges itself, the watchdog left out.</summary>
/// <param name="Sends">False: it stands by, since somebody scrapes.</param>
/// <param name="At">Of the judgement.</param>
internal sealed record AlertingView(bool Sends, DateTimeOffset At, ImmutableArray<AlertView> Alerts)
{
    public int Firing => Alerts.Count(alert => alert.FiresAt is null);
}

/// <param name="Name">Without the prefix that all share.</param>
/// <param name="Labels">All of them.</param>
/// <param name="Since">When its rule began to hold.</param>
/// <param name="FiresAt">When it will fire if it holds on; null where it fires.</param>
internal sealed record AlertView(
    string Name,
    ImmutableSortedDictionary<string, string> Labels,
    DateTimeOffset Since,
    DateTimeOffset? FiresAt
);

/// <summary>The library's metrics of our series.</summary>
internal static class SeriesMetrics
{
    public static PrometheusGauge GaugeOf(this MetricFactory factory, Series series) =>
        factory.CreateGauge(
            series.Name,
            series.Help,
            [.. series.Labels],
            new GaugeConfiguration { SuppressInitialValue = true }
        );

    public static Counter CounterOf(this MetricFactory factory, Series series) =>
        factory.CreateCounter(
            series.Name,
            series.Help,
            [.. series.Labels],
            new CounterConfiguration { SuppressInitialValue = true }
        );
}
