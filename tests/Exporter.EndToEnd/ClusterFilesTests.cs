using System.Globalization;
using System.Text;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Files with clusters are added, changed and removed while the exporter runs.</summary>
public sealed class ClusterFilesTests
{
    private const int Many = 1000;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AThousandClustersComeByAFileAndGoWithItAndWhatStaysIsNotTouched()
    {
        await using var stays = LocalCluster.Start();
        await using var comes = LocalCluster.Start();
        await using var moved = LocalCluster.Start();
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "clusters.d"));
        var file = folder.Write(
            "exporter.yaml",
            "poll_interval: 1s\ntimeout: 1s\ncluster_files: [clusters.d/*.yaml]\n"
        );
        folder.Write("clusters.d/a.yaml", $"clusters:\n{Entry("stays", stays.Members)}");
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        var before = await exporter.ScrapeUntilAsync("it is polled", page => Polls(page, "stays") > 3, Ct);

        var many = new StringBuilder($"clusters:\n{Entry("comes", comes.Members)}");
        for (var i = 0; i < Many; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"c{i:0000}");
            many.Append(Entry(name, [$"127.2.{i / 250}.{1 + (i % 250)}:1"]));
        }
        // Written to a temporary file and renamed, as programs that write such files do.
        File.Move(folder.Write("b.new", many.ToString()), Path.Combine(folder.Path, "clusters.d/b.yaml"));
        var all = await exporter.ScrapeUntilAsync(
            "all are there",
            page =>
                page.All("clustermgr_exporter_clusters").Single().Value == Many + 2
                && page.All("clustermgr_up", "cluster=comes").Count(up => up.Text == "1") == 3,
            Ct
        );
        Assert.True(Polls(all, "stays") > Polls(before, "stays"), "the polls of the remaining cluster were restarted");

        // One of three members is replaced: the state of the cluster is kept.
        folder.Write(
            "clusters.d/a.yaml",
            $"clusters:\n{Entry("stays", [stays.Members[0], stays.Members[1], moved.Members[2]])}"
        );
        var other = await exporter.ScrapeUntilAsync(
            "the member has moved",
            page => page.All("clustermgr_up", "cluster=stays", $"member={moved.Members[2]}").Any(),
            Ct
        );
        Assert.True(
            Polls(other, "stays", stays.Members[0]) >= Polls(all, "stays", stays.Members[0]),
            "the polls of the remaining members were restarted"
        );

        folder.Write("clusters.d/b.yaml", "clusters:\n- name: comes\n  membres: []\n");
        await Eventually.HoldsAsync(
            ExporterProcess.Patience,
            "the bad file is told",
            _ =>
                Task.FromResult(
                    exporter.Child.Error.Contains("b.yaml:3: unknown key", StringComparison.Ordinal)
                        && exporter.Child.Error.Contains(
                            "the previous content stays in force",
                            StringComparison.Ordinal
                        )
                ),
            () => exporter.Child,
            Ct
        );
        Assert.Equal(
            Many + 2,
            (await exporter.ScrapeUntilAsync("it serves", _ => true, Ct))
                .All("clustermgr_exporter_clusters")
                .Single()
                .Value
        );

        File.Delete(Path.Combine(folder.Path, "clusters.d/b.yaml"));
        var last = await exporter.ScrapeUntilAsync(
            "they are gone",
            page => page.All("clustermgr_exporter_clusters").Single().Value == 1,
            Ct
        );
        Assert.Equal(["stays"], last.All("clustermgr_up").Select(up => up.Label("cluster")).Distinct());
    }

    private static double Polls(ScrapedPage page, string cluster, string? member = null) =>
        page.All("clustermgr_polls_total", $"cluster={cluster}", "endpoint=stat", "outcome=ok")
            .Where(polls => member is null || polls.Label("member") == member)
            .Sum(polls => polls.Value);

    private static string Entry(string name, IEnumerable<string> members) =>
        $"- name: {name}\n  members: [{string.Join(", ", members.Select(member => $"http://{member}"))}]\n";
}
