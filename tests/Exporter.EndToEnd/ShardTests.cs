using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Two exporters share one file.</summary>
public sealed class ShardTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachClusterIsPolledByOneShardAndTheyAddUp()
    {
        var clusters = Enumerable.Range(0, 6).Select(i => (Name: $"prod-z{i}", Cluster: LocalCluster.Start())).ToList();
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            "poll_interval: 1s\ntimeout: 1s\nclusters:\n"
                + string.Concat(
                    clusters.Select(one =>
                        $"- name: {one.Name}\n  members: [{string.Join(", ", one.Cluster.Members.Select(member => $"'http://{member}'"))}]\n"
                    )
                )
        );
        try
        {
            await using var first = await ExporterProcess.StartAsync(
                [$"--config.file={file}", "--shard=0", "--total-shards=2"],
                Ct
            );
            await using var second = await ExporterProcess.StartAsync(
                [$"--config.file={file}", "--shard=1", "--total-shards=2", $"--web.peers={first.Root}"],
                Ct
            );
            var polled = new List<string>();
            foreach (var (shard, exporter) in ((string, ExporterProcess)[])[("0", first), ("1", second)])
            {
                var page = await exporter.ScrapeUntilAsync(
                    "every cluster of its own is up",
                    page => page.All("clustermgr_up").Any() && page.All("clustermgr_up").All(up => up.Text == "1"),
                    Ct
                );
                var names = page.All("clustermgr_up").Select(up => up.Label("cluster")).Distinct().ToList();
                polled.AddRange(names);
                Assert.Equal("6", page.One("clustermgr_exporter_clusters_configured").Text);
                Assert.Equal($"{names.Count}", page.One("clustermgr_exporter_clusters").Text);
                var info = page.One("clustermgr_exporter_shard_info");
                Assert.Equal((shard, "2"), (info.Label("shard"), info.Label("total_shards")));
            }
            Assert.Equal(clusters.Select(one => one.Name), polled.Order());

            // The wrong shard links to the right one.
            var other = (await first.ScrapeAsync(Ct)).All("clustermgr_up").First().Label("cluster");
            using var answer = await second.GetAsync($"/?cluster={other}", Ct);
            Assert.Contains($"href=\"{first.Root}?cluster={other}\"", await answer.Content.ReadAsStringAsync(Ct));
        }
        finally
        {
            foreach (var (_, cluster) in clusters)
            {
                await cluster.DisposeAsync();
            }
        }
    }
}
