using Refit;

namespace ClustermgrExporter.Alerting;

/// <summary>Alertmanager's API, version 2.</summary>
internal interface IAlertmanagerApi
{
    /// <param name="alerts">JSON: a list of alerts.</param>
    [Post("/api/v2/alerts")]
    Task<HttpResponseMessage> PostAlertsAsync([Body] HttpContent alerts, CancellationToken ct);

    /// <summary>The alerts that fire.</summary>
    /// <param name="filter">A matcher: name="value".</param>
    [Get("/api/v2/alerts?active=true")]
    Task<HttpResponseMessage> GetActiveAlertsAsync(string filter, CancellationToken ct);
}
