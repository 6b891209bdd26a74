using System.Net;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>Faults of exporter and Prometheus during an incident neither hide it nor report it twice.</summary>
public sealed class LiveResilienceTests(DisturbedIncidents incidents) : IClassFixture<DisturbedIncidents>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AScrapeThatFailsNeitherDelaysAPageNorEndsIt()
    {
        AlertChain.Need();

        await PagedOnceAsync(await incidents.OfFlaky.WaitAsync(Ct));
    }

    [Fact]
    public async Task AnExporterThatIsKilledAndStartedAgainNeitherDelaysAPageNorEndsIt()
    {
        AlertChain.Need();

        await PagedOnceAsync(await incidents.OfRestarted.WaitAsync(Ct));
    }

    [Fact]
    public async Task ABrokenRuleFileLeavesTheOldRulesInForceAndThesePage()
    {
        AlertChain.Need();
        await Task.WhenAll(incidents.OfFlaky, incidents.OfRestarted).WaitAsync(Ct);

        Assert.Equal(HttpStatusCode.InternalServerError, incidents.Refusal);
        Assert.Equal(incidents.RulesBefore, await incidents.RulesAsync(Ct));
        Assert.Contains(
            "\nprometheus_config_last_reload_successful 0\n",
            await incidents.Chain.Prometheus.TextAsync("/metrics", Ct),
            StringComparison.Ordinal
        );
        // The pages of the other tests came from these rules.

        await File.WriteAllTextAsync(incidents.Chain.RulesPath, ShippedAlerts.Rules, Ct);
        using var accepted = await incidents.Chain.Prometheus.ReloadAsync(Ct);
        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
    }

    [Fact]
    public async Task PrometheusDoesNotStartWithABrokenRuleFile()
    {
        AlertChain.Need();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            AlertChain.StartAsync([new Uri("http://127.0.0.1:1/metrics")], Ct, DisturbedIncidents.CutRules())
        );

        Assert.Contains("rules.yaml: ", refusal.Message, StringComparison.Ordinal);
    }

    private async Task PagedOnceAsync(LiveIncident incident)
    {
        Assert.Equal(["QuorumLost"], incident.Page.FiringAlerts);
        // No later than without a disturbance.
        var way = AlertDelay.Of(AlertDelay.ToPage(AlertingDocument.Document), "QuorumLost", "");
        await incident.FiredInTimeAsync(incidents.Chain, "QuorumLost", way, MeasuredDelay.QuorumContract, Ct);
        var heard = incidents.Chain.Receiver.Of(AlertChain.Pages, incident.Cluster);
        Assert.Equal([incident.Page], heard.Where(one => one.At < incident.Mended));
        Assert.Equal([incident.Resolved], heard.Where(one => !one.Firing));
        // The start of its pending time: if it had ended in between, it would have become pending again.
        Assert.Equal(
            0,
            await incidents.Chain.Prometheus.ValueAsync(
                $"changes(ALERTS_FOR_STATE{{alertname=\"ClustermgrQuorumLost\",cluster=\"{incident.Cluster}\"}}[15m])",
                Ct
            )
        );
    }
}
