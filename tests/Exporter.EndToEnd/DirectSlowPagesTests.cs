using System.Globalization;
using System.Text.Json.Nodes;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrSimulator.Storage;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>A broken disk, which pages after five minutes, and a lost leader: without Prometheus, with a real
/// Alertmanager. The test mostly waits.</summary>
public sealed class DirectSlowPagesTests
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(8);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ABrokenDiskAndALostLeaderPageOnceAndStatusSaysHowLongStill()
    {
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await DirectPages.AlertmanagerAsync(receiver);
        using var folder = new TempFolder();
        await using var clusters = new NamedClusters("disk", "no-leader", "well");
        var file = folder.Write(
            "exporter.yaml",
            $$"""
            poll_interval: 5s
            timeout: 4s
            task_interval: 5s
            {{clusters.Yaml}}
            alerting:
              alertmanagers: [{ url: {{alertmanager.Url}} }]
              when: always
            """
        );
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        await exporter.ReadyAsync(Ct);
        var fault = TimeProvider.System.GetUtcNow();
        Assert.True(clusters["disk"].Simulated.SetDisk(5, SimulatedDiskStatus.Broken));
        foreach (var node in (ulong[])[1, 2, 3])
        {
            clusters["no-leader"].Simulated.Isolate(node);
        }

        await StatusTellsOfDiskAsync(file, exporter);
        var leader = await DirectPages.PageAsync(receiver, "no-leader", exporter);
        Assert.Equal(["NoLeader"], leader.FiringAlerts);
        Assert.Equal(["alertname", "cluster", "severity"], leader.Alerts[0].Labels.Keys.Order(StringComparer.Ordinal));
        foreach (var node in (ulong[])[1, 2, 3])
        {
            clusters["no-leader"].Simulated.Heal(node);
        }
        await DirectPages.EndAsync(receiver, "no-leader", exporter);

        var disk = await DirectPages.PageAsync(receiver, "disk", exporter, MaxWait);
        Assert.Equal(["DiskBroken"], disk.FiringAlerts);
        Assert.Equal("1 broken disk in disk", disk.Alerts[0].Annotations["summary"]);
        Assert.True(disk.At - fault >= TimeSpan.FromMinutes(5), "it paged before its time");
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"direct: leader lost to web hook {(leader.At - fault).TotalSeconds:0} s, disk broken {(disk.At - fault).TotalSeconds:0} s"
            )
        );

        Assert.Single(receiver.Of(AlertChain.Pages, "disk"));
        // The disk alert keeps firing for six minutes; the matrix tests its end.
        var told = string.Join('\n', receiver.All);
        Assert.True(receiver.Of(AlertChain.Pages, "no-leader").Count == 2, told);
        Assert.True(receiver.Of(AlertChain.Pages, "well").Count == 0, told);
    }

    /// <summary>status shows pending alerts and their times; if they are unknown, it prints a note.</summary>
    private static async Task StatusTellsOfDiskAsync(string file, ExporterProcess exporter)
    {
        string[] arguments = ["status", $"--config.file={file}", "--cluster=disk"];
        var text = await Eventually.FindAsync(
            ExporterProcess.Patience,
            "status that tells of an alert that pends",
            async ct =>
            {
                var (_, output, _) = await ExporterProcess.RunAsync([.. arguments, $"--exporter={exporter.Root}"], ct);
                return output.Contains("FIRES IN", StringComparison.Ordinal) ? output : null;
            },
            () => exporter.Child.ToString()!,
            Ct
        );
        Assert.Matches(
            @"\n  ALERT +STATE +SINCE +FIRES IN +ABOUT\n  DiskBroken +pending +\d\d:\d\d:\d\d +[0-5]m\d\ds +-\n",
            text
        );

        var (exit, json, _) = await ExporterProcess.RunAsync(
            [.. arguments, $"--exporter={exporter.Root}", "-o", "json"],
            Ct
        );
        var alert = JsonNode.Parse(json)!["clusters"]![0]!["alerts"]![0]!;
        Assert.Equal((1, "DiskBroken", "pending"), (exit, (string?)alert["name"], (string?)alert["state"]));

        var (_, dead, _) = await ExporterProcess.RunAsync([.. arguments, "--exporter=http://127.0.0.1:1"], Ct);
        Assert.Contains(
            "  note      pending and firing alerts are not known: no answer from http://127.0.0.1:1/: ",
            dead,
            StringComparison.Ordinal
        );
        var (_, stranger, _) = await ExporterProcess.RunAsync(
            ["status", "--clustermgr.url=http://127.0.0.1:1", $"--exporter={exporter.Root}"],
            Ct
        );
        Assert.Contains("the exporter watches no cluster \"clustermgr\"; ", stranger, StringComparison.Ordinal);
        var (refused, _, error) = await ExporterProcess.RunAsync([.. arguments, "--exporter=ftp://a"], Ct);
        Assert.Equal(2, refused);
        Assert.Contains(
            "--exporter \"ftp://a\" is not an http or https URL; write one such as http://127.0.0.1:19998",
            error,
            StringComparison.Ordinal
        );
    }
}
