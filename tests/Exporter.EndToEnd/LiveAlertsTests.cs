using System.Globalization;
using ClustermgrExporter.EndToEnd.Support;
using ClustermgrExporter.Tests.Alerts;
using Xunit;

namespace ClustermgrExporter.EndToEnd;

/// <summary>From a fault to the pager, with real programs: the exporter, Prometheus with the shipped rules and
/// intervals, Alertmanager with the shipped routes. The tests assert when an alert fires, by Prometheus' own clock;
/// the time from there to the receiver is only printed.</summary>
public sealed class LiveAlertsTests(LiveIncidents incidents) : IClassFixture<LiveIncidents>
{
    private const string FollowersKilled = "both followers killed";
    private const string CutOff = "members cut off from each other";
    private const string AllKilled = "all members killed";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALostQuorumPagesOnceWithoutItsConsequencesAndResolves()
    {
        AlertChain.Need();

        var incident = await incidents.QuorumLost.WaitAsync(Ct);

        incidents.PagedOnceFor(incident, "QuorumLost");
        // The notification of the end lists no alert that was never sent.
        Assert.Equal(["QuorumLost"], incident.Resolved.Alerts.Select(alert => alert.Name));
        await FiredInTimeAsync(incident, "QuorumLost", FollowersKilled, MeasuredDelay.QuorumContract);
        Assert.Equal(
            "https://docs.example.com/clustermgr-exporter/runbooks.md#clustermgrquorumlost",
            incident.Page.Alerts[0].Annotations["runbook_url"]
        );
        Assert.Equal(
            "https://grafana.example.com/d/clustermgr-cluster?var-cluster=demo-2",
            incident.Page.Alerts[0].Annotations["dashboard_url"]
        );
        Assert.Equal("demo-2 has lost its quorum", incident.Page.Alerts[0].Annotations["summary"]);
    }

    [Fact]
    public async Task AClusterWhoseMembersLostEachOtherPagesThatItHasNoLeader()
    {
        AlertChain.Need();

        var incident = await incidents.NoLeader.WaitAsync(Ct);

        incidents.PagedOnceFor(incident, "NoLeader");
        await FiredInTimeAsync(incident, "NoLeader", CutOff);
    }

    [Fact]
    public async Task AClusterThatIsDownAltogetherPagesOnlyThatNobodyAnswers()
    {
        AlertChain.Need();

        var incident = await incidents.Blind.WaitAsync(Ct);

        incidents.PagedOnceFor(incident, "ClusterBlind");
        await FiredInTimeAsync(incident, "ClusterBlind", AllKilled);
    }

    [Fact]
    public async Task AnOrdinaryFailoverPagesNobody()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        Console.WriteLine(
            $"{LiveIncidents.Failover}: a failover; Prometheus: "
                + $"{await incidents.Chain.CourseAsync(LiveIncidents.Failover, incidents.Fault, Ct)}"
        );
        Assert.NotEqual(
            incidents.Killed,
            await incidents.Chain.Prometheus.ValueAsync(
                $"max(clustermgr_raft_leader_node_id{{cluster=\"{LiveIncidents.Failover}\"}} > 0)",
                Ct
            )
        );
        // The other incidents were paged and repaired in this time.
        Assert.True(
            TimeProvider.System.GetUtcNow() - incidents.Fault > TimeSpan.FromSeconds(MeasuredDelay.QuorumContract)
        );
        Assert.Empty(incidents.Chain.Receiver.Of(AlertChain.Pages, LiveIncidents.Failover));
    }

    [Fact]
    public async Task OfAHealthyClusterNobodyHearsAnything()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        Assert.DoesNotContain(
            incidents.Chain.Receiver.All,
            one => one.Alerts.Any(alert => alert.Labels["cluster"] == LiveIncidents.Healthy)
        );
        Assert.Empty(
            await incidents.Chain.Prometheus.QueryAsync(
                $"last_over_time(ALERTS{{cluster=\"{LiveIncidents.Healthy}\",alertstate=\"firing\"}}[1h])",
                Ct
            )
        );
    }

    [Fact]
    public async Task TheWatchdogGoesItsOwnWay()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        var heard = incidents.Chain.Receiver.All.Where(one => one.Receiver == AlertChain.Watchdog).ToList();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the watchdog was heard at "
                    + $"{string.Join(", ", heard.Select(one => $"{(one.At - incidents.Fault).TotalSeconds:0}"))} s"
            )
        );
        Assert.True(heard.Count > 1);
        Assert.All(heard, one => Assert.Equal(["Watchdog"], one.FiringAlerts));
        Assert.DoesNotContain(
            incidents.Chain.Receiver.All,
            one => one.Receiver != AlertChain.Watchdog && one.Has("Watchdog")
        );
    }

    [Fact]
    public async Task NoRuleAndNoTemplateFailedInAllThatTime()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        await RuleHealth.AssertAsync(incidents.Chain, Ct);
    }

    [Fact]
    public async Task HowLongItTookIsADelayThatTheDocumentShows()
    {
        AlertChain.Need();
        await incidents.AllEndedAsync().WaitAsync(Ct);

        AlertingDocument.Keep([
            (await incidents.QuorumLost).Delay("QuorumLost", FollowersKilled),
            (await incidents.NoLeader).Delay("NoLeader", CutOff),
            (await incidents.Blind).Delay("ClusterBlind", AllKilled),
        ]);
    }

    /// <param name="limit">The maximum of docs/alerting.md unless given.</param>
    private Task FiredInTimeAsync(LiveIncident incident, string alert, string fault, double? limit = null)
    {
        var way = AlertDelay.Of(AlertDelay.ToPage(AlertingDocument.Document), alert, fault);
        return incident.FiredInTimeAsync(incidents.Chain, alert, way, limit ?? way.Total.To, Ct);
    }
}
