using System.Text.Json.Nodes;
using ClustermgrExporter.Commands;
using ClustermgrExporter.Terminal;
using ClustermgrSimulator;
using Xunit;
using SimulatedDiskStatus = ClustermgrSimulator.Storage.SimulatedDiskStatus;

namespace ClustermgrExporter.Tests.Web;

/// <summary>Figures about a repair and about volumes are the same wherever they are shown.</summary>
public sealed class SameFiguresTests
{
    [Fact]
    public async Task PageApiMetricsAndStatusSayTheSame()
    {
        await using var site = await StatusSite.StartAsync(
            clock =>
            {
                var cluster = new SimulatedCluster(
                    new SimulatorOptions
                    {
                        SchedulersRun = true,
                        Timings = new() { RepairJob = TimeSpan.FromSeconds(10) },
                    },
                    clock
                );
                cluster.SetDisk(5, SimulatedDiskStatus.Broken);
                return cluster;
            },
            130
        );
        var cluster = JsonNode.Parse(await site.TextAsync("/api/v1/clusters/prod-z0"))!["cluster"]!;
        var disk = cluster["scheduler"]!["disks"]!.AsArray().Single()!;
        var done = (long)disk["done"]!;
        var total = (long)disk["total"]!;
        Assert.InRange(done, 1, total - 1);
        var scan = cluster["volumeScan"]!;
        var degraded = (long)scan["degraded"]!;
        var volumes = (long)scan["volumes"]!;
        Assert.InRange(degraded, 1, volumes - 1);
        var missing = scan["counts"]!.AsArray().Single(count => (int)count!["missing"]! == 1)!;

        var metrics = await site.TextAsync("/prom/metrics");
        const string OfDisk = "cluster=\"prod-z0\",disk_id=\"5\",task=\"disk_repair\"";
        Assert.Contains($"clustermgr_disk_migration_jobs{{{OfDisk},state=\"done\"}} {done}\n", metrics, default);
        Assert.Contains($"clustermgr_disk_migration_jobs{{{OfDisk},state=\"total\"}} {total}\n", metrics, default);
        Assert.Contains(
            $"clustermgr_volumes_degraded{{cluster=\"prod-z0\",code_mode=\"EC6P6\",missing=\"1\"}} {missing["volumes"]}\n",
            metrics,
            default
        );
        var page = await site.TextAsync("/?cluster=prod-z0");
        Assert.Contains($"<span class=\"legend\">{done} of {total}</span>", page, default);
        Assert.Contains((string)disk["outlook"]!, page, default);
        Assert.Contains($">{degraded} of {volumes} volumes lack units", page, default);

        var status = StatusText.Format([new StatusReport(site.Polled.Analysis, [])], TerminalFormat.Pipe);
        Assert.Matches($@"\n  5 +disk_repair +{total} +{done} +[\d.]+ +{disk["outlook"]}\n", status);
        Assert.Matches($@"\n  EC6P6 +1 +{missing["volumes"]} +5 more +none more\n", status);
    }
}
