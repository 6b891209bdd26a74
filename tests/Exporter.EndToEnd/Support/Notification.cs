using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>One notification from Alertmanager to a receiver.</summary>
/// <param name="GroupKey">Alertmanager's key of the group.</param>
/// <param name="Cluster">The cluster of the group; empty if alerts are not grouped by cluster.</param>
internal sealed record Notification(
    DateTimeOffset At,
    string Receiver,
    string Status,
    string GroupKey,
    string Cluster,
    ImmutableArray<NotifiedAlert> Alerts
)
{
    public bool Firing => Status == "firing";

    /// <summary>The names of its firing alerts, without the common prefix.</summary>
    public IEnumerable<string> FiringAlerts =>
        Alerts.Where(alert => alert.Firing).Select(alert => alert.Name).Distinct().Order(StringComparer.Ordinal);

    public bool Has(string alert) => Alerts.Any(one => one.Firing && one.Name == alert);

    public static Notification Read(string receiver, JsonNode body, DateTimeOffset at) =>
        new(
            at,
            receiver,
            body["status"]!.GetValue<string>(),
            body["groupKey"]!.GetValue<string>(),
            body["groupLabels"]!["cluster"]?.GetValue<string>() ?? "",
            [
                .. body["alerts"]!
                    .AsArray()
                    .Select(alert => new NotifiedAlert(
                        AlertNames.Short(alert!["labels"]!["alertname"]!.GetValue<string>()),
                        alert["status"]!.GetValue<string>() == "firing",
                        Texts(alert["labels"]!),
                        Texts(alert["annotations"]!)
                    )),
            ]
        );

    public override string ToString() =>
        $"{At:HH:mm:ss.f} {Receiver} {Status} {Cluster} "
        + $"[{string.Join(", ", Alerts.Select(alert => $"{alert.Name}{(alert.Firing ? "" : " resolved")}"))}]";

    private static ImmutableDictionary<string, string> Texts(JsonNode pairs) =>
        pairs.AsObject().ToImmutableDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
}

internal sealed record NotifiedAlert(
    string Name,
    bool Firing,
    ImmutableDictionary<string, string> Labels,
    ImmutableDictionary<string, string> Annotations
);

internal static class AlertNames
{
    private const string Prefix = "Clustermgr";

    public static string Short(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;

    public static string Long(string name) => Prefix + name;
}
