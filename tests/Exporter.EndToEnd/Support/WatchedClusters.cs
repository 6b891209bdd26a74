using System.Globalization;
using ClustermgrSimulator;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>The program with clusters that are simulated here, and others whose members refuse connections.</summary>
internal sealed class WatchedClusters : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<LocalCluster> _clusters = [];

    public ExporterProcess Exporter { get; private set; } = null!;

    public Uri Root => Exporter.Root;

    /// <param name="interval">poll_interval of the configuration.</param>
    /// <param name="reads">Interval of linearizable reads, as in the configuration.</param>
    /// <param name="refusing">Number of additional clusters, c0001 and so on, whose members do not listen.</param>
    public static async Task<WatchedClusters> StartAsync(
        IEnumerable<(string Name, LocalCluster Cluster)> clusters,
        CancellationToken ct,
        string interval = "1s",
        int refusing = 0,
        string reads = "2s"
    )
    {
        var watched = new WatchedClusters();
        var lines =
            $"poll_interval: {interval}\ntimeout: 1s\ntask_interval: {reads}\ndisk_interval: {reads}\n"
            + $"service_interval: {reads}\nclusters:\n";
        foreach (var (name, cluster) in clusters)
        {
            watched._clusters.Add(cluster);
            lines += Entry(name, cluster.Members.Select(member => $"http://{member}"));
        }
        for (var i = 1; i <= refusing; i++)
        {
            lines += Entry(
                string.Create(CultureInfo.InvariantCulture, $"c{i:0000}"),
                [$"http://127.1.{i / 250}.{1 + (i % 250)}:1"]
            );
        }
        watched.Exporter = await ExporterProcess.StartAsync(
            [$"--config.file={watched._folder.Write("exporter.yaml", lines)}"],
            ct
        );
        await watched.Exporter.ReadyAsync(ct);
        return watched;
    }

    /// <summary>Waits until all reads of the first round have been applied: nothing changes before the next
    /// round.</summary>
    public Task ReadAsync(CancellationToken ct) =>
        Exporter.ScrapeUntilAsync(
            "every first read has ended",
            page =>
                page.All("clustermgr_cluster_members")
                    .All(cluster =>
                        page.All("clustermgr_linearizable_read_up", $"cluster={cluster.Label("cluster")}").Any()
                        && page.All("clustermgr_disk_info_truncated", $"cluster={cluster.Label("cluster")}").Any()
                        && page.All("clustermgr_service_instances", $"cluster={cluster.Label("cluster")}")
                            .Select(service => service.Label("service"))
                            .Distinct()
                            .Count()
                            == page.All(
                                    "clustermgr_polls_total",
                                    $"cluster={cluster.Label("cluster")}",
                                    "endpoint=services",
                                    "outcome=ok"
                                )
                                .Sum(polls => polls.Value) - 1
                        && page.All("clustermgr_cluster_members").Any()
                    ),
            ct
        );

    public static LocalCluster Cluster(SimulatorOptions? options = null) =>
        LocalCluster.Start((options ?? new()) with { RefreshInterval = TimeSpan.FromSeconds(1) });

    public async ValueTask DisposeAsync()
    {
        await Exporter.DisposeAsync();
        foreach (var cluster in _clusters)
        {
            await cluster.DisposeAsync();
        }
        _folder.Dispose();
    }

    private static string Entry(string name, IEnumerable<string> members) =>
        $"- name: '{name.Replace("'", "''", StringComparison.Ordinal)}'\n  members: [{string.Join(", ", members)}]\n";
}
