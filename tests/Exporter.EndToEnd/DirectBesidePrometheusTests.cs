using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Prometheus and the exporter both send to Alertmanager, which sees one alert.</summary>
public sealed class DirectBesidePrometheusTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Prometheus pages, is killed, and comes back: there is one page and one end, whoever sends it.</summary>
    [Fact]
    public async Task BesidePrometheusThereIsOneNotificationAndWhenItDiesNothingEnds()
    {
        AlertChain.Need();
        using var receiver = new WebhookReceiver();
        await using var alertmanager = await DirectPages.AlertmanagerAsync(receiver);
        using var folder = new TempFolder();
        await using var clusters = new NamedClusters("both");
        var file = folder.Write(
            "exporter.yaml",
            $$"""
            poll_interval: 2s
            timeout: 1s
            task_interval: 5s
            {{clusters.Yaml}}
            alerting:
              alertmanagers: [{ url: {{alertmanager.Url}} }]
              unscraped_after: 15s
              external_labels: { docs_url: 'https://docs.example.com/clustermgr-exporter' }
            """
        );
        var rules = folder.Write("rules.yaml", ShippedAlerts.Rules);
        await using var exporter = await ExporterProcess.StartAsync([$"--config.file={file}"], Ct);
        PrometheusProcess? prometheus = await StartAsync();
        try
        {
            await Eventually.HoldsAsync(
                AlertChain.Patience,
                "Prometheus sees it, and the exporter stands by",
                async stop =>
                    await prometheus.ValueAsync("clustermgr_exporter_alerting_sends", stop) is 0
                    && await prometheus.ValueAsync("sum(clustermgr_up)", stop) is 3,
                () => prometheus.Child,
                Ct
            );
            clusters["both"].Simulated.Kill(2);
            clusters["both"].Simulated.Kill(3);
            var page = await DirectPages.PageAsync(receiver, "both", exporter);
            var labels = page.Alerts[0].Labels;

            await prometheus.DisposeAsync();
            prometheus = null;
            // Unlike a scrape, a probe does not show that Prometheus evaluates the rules.
            using var http = new HttpClient { BaseAddress = exporter.Root };
            await Eventually.HoldsAsync(
                AlertChain.Patience,
                "the exporter tells it",
                async stop =>
                    (await http.GetStringAsync("api/v1/alerts", stop)).Contains(
                        "\"sends\":true",
                        StringComparison.Ordinal
                    ),
                () => exporter.Child,
                Ct
            );
            await Task.Delay(TimeSpan.FromSeconds(30), Ct);
            Assert.Single(receiver.Of(AlertChain.Pages, "both"));
            var known = await alertmanager.LabelsAsync("ClustermgrQuorumLost", Ct);
            Assert.Equal(Text(labels), Text(Assert.Single(known)));

            prometheus = await StartAsync();
            await Task.Delay(TimeSpan.FromSeconds(40), Ct);
            Assert.Single(receiver.Of(AlertChain.Pages, "both"));
            clusters["both"].Simulated.Start(2);
            clusters["both"].Simulated.Start(3);
            await DirectPages.EndAsync(receiver, "both", exporter);
            await Task.Delay(TimeSpan.FromSeconds(30), Ct);
            Assert.Equal(2, receiver.Of(AlertChain.Pages, "both").Count);
        }
        finally
        {
            if (prometheus is not null)
            {
                await prometheus.DisposeAsync();
            }
        }

        static string Text(IEnumerable<KeyValuePair<string, string>> labels) =>
            string.Join(' ', labels.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}"));

        Task<PrometheusProcess> StartAsync() =>
            PrometheusProcess.StartAsync(
                port => ShippedAlerts.Prometheus([exporter.Root], alertmanager.Url, port, rules),
                Ct
            );
    }
}
