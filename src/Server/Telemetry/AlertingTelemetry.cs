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

    /// <param name="sends">False: it stands by.</param>
    public void State(bool sends, int pending, int firing)
    {
        _sends.Set(sends ? 1 : 0);
        _alerts.WithLabels("pending").Set(pending);
        _alerts.WithLabels("firing").Set(firing);
    }

    /// <summary>No alerts are sent any more, by the new configuration.</summary>
    public void Off()
    {
        _sends.Unpublish();
        foreach (var labels in _alerts.GetAllLabelValues().ToList())
        {
            _alerts.RemoveLabelled(labels);
        }
    }

    public void Sent(string alertmanager, string outcome, int alerts) =>
        _sent.WithLabels(alertmanager, outcome).Inc(alerts);

    public void Dropped(string alertmanager, int alerts) => _dropped.WithLabels(alertmanager).Inc(alerts);

    public void Waiting(string alertmanager, int alerts) => _waiting.WithLabels(alertmanager).Set(alerts);
}

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
