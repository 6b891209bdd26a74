using System.Collections.Immutable;
using ClustermgrExporter.Alerting.PromQl;

namespace ClustermgrExporter.Alerting;

/// <summary>Which alerts are told when, as Prometheus tells them.</summary>
/// <param name="page">Of this exporter, as others reach it.</param>
internal sealed class AlertSending(Uri page)
{
    /// <summary>What fires is told again every minute, and counts as ended where four of these are missed.</summary>
    private const double Resend = 60;
    private const double Lives = 4 * Resend;

    /// <summary>Read by texts, and taken away before an alert leaves, as alerts/prometheus.example.yaml does
    /// it.</summary>
    public static readonly ImmutableArray<string> OfTexts = ["docs_url", "grafana_url"];

    private double? _scrapedSince;

    /// <param name="now">Steady seconds at which somebody scrapes; null where nobody does.</param>
    public void Scraped(double? now) => _scrapedSince = now is null ? null : _scrapedSince ?? now;

    /// <summary>Tells the queues what is due.</summary>
    /// <param name="sends">False: only what is being handed over.</param>
    public void Offer(
        ClusterAlerts cluster,
        Instant at,
        bool sends,
        DateTimeOffset wall,
        ImmutableSortedDictionary<string, string> externalLabels,
        IReadOnlyCollection<IAlertQueue> queues
    )
    {
        foreach (var alert in cluster.Active.Where(alert => alert.State != AlertState.Pending))
        {
            alert.StartsAt ??= wall - TimeSpan.FromSeconds(at.Time - alert.FiredAt!.Value);
            if (alert.State == AlertState.Resolved)
            {
                alert.EndedAt ??= wall;
            }
            if ((!sends && !IsHandedOver(alert, at.Time)) || !IsDue(alert, at.Time))
            {
                continue;
            }
            alert.OfferedAt = at.Time;
            var message = Message(alert, at, externalLabels, wall);
            foreach (var queue in queues)
            {
                queue.Offer(message);
            }
        }
    }

    /// <summary>Somebody scrapes again, and Prometheus will tell it in its time: until then it must not end.</summary>
    private bool IsHandedOver(ActiveAlert alert, double now) =>
        alert.OfferedAt is not null
        && now - _scrapedSince
            <= alert.Rule.Lookback + (alert.Rule.For + alert.Rule.KeepFiringFor).TotalSeconds + (2 * Resend);

    /// <summary>One that ended before it was ever told is nobody's news.</summary>
    private static bool IsDue(ActiveAlert alert, double now) =>
        alert.State == AlertState.Firing
            ? alert.OfferedAt is not { } told || now - told >= Resend
            : alert.OfferedAt is { } last && (last < alert.ResolvedAt || now - last >= Resend);

    private AlertMessage Message(
        ActiveAlert alert,
        Instant at,
        ImmutableSortedDictionary<string, string> externalLabels,
        DateTimeOffset wall
    )
    {
        var cluster = alert.Labels["cluster"];
        // By a clock that was set back it would end before it began, which Alertmanager refuses.
        var (starts, ends) = (alert.StartsAt!.Value, alert.EndedAt ?? wall + TimeSpan.FromSeconds(Lives));
        return new(
            $"{alert.Labels}",
            [
                .. alert
                    .Labels.Pairs.Concat(
                        externalLabels.Where(label =>
                            alert.Labels[label.Key].Length == 0 && !OfTexts.Contains(label.Key)
                        )
                    )
                    .OrderBy(label => label.Key, StringComparer.Ordinal),
            ],
            Texts(alert, at, externalLabels),
            starts < ends ? starts : ends,
            ends,
            alert.State == AlertState.Resolved,
            new Uri(
                page,
                cluster == DirectRules.AllClusters ? "" : $"?cluster={Uri.EscapeDataString(cluster)}"
            ).AbsoluteUri
        );
    }

    /// <summary>Those of when it held: of one that ended they would say by now that all is well, and after a restart,
    /// before the first polls, nothing at all.</summary>
    private static ImmutableArray<KeyValuePair<string, string>> Texts(
        ActiveAlert alert,
        Instant at,
        ImmutableSortedDictionary<string, string> externalLabels
    )
    {
        if (alert.Holds || alert.Texts.IsDefault)
        {
            alert.Texts = [.. RuleEvaluator.Annotations(alert, at, externalLabels)];
        }
        return alert.Texts;
    }
}
