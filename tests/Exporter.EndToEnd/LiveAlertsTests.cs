using System.Globalization;
using ClustermgrExporter.EndToEnd.Support;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>From a fault to the person's pager, with everything real: the exporter, Prometheus with the shipped rules and
/// intervals, Alertmanager with the shipped routes. What is asserted of time is what must be; how long it took is printed.
/// </summary>
public sealed class LiveAlertsTests(LiveIncidents incidents) : IClassFixture<LiveIncidents>
{
    /// <summary>From the loss of a quorum to the page, where nothing is late.</summary>
    private static readonly TimeSpan s_quorumContract = TimeSpan.FromSeconds(75);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALostQuorumPagesOnceWithoutItsConsequencesAndResolves()
    {
        AlertChain.Need();

        var incident = await incidents.QuorumLost.WaitAsync(Ct);

        incidents.PagedOnceFor(incident, "QuorumLost");
        // Twice the contract: the machine may be as late as the whole of it.
        Assert.InRange(incident.UntilPaged, TimeSpan.Zero, 2 * s_quorumContract);
        Assert.Equal("https://docs.example.com/clustermgr-exporter/runbooks.md#clustermgrquorumlost", incident.Page.Alerts[0].Annotations["runbook_url"]);
        Assert.Equal("https://grafana.example.com/d/clustermgr-cluster?var-cluster=demo-2", incident.Page.Alerts[0].Annotations["dashboard_url"]);
        Assert.Equal("demo-2 has lost its quorum", incident.Page.Alerts[0].Annotations["summary"]);
    }

    [Fact]
    public async Task AClusterWhoseMembersLostEachOtherPagesThatItHasNoLeader()
    {
        AlertChain.Need();

        incidents.PagedOnceFor(await incidents.NoLeader.WaitAsync(Ct), "NoLeader");
    }

    [Fact]
    public async Task AClusterThatIsDownAltogetherPagesOnlyThatNobodyAnswers()
    {
        AlertChain.Need();

        incidents.PagedOnceFor(await incidents.Blind.WaitAsync(Ct), "ClusterBlind");
    }

    [Fact]
    public async Task AnOrdinaryFailoverPagesNobody()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        Console.WriteLine($"{LiveIncidents.Failover}: a failover; Prometheus: {await incidents.Chain.CourseAsync(LiveIncidents.Failover, incidents.Fault, Ct)}");
        Assert.NotEqual(incidents.Killed, await incidents.Chain.Prometheus.ValueAsync(
            $"max(clustermgr_raft_leader_node_id{{cluster=\"{LiveIncidents.Failover}\"}} > 0)", Ct));
        // As long as it took the others to be paged and mended.
        Assert.True(TimeProvider.System.GetUtcNow() - incidents.Fault > s_quorumContract);
        Assert.Empty(incidents.Chain.Receiver.Of(AlertChain.Pages, LiveIncidents.Failover));
    }

    [Fact]
    public async Task OfAHealthyClusterNobodyHearsAnything()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        Assert.DoesNotContain(incidents.Chain.Receiver.All, one => one.Alerts.Any(alert => alert.Labels["cluster"] == LiveIncidents.Healthy));
        Assert.Empty(await incidents.Chain.Prometheus.QueryAsync(
            $"last_over_time(ALERTS{{cluster=\"{LiveIncidents.Healthy}\",alertstate=\"firing\"}}[1h])", Ct));
    }

    [Fact]
    public async Task TheWatchdogGoesItsOwnWay()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        var heard = incidents.Chain.Receiver.All.Where(one => one.Receiver == AlertChain.Watchdog).ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"the watchdog was heard at {string.Join(", ", heard.Select(one => $"{(one.At - incidents.Fault).TotalSeconds:0}"))} s"));
        Assert.True(heard.Count > 1);
        Assert.All(heard, one => Assert.Equal(["Watchdog"], one.FiringAlerts));
        Assert.DoesNotContain(incidents.Chain.Receiver.All, one => one.Receiver != AlertChain.Watchdog && one.Has("Watchdog"));
    }

    [Fact]
    public async Task NoRuleAndNoTemplateFailedInAllThatTime()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        await RuleHealth.AssertAsync(incidents.Chain, Ct);
    }
}
