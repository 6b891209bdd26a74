using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The same incidents, watched by other exporters, raise the same alerts.</summary>
public sealed class VariantTests
{
    /// <summary>Incidents that raise something or must raise nothing at all, in steps of 15 s. Incidents just below a
    /// limit are played with one arrangement of exporters only.</summary>
    public static TheoryData<string> Fine =>
        [
            .. Incidents
                .All.Where(incident =>
                    incident is { StepSeconds: 15, JustBelow: null, Watching: ExporterPlacement.Central, Also: null }
                )
                .Select(incident => incident.Name),
        ];

    [Theory]
    [MemberData(nameof(Fine))]
    public void TwoExportersOnOneClusterRaiseTheSame(string name)
    {
        var incident = Incidents.Named(name);

        var timeline = Evaluate(incident, ExporterPlacement.Twice);

        Assert.Equal("", timeline.Errors);
        Assert.Equal([.. incident.Raises.Order(StringComparer.Ordinal)], timeline.Alerts);
    }

    [Theory]
    [MemberData(nameof(Fine))]
    public void AnExporterBesideEachMemberRaisesTheSame(string name)
    {
        var incident = Incidents.Named(name);

        var timeline = Evaluate(incident, ExporterPlacement.Sidecars);

        Assert.Equal("", timeline.Errors);
        Assert.Equal(
            [.. (incident.RaisesBesideMembers ?? incident.Raises).Order(StringComparer.Ordinal)],
            timeline.Alerts
        );
    }

    [Fact]
    public async Task WithNoExporterLeftOneAlertSpeaksForAllClusters()
    {
        var timeline = await Rules.Shipped.PlayAsync(IncidentRun.Play(Incidents.Named("the-exporters-are-gone")), Ct);

        var firing = Assert.Single(timeline.Firings);
        Assert.Equal(("ExporterAbsent", "cluster=\"all clusters\""), (firing.Alert, firing.Labels));
    }

    [Fact]
    public async Task TwoClustersInTroubleRaiseWhatEachOfThemRaisesAlone()
    {
        var one = Incidents.Named("both-followers-killed");
        var two = Incidents.Named("every-member-cut-off-from-every-other");

        var timeline = await Rules.Shipped.PlayAsync(
            IncidentRun.Play(one).Beside(IncidentRun.Play(two, name: "second")),
            Ct
        );

        Assert.Equal((await Matrix.TimelineAsync(one)).ToString(), timeline.Of("prod").ToString());
        Assert.Equal(
            (await Matrix.TimelineAsync(two)).ToString().Replace("prod", "second", StringComparison.Ordinal),
            timeline.Of("second").ToString()
        );
    }

    /// <summary>For every random choice: who leads, how long a dead leader is kept, how long the new one is
    /// silent.</summary>
    [Fact]
    public void NoNormalFailoverPagesAnybody()
    {
        Parallel.ForEach(
            Enumerable.Range(1, 24),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = Ct },
            seed =>
            {
                var members = seed % 2 == 0 ? 3 : 5;
                var failover = new AlertIncident(
                    $"failover-{seed}",
                    "8:00",
                    [],
                    story =>
                    {
                        story.At(
                            $"2:{seed:00}",
                            () =>
                            {
                                if (story.Cluster.Leader is not { } leader)
                                {
                                    return;
                                }
                                if (seed % 3 == 0)
                                {
                                    story.Cluster.Hang(leader);
                                }
                                else
                                {
                                    story.Cluster.Kill(leader);
                                }
                            }
                        );
                        story.At(
                            "5:00",
                            () =>
                                Array.ForEach(
                                    story.Cluster.Members.ToArray(),
                                    member =>
                                    {
                                        story.Cluster.Resume(member.Id);
                                        if (!member.Listening)
                                        {
                                            story.Cluster.Start(member.Id);
                                        }
                                    }
                                )
                        );
                    }
                )
                {
                    Members = members,
                    StepSeconds = seed % 4 < 2 ? 10 : 15,
                    Shape = options =>
                        AlertIncident.Quick(options) with
                        {
                            Members = members,
                            Seed = (ulong)seed,
                            FirstLeader = null,
                        },
                };

                var timeline = IncidentRun.Play(failover).Evaluate(SameJudgementTests.Shipped);

                Assert.True(timeline.Firings.IsEmpty, $"seed {seed}: {timeline}");
            }
        );
    }

    /// <summary>By the program's own evaluator, which judges as Prometheus does (SameJudgementTests).</summary>
    private static AlertTimeline Evaluate(AlertIncident incident, ExporterPlacement watching) =>
        IncidentRun.Play(incident, watching).Evaluate(SameJudgementTests.Shipped);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
