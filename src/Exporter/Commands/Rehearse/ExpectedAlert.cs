using System.Collections.Immutable;

namespace ClustermgrExporter.Commands;

/// <summary>An expected alert of a rehearsal, with times from the start.</summary>
/// <param name="FiresAt">When it first fires, if several members have it.</param>
/// <param name="NotifiedAt">When a receiver is notified, with the example configuration of Alertmanager.</param>
/// <param name="InhibitedBy">The alert that inhibits it, so that no notification is sent; null for none.</param>
internal sealed record ExpectedAlert(AlertRule Rule, TimeSpan FiresAt, TimeSpan NotifiedAt, string? InhibitedBy)
{
    /// <summary>In the order in which they fire.</summary>
    /// <param name="fired">Firing alerts, with the time from the start.</param>
    public static ImmutableArray<ExpectedAlert> FromFirings(
        IEnumerable<(AlertRule Rule, TimeSpan At)> fired,
        AlertmanagerRouting routes
    )
    {
        var first = fired
            .GroupBy(alert => alert.Rule.Name)
            .Select(group => group.MinBy(alert => alert.At))
            .OrderBy(alert => alert.At)
            .ToList();
        return
        [
            .. first.Select(alert =>
            {
                var page = alert.Rule.Severity == "page";
                var group = page
                    ? first.Where(other => other.Rule.Severity == "page").Min(other => other.At)
                    : alert.At;
                var told = (page ? routes.Pages : routes.Tickets).GetNotificationTime(group, alert.At);
                var by = first.Find(other =>
                    other.At <= told && routes.Inhibitions.Any(rule => rule.Applies(other.Rule.Name, alert.Rule.Name))
                );
                return new ExpectedAlert(alert.Rule, alert.At, told, by.Rule?.Name);
            }),
        ];
    }
}
