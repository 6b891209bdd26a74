using System.Runtime.InteropServices;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

public sealed class ReloadTests
{
    private const string Successful = "clustermgr_exporter_config_last_reload_successful";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASignalThatComesBeforeItServesIsObeyedOnceItDoes()
    {
        using var folder = new TempFolder();
        await using var cluster = LocalCluster.Start();
        var file = folder.Write("exporter.yaml", Config(("one", cluster)));
        for (var round = 0; round < 5; round++)
        {
            await using var child = ProgramUnderTest.Start([
                $"--config.file={file}",
                "--web.listen-address=127.0.0.1:0",
            ]);
            // It handles signals before it prints anything.
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                "it catches SIGHUP or has said something",
                _ => Task.FromResult(Catches(child.Id, 1) || child.Error.Length > 0),
                () => $"{child}",
                Ct
            );
            child.Signal(PosixSignal.SIGHUP);
            await Eventually.HoldsAsync(
                ExporterProcess.Patience,
                "it reloads",
                _ =>
                    Task.FromResult(
                        child.Ended || child.Error.Contains("configuration reloaded", StringComparison.Ordinal)
                    ),
                () => $"{child}",
                Ct
            );
            Assert.False(child.Ended, $"{child}");
            child.Signal(PosixSignal.SIGTERM);
            Assert.Equal(0, await child.EndAsync(ExporterProcess.Patience, Ct));
        }
    }

    /// <summary>Whether a process catches a signal, by its mask in /proc.</summary>
    private static bool Catches(int process, int signal)
    {
        try
        {
            var mask = File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
            return (Convert.ToUInt64(mask.Split('\t')[1], 16) >> (signal - 1) & 1) == 1;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [Fact]
    public async Task AReloadTakesWhatIsGoodAndTouchesOnlyWhatChanged()
    {
        using var folder = new TempFolder();
        await using var stays = LocalCluster.Start();
        await using var comes = LocalCluster.Start();
        var file = folder.Write("exporter.yaml", Config(("stays", stays)));
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        var before = await exporter.ScrapeUntilAsync("polled three times", page => Polls(page, stays) >= 9, Ct);
        Assert.Equal("1", before.One(Successful).Text);

        folder.Write("exporter.yaml", Config(("stays", stays), ("comes", comes)));
        exporter.Child.Signal(PosixSignal.SIGHUP);
        var with = await exporter.ScrapeUntilAsync(
            "the new cluster is up",
            page => Up(page, "comes") == 3 && Clusters(page) == 2,
            Ct
        );
        Assert.True(Polls(with, stays) >= Polls(before, stays), "the counters of the cluster that stays began again");

        folder.Write("exporter.yaml", "clusters: [{ name: stays, members: [nonsense] }]\n");
        exporter.Child.Signal(PosixSignal.SIGHUP);
        var bad = await exporter.ScrapeUntilAsync("the reload failed", page => page.One(Successful).Text == "0", Ct);
        Assert.Equal((3, 3), (Up(bad, "stays"), Up(bad, "comes")));
        Assert.Equal(2, Clusters(bad));
        Assert.Equal(LoadedAt(with), LoadedAt(bad));
        Assert.Contains($"level=error msg=\"{file}:1: ", exporter.Child.Error, StringComparison.Ordinal);
        Assert.Contains(
            "configuration not reloaded, the previous one stays in force",
            exporter.Child.Error,
            StringComparison.Ordinal
        );

        folder.Write("exporter.yaml", Config(("stays", stays)));
        exporter.Child.Signal(PosixSignal.SIGHUP);
        var good = await exporter.ScrapeUntilAsync(
            "the reload succeeded",
            page => page.One(Successful).Text == "1",
            Ct
        );
        Assert.True(Polls(good, stays) >= Polls(bad, stays), "the counters of the cluster that stays began again");
        Assert.DoesNotContain(good.Samples, sample => sample.Pairs.Contains("cluster=comes"));
        Assert.True(LoadedAt(good) > LoadedAt(with), "the time of the reload stands still");
    }

    [Fact]
    public async Task AClusterWhoseMembersChangeIsPolledAnewAndItsNeighbourIsNot()
    {
        using var folder = new TempFolder();
        await using var stays = LocalCluster.Start();
        await using var old = LocalCluster.Start();
        await using var moved = LocalCluster.Start();
        var file = folder.Write("exporter.yaml", Config(("stays", stays), ("moves", old)));
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        var before = await exporter.ScrapeUntilAsync(
            "both are up",
            page => Up(page, "moves") == 3 && Polls(page, stays) >= 9,
            Ct
        );

        folder.Write("exporter.yaml", Config(("stays", stays), ("moves", moved)));
        exporter.Child.Signal(PosixSignal.SIGHUP);
        var after = await exporter.ScrapeUntilAsync(
            "its new members are up",
            page => page.All("clustermgr_up", $"member={moved.Members[0]}").Any(up => up.Text == "1"),
            Ct
        );

        Assert.Equal(
            moved.Members.Order(),
            after.All("clustermgr_up", "cluster=moves").Select(up => up.Label("member")).Order()
        );
        Assert.True(Polls(after, stays) >= Polls(before, stays), "the neighbour's counters began again");
    }

    [Fact]
    public async Task ManyReloadsAtOnceEndWithWhatTheFileSaysLast()
    {
        using var folder = new TempFolder();
        await using var first = LocalCluster.Start();
        await using var second = LocalCluster.Start();
        var file = folder.Write("exporter.yaml", Config(("first", first)));
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);

        for (var i = 0; i < 50; i++)
        {
            folder.Write(
                "exporter.yaml",
                i % 2 == 0 ? Config(("first", first), ("second", second)) : Config(("second", second))
            );
            exporter.Child.Signal(PosixSignal.SIGHUP);
        }

        var last = await exporter.ScrapeUntilAsync(
            "the last file is in force",
            page => Up(page, "second") == 3 && Clusters(page) == 1 && page.One(Successful).Text == "1",
            Ct
        );
        Assert.Empty(last.All("clustermgr_up", "cluster=first"));
        Assert.DoesNotContain("bug in this program", exporter.Child.Error, StringComparison.Ordinal);
        exporter.Child.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await exporter.Child.EndAsync(ExporterProcess.Patience, Ct));
    }

    [Fact]
    public async Task AClusterThatGoesDuringItsIncidentIsOnThePageUntilItIsBack()
    {
        const string unwatched = "clustermgr_exporter_cluster_unwatched_timestamp_seconds";
        using var folder = new TempFolder();
        await using var kept = LocalCluster.Start();
        await using var gone = LocalCluster.Start();
        gone.Simulated.SetSwitch("balance", "Enable");
        var file = folder.Write("exporter.yaml", Config(("kept", kept), ("gone", gone)));
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        await exporter.ScrapeUntilAsync(
            "the cluster has a finding",
            page =>
                page.All("clustermgr_task_switch", "cluster=gone", "task=balance", "state=ineffective")
                    .Any(on => on.Text == "1"),
            Ct
        );

        folder.Write("exporter.yaml", Config(("kept", kept)));
        exporter.Child.Signal(PosixSignal.SIGHUP);
        var told = await exporter.ScrapeUntilAsync(
            "it is told of",
            page => page.All(unwatched, "cluster=gone").Any(),
            Ct
        );
        Assert.Equal(LoadedAt(told), told.One(unwatched).Value);
        folder.Write("exporter.yaml", Config(("kept", kept), ("gone", gone)));
        exporter.Child.Signal(PosixSignal.SIGHUP);
        await exporter.ScrapeUntilAsync("it is back", page => Up(page, "gone") == 3 && !page.All(unwatched).Any(), Ct);
    }

    private static string Config(params (string Name, LocalCluster Cluster)[] clusters) =>
        "poll_interval: 200ms\ntimeout: 10s\nclusters:\n"
        + string.Concat(
            clusters.Select(entry =>
                $"- name: {entry.Name}\n  members: "
                + $"[{string.Join(", ", entry.Cluster.Members.Select(member => $"http://{member}"))}]\n"
            )
        );

    private static int Up(ScrapedPage page, string cluster) =>
        page.All("clustermgr_up", $"cluster={cluster}").Count(up => up.Text == "1");

    private static double Clusters(ScrapedPage page) => page.One("clustermgr_exporter_clusters").Value;

    private static double LoadedAt(ScrapedPage page) =>
        page.One("clustermgr_exporter_config_last_reload_success_timestamp_seconds").Value;

    /// <summary>The number of answers of the cluster's members to /stat.</summary>
    private static double Polls(ScrapedPage page, LocalCluster cluster) =>
        cluster.Members.Sum(member =>
            page.All("clustermgr_polls_total", $"member={member}", "endpoint=stat", "outcome=ok")
                .Sum(polls => polls.Value)
        );
}
