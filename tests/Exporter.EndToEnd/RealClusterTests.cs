using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>A real cluster with real schedulers and a blobnode, if the machine has them: a disk is repaired, a repair
/// is switched off half way, a scheduler is killed.</summary>
public sealed class RealClusterTests
{
    private const string Variable = "CLUSTERMGR_REAL";

    /// <summary>Far from the ports of other tests and programs.</summary>
    private const int FirstPort = 27_400;

    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(4);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARepairIsFollowedAndItsEndItsStandstillAndADeadSchedulerAreSeen()
    {
        var script = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipUnless(
            script is not null && File.Exists(script),
            $"{Variable} must name a script that starts a real cluster; this needs the programs of CubeFS"
        );
        using var folder = new TempFolder();
        await using var cluster = ChildProcess.Start("python3", ["-u", script!, folder.Path, $"--base={FirstPort}"]);
        try
        {
            await UntilAsync("the cluster is ready", () => cluster.Output.Contains("ready\n", default), cluster);
            var file = folder.Write(
                "exporter.yaml",
                $$"""
                poll_interval: 1s
                timeout: 900ms
                task_interval: 1s
                disk_interval: 1s
                service_interval: 2s
                scheduler_interval: 1s
                volume_scan_interval: 1m
                clusters:
                - name: real
                  members: [{{string.Join(
                    ", ",
                    Enumerable.Range(1, 3).Select(i => $"http://127.0.0.1:{FirstPort + i}")
                )}}]
                """
            );
            await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
            await HasAsync(exporter, "clustermgr_task_enabled{cluster=\"real\",task=\"disk_repair\"} 1");
            await HasAsync(
                exporter,
                "clustermgr_volumes_tolerance{cluster=\"real\",code_mode=\"EC3P3\",of=\"data\",left=\"3\"} 5"
            );

            // A whole repair is observed, of a disk with units to repair.
            var disks = await FullestAsync();
            await cluster.TypeAsync($"broken {disks[0]}", Ct);
            await SeenAsync(exporter, disks[0], disk => (int)disk["total"]! > 0);
            await HasAsync(exporter, "clustermgr_disk_info{", $"disk_id=\"{disks[0]}\"", "state=\"repaired\"");
            await UntilAsync(
                "its end is told",
                async () =>
                    (await ClusterAsync(exporter))["events"]!
                        .ToJsonString()
                        .Contains("was repairing (seen for ", default),
                cluster
            );

            // Switched off half way: running jobs finish, prepared jobs stay, and the page says why in both cases.
            await cluster.TypeAsync($"broken {disks[1]}", Ct);
            await SeenAsync(exporter, disks[1], disk => (int)disk["total"]! > 0);
            await cluster.TypeAsync("switch disk_repair false", Ct);
            await SeenAsync(
                exporter,
                disks[1],
                disk => ((string?)disk["outlook"])!.Contains("disk_repair", default) && !Left(disk)
            );
            await cluster.TypeAsync("switch disk_repair true", Ct);
            await HasAsync(exporter, "clustermgr_disk_info{", $"disk_id=\"{disks[1]}\"", "state=\"repaired\"");

            // The leading scheduler dies: the other answers 502 for it, and outdated data is removed.
            await cluster.TypeAsync("kill s1", Ct);
            await UntilAsync(
                "nothing is known any more",
                async () => !(await exporter.TextAsync("/metrics", Ct)).Contains("clustermgr_task_jobs{", default),
                cluster
            );
            Assert.NotNull((await ClusterAsync(exporter))["scheduler"]!["failure"]);
            await cluster.TypeAsync("start s1", Ct);
            await HasAsync(exporter, "clustermgr_task_jobs{");
        }
        finally
        {
            cluster.Signal(PosixSignal.SIGTERM); // it stops the processes that it has started
            await UntilAsync("the cluster has ended", () => cluster.Ended, cluster);
        }
    }

    /// <summary>Ids of the disks with the most units of volumes.</summary>
    private static async Task<int[]> FullestAsync()
    {
        using var http = new HttpClient();
        var list = JsonNode.Parse(
            await http.GetStringAsync(new Uri($"http://127.0.0.1:{FirstPort + 1}/volume/list?count=100"), Ct)
        )!;
        return
        [
            .. list["volumes"]!
                .AsArray()
                .SelectMany(volume => volume!["units"]!.AsArray())
                .GroupBy(unit => (int)unit!["disk_id"]!)
                .OrderByDescending(disk => disk.Count())
                .Select(disk => disk.Key),
        ];
    }

    /// <summary>Whether a time left is shown.</summary>
    private static bool Left(JsonNode disk) => disk["secondsLeft"] is not null;

    private static Task SeenAsync(ExporterProcess exporter, int disk, Func<JsonNode, bool> holds) =>
        UntilAsync(
            $"disk {disk} is under way",
            async () =>
                (await ClusterAsync(exporter))["scheduler"]!["disks"]!
                    .AsArray()
                    .Any(one => (string?)one!["id"] == $"{disk}" && holds(one)),
            exporter.Child
        );

    /// <summary>Waits for a line of /metrics that contains all parts.</summary>
    private static Task HasAsync(ExporterProcess exporter, params string[] parts) =>
        UntilAsync(
            string.Join(' ', parts),
            async () =>
                (await exporter.TextAsync("/metrics", Ct))
                    .Split('\n')
                    .Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))),
            exporter.Child
        );

    private static async Task<JsonNode> ClusterAsync(ExporterProcess exporter) =>
        JsonNode.Parse(await exporter.TextAsync("/api/v1/clusters/real", Ct))!["cluster"]!;

    private static Task UntilAsync(string what, Func<bool> holds, ChildProcess child) =>
        UntilAsync(what, () => Task.FromResult(holds()), child);

    private static Task UntilAsync(string what, Func<Task<bool>> holds, ChildProcess child) =>
        Eventually.HoldsAsync(MaxWait, what, _ => holds(), () => child, Ct);
}
