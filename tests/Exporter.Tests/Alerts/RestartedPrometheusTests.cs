using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Prometheus starts with an empty storage.</summary>
public sealed class RestartedPrometheusTests
{
    /// <summary>Alerts that depend on what is recorded about members and voters.</summary>
    private static readonly string[] RecordedAlerts =
    [
        "NoLeader",
        "QuorumLost",
        "NoQuorumMargin",
        "LeaderDisagreement",
        "TwoLeadersInOneTerm",
    ];

    public static TheoryData<string> Paging =>
        [
            .. Incidents
                .All.Where(incident =>
                    incident is { StepSeconds: <= 15, Watching: ExporterPlacement.Central, Also: null }
                    && incident.Raises.Intersect(RecordedAlerts).Any()
                )
                .Select(incident => incident.Name),
        ];

    /// <summary>A Prometheus that starts during an outage, with nothing recorded, pages like one that saw the outage
    /// begin: no page may need older data.</summary>
    [Theory]
    [MemberData(nameof(Paging))]
    public async Task APrometheusWithoutAPastPagesAsWell(string name)
    {
        var incident = Incidents.Named(name);
        var whole = await Matrix.TimelineAsync(incident);
        foreach (
            var firing in whole
                .Firings.Where(firing => RecordedAlerts.Contains(firing.Alert))
                .DistinctBy(firing => firing.Alert)
        )
        {
            var alert = Rules.Shipped.All.Single(rule => rule.IsAlert && rule.Name == firing.Alert);
            var limit = alert.For + TimeSpan.FromMinutes(1);
            if (firing.To - firing.From < limit + alert.KeepFiringFor)
            {
                continue;
            }
            var anew = await Rules
                .Shipped.With(alert)
                .PlayAsync(Matrix.Input(incident).From((int)(firing.From / whole.Step)), Ct);

            Assert.True(
                anew.Firings.Any(other => other.Labels == firing.Labels && other.From <= limit),
                $"{firing} became\n{anew}"
            );
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
