using System.Globalization;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Pages without Prometheus: the exporter, a real Alertmanager with the shipped routes, and a receiver of
/// notifications.</summary>
public sealed class DirectAlertsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachIncidentPagesOnceInTimeAndEndsAndARestartChangesNothing()
    {
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await DirectPages.AlertmanagerAsync(receiver);
        using var folder = new TempFolder();
        await using var clusters = new NamedClusters("no-quorum", "blind", "disk", "well");
        var file = folder.Write(
            "exporter.yaml",
            $$"""
            poll_interval: 2s
            timeout: 1s
            task_interval: 5s
            {{clusters.Yaml}}
            alerting:
              alertmanagers: [{ url: {{alertmanager.Url}} }]
              when: always
              external_labels: { datacenter: eu1 }
            """
        );
        string[] arguments = [$"--config.file={file}", $"--storage.path={folder.Path}"];
        var exporter = await ExporterProcess.StartAsync(arguments, Ct);
        try
        {
            await exporter.ReadyAsync(Ct);
            var fault = TimeProvider.System.GetUtcNow();
            clusters["no-quorum"].Simulated.Kill(2);
            clusters["no-quorum"].Simulated.Kill(3);
            foreach (var node in (ulong[])[1, 2, 3])
            {
                clusters["blind"].Simulated.Kill(node);
            }
            var quorum = await DirectPages.PageAsync(receiver, "no-quorum", exporter);
            Assert.Equal(["QuorumLost"], quorum.FiringAlerts);
            var alert = quorum.Alerts[0];
            Assert.Equal(
                ["alertname", "cluster", "datacenter", "severity"],
                alert.Labels.Keys.Order(StringComparer.Ordinal)
            );
            Assert.Equal("no-quorum has lost its quorum", alert.Annotations["summary"]);
            Assert.StartsWith(
                "1 of 3 voters of no-quorum answer together.",
                alert.Annotations["description"],
                StringComparison.Ordinal
            );
            Assert.EndsWith(
                "/runbooks.md#clustermgrquorumlost",
                alert.Annotations["runbook_url"],
                StringComparison.Ordinal
            );
            var blind = await DirectPages.PageAsync(receiver, "blind", exporter);
            Assert.Equal(["ClusterBlind"], blind.FiringAlerts);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"direct: quorum lost to web hook {(quorum.At - fault).TotalSeconds:0} s, blind {(blind.At - fault).TotalSeconds:0} s"
                )
            );

            // Killed and started again during the incident: no alert ends, and none is sent twice.
            await exporter.DisposeAsync();
            exporter = await ExporterProcess.StartAsync(arguments, Ct);
            await Task.Delay(TimeSpan.FromSeconds(45), Ct);
            Assert.Single(receiver.Of(AlertChain.Pages, "no-quorum"));
            Assert.Single(receiver.Of(AlertChain.Pages, "blind"));

            clusters["no-quorum"].Simulated.Start(2);
            clusters["no-quorum"].Simulated.Start(3);
            await DirectPages.EndAsync(receiver, "no-quorum", exporter);
            Assert.Equal(2, receiver.Of(AlertChain.Pages, "no-quorum").Count);
            Assert.Empty(receiver.Of(AlertChain.Pages, "well"));
            Assert.Contains(receiver.All, one => one.Receiver == AlertChain.Watchdog);
        }
        finally
        {
            await exporter.DisposeAsync();
        }
    }

    [Fact]
    public async Task ATestAlertIsTakenAndEndedAndWhoDoesNotTakeItIsSaid()
    {
        Programs.Need(AlertmanagerProcess.Program, AlertmanagerProcess.Program);
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await DirectPages.AlertmanagerAsync(receiver);
        using var folder = new TempFolder();
        var file = folder.Write(
            "exporter.yaml",
            $$"""
            clusters: [{ name: a, members: ['http://127.0.0.1:1'] }]
            alerting:
              alertmanagers: [{ url: {{alertmanager.Url}} }, { url: 'http://127.0.0.1:1' }]
              external_labels: { datacenter: eu1 }
            """
        );
        var (exit, output, error) = await ExporterProcess.RunAsync(
            ["alerting", "test", $"--config.file={file}", "--severity=page", "--keep"],
            Ct
        );
        Assert.Equal((1, ""), (exit, error));
        Assert.Equal(
            $"{alertmanager.Url}: took the alert\nhttp://127.0.0.1:1/: did not take the alert: connection refused\n"
                + "1 of 2 did not take it\n",
            output
        );
        var labels = Assert.Single(await alertmanager.LabelsAsync("ClustermgrTest", Ct));
        Assert.Equal(
            "alertname=ClustermgrTest cluster=test datacenter=eu1 severity=page",
            string.Join(' ', labels.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}"))
        );
        var check = await ExporterProcess.RunAsync([$"--config.file={file}", "--config.check"], Ct);
        Assert.Contains(
            $"  sends alerts to {alertmanager.Url}, http://127.0.0.1:1/ while nobody has scraped for 2m\n",
            check.Output,
            StringComparison.Ordinal
        );
        var ended = await ExporterProcess.RunAsync(
            ["alerting", "test", $"--config.file={file}", "--severity=page"],
            Ct
        );
        Assert.Contains($"{alertmanager.Url}: took its end\n", ended.Output, StringComparison.Ordinal);
        Assert.Empty(await alertmanager.LabelsAsync("ClustermgrTest", Ct));
    }
}
