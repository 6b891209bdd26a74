using Xunit;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Pages that are sent without Prometheus.</summary>
internal static class DirectPages
{
    /// <summary>With the shipped routes, but a shorter wait for the notification of an end.</summary>
    public static Task<AlertmanagerProcess> AlertmanagerAsync(WebhookReceiver receiver) =>
        AlertmanagerProcess.StartAsync(
            ShippedAlerts
                .Alertmanager(receiver.Root)
                .Replace("group_interval: 1m", "group_interval: 20s", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

    public static Task<Notification> PageAsync(
        WebhookReceiver receiver,
        string cluster,
        ExporterProcess exporter,
        TimeSpan? patience = null
    ) =>
        Eventually.FindAsync(
            patience ?? AlertChain.Patience,
            $"a page of {cluster}",
            _ => Task.FromResult(receiver.Of(AlertChain.Pages, cluster).FirstOrDefault(one => one.Firing)),
            () => $"{string.Join('\n', receiver.All)}\n{exporter.Child}",
            TestContext.Current.CancellationToken
        );

    public static Task<Notification> EndAsync(WebhookReceiver receiver, string cluster, ExporterProcess exporter) =>
        Eventually.FindAsync(
            AlertChain.Patience,
            $"the end of the page of {cluster}",
            _ => Task.FromResult(receiver.Of(AlertChain.Pages, cluster).FirstOrDefault(one => !one.Firing)),
            () => $"{string.Join('\n', receiver.All)}\n{exporter.Child}",
            TestContext.Current.CancellationToken
        );
}

/// <summary>Simulated clusters by name, and their part of a configuration.</summary>
internal sealed class NamedClusters(params string[] names) : IAsyncDisposable
{
    private readonly Dictionary<string, LocalCluster> _all = names.ToDictionary(
        name => name,
        _ => LocalCluster.Start()
    );

    public LocalCluster this[string name] => _all[name];

    public string Yaml =>
        "clusters:\n"
        + string.Concat(
            _all.Select(cluster =>
                $"- name: {cluster.Key}\n  members: [{string.Join(", ", cluster.Value.Members.Select(m => $"http://{m}"))}]\n"
            )
        );

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _all.Values)
        {
            await cluster.DisposeAsync();
        }
    }
}
