using System.Collections.Immutable;
using ClustermgrExporter.Alerting.PromQl;

namespace ClustermgrExporter.Alerting;

/// <summary>Decides which alerts are sent when, as Prometheus does.</summary>
/// <param name="page">URL of this exporter, as others reach it.</param>
internal sealed class AlertDispatcher(Uri page)
{
    /// <summary>Seconds after which a firing alert is sent again. Alertmanager resolves it when four of these are
    /// missed.</summary>
    private const double ResendSeconds = 60;
    private const double ExpirySeconds = 4 * ResendSeconds;

    /// <summary>External labels that only annotations use. They are removed before an alert is sent, as in
    /// alerts/prometheus.example.yaml.</summary>
    public static readonly ImmutableArray<string> TemplateOnlyLabels = ["docs_url", "grafana_url"];

    private double? _scrapedSinceSeconds;

    /// <param name="now">The current steady time in seconds while somebody scrapes; null while nobody does.</param>
    public void SetScraped(double? now) => _scrapedSinceSeconds = now is null ? null : _scrapedSinceSeconds ?? now;

    /// <summary>Passes due alerts to the queues.</summary>
    /// <param name="sends">False to send only alerts that are being handed over to Prometheus.</param>
    public void Dispatch(
        ClusterRuleEvaluator cluster,
        Instant at,
        bool sends,
        DateTimeOffset wall,
        ImmutableSortedDictionary<string, string> externalLabels,
        IReadOnlyCollection<IAlertQueue> queues
    )
    {
        foreach (var alert in cluster.Active.Where(alert => alert.State != AlertState.Pending))
        {
            alert.StartsAt ??= wall - TimeSpan.FromSeconds(at.SteadySeconds - alert.FiredAt!.Value);
            if (alert.State == AlertState.Resolved)
            {
                alert.EndedAt ??= wall;
            }
            if ((!sends && !IsHandedOver(alert, at.SteadySeconds)) || !IsDue(alert, at.SteadySeconds))
            {
                continue;
            }
            alert.LastQueuedAt = at.SteadySeconds;
            var message = CreateMessage(alert, at, externalLabels, wall);
            foreach (var queue in queues)
            {
                queue.Offer(message);
            }
        }
    }

    /// <summary>Somebody scrapes again, and Prometheus will send the alert in time: until then it must not be
    /// resolved.</summary>
    private bool IsHandedOver(ActiveAlert alert, double now) =>
        alert.LastQueuedAt is not null
        && now - _scrapedSinceSeconds
            <= alert.Rule.LookbackSeconds
                + (alert.Rule.For + alert.Rule.KeepFiringFor).TotalSeconds
                + (2 * ResendSeconds);

    /// <summary>An alert that ended before it was ever sent is never sent.</summary>
    private static bool IsDue(ActiveAlert alert, double now) =>
        alert.State == AlertState.Firing
            ? alert.LastQueuedAt is not { } told || now - told >= ResendSeconds
            : alert.LastQueuedAt is { } last && (last < alert.ResolvedAt || now - last >= ResendSeconds);

    private AlertMessage CreateMessage(
        ActiveAlert alert,
        Instant at,
        ImmutableSortedDictionary<string, string> externalLabels,
        DateTimeOffset wall
    )
    {
        var cluster = alert.Labels["cluster"];
        // If the clock was set back it would end before it started, which Alertmanager rejects.
        var starts = alert.StartsAt!.Value;
        var ends = alert.EndedAt ?? wall + TimeSpan.FromSeconds(ExpirySeconds);
        return new(
            $"{alert.Labels}",
            [
                .. alert
                    .Labels.Pairs.Concat(
                        externalLabels.Where(label =>
                            alert.Labels[label.Key].Length == 0 && !TemplateOnlyLabels.Contains(label.Key)
                        )
                    )
                    .OrderBy(label => label.Key, StringComparer.Ordinal),
            ],
            GetAnnotations(alert, at, externalLabels),
            starts < ends ? starts : ends,
            ends,
            alert.State == AlertState.Resolved,
            new Uri(
                page,
                cluster == DirectRules.AllClusters ? "" : $"?cluster={Uri.EscapeDataString(cluster)}"
            ).AbsoluteUri
        );
    }

    /// <summary>The annotations from when the rule last held: rendered later they would describe a healthy state, and
    /// after a restart, before the first polls, nothing at all.</summary>
    private static ImmutableArray<KeyValuePair<string, string>> GetAnnotations(
        ActiveAlert alert,
        Instant at,
        ImmutableSortedDictionary<string, string> externalLabels
    )
    {
        if (alert.IsActiveNow || alert.Annotations.IsDefault)
        {
            alert.Annotations = [.. RuleEvaluator.RenderAnnotations(alert, at, externalLabels)];
        }
        return alert.Annotations;
    }
}
