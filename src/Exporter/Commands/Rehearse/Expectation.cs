using System.Collections.Immutable;

namespace ClustermgrExporter.Commands;

/// <summary>An alert of a rehearsal, by the time from its beginning.</summary>
/// <param name="FiresAt">Its first, where several members have it.</param>
/// <param name="ToldAt">When a receiver hears of it, by the example configuration of Alertmanager.</param>
/// <param name="HeldBackBy">The alert that says it already; then it is not told.</param>
internal sealed record Expectation(AlertRule Rule, TimeSpan FiresAt, TimeSpan ToldAt, string? HeldBackBy)
{
    /// <summary>In the order in which they fire.</summary>
    /// <param name="fired">With the time from the beginning.</param>
    public static ImmutableArray<Expectation> FromFirings(
        IEnumerable<(AlertRule Rule, TimeSpan At)> fired,
        Notifications routes
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
                var told = (page ? routes.Pages : routes.Tickets).After(group, alert.At);
                var by = first.Find(other =>
                    other.At <= told && routes.Inhibitions.Any(rule => rule.Holds(other.Rule.Name, alert.Rule.Name))
                );
                return new Expectation(alert.Rule, alert.At, told, by.Rule?.Name);
            }),
        ];
    }
}
