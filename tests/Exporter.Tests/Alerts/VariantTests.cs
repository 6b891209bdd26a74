using System.Collections.Concurrent;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The same incidents, watched otherwise: what they raise stays the same.</summary>
public sealed class VariantTests
{
    /// <summary>Those that raise something and those that must raise nothing at all, in steps of 15 s. What just stays
    /// below a limit is left to one way of watching.</summary>
    public static TheoryData<string> Fine =>
        [
            .. Incidents
                .All.Where(incident =>
                    incident is { StepSeconds: 15, JustBelow: null, Watching: Watching.Central, Also: null }
                )
                .Select(incident => incident.Name),
        ];

    private static readonly string[][] s_batches =
    [
        .. IncidentBatch
            .Split(Fine.Select(row => Incidents.Named(row.Data)), size: 12)
            .Select(batch => batch.Select(incident => incident.Name).ToArray()),
    ];

    private static readonly ConcurrentDictionary<
        (string Batch, Watching Watching),
        Lazy<Task<IReadOnlyDictionary<string, Timeline>>>
    > s_played = new();

    [Theory]
    [MemberData(nameof(Fine))]
    public async Task TwoExportersOnOneClusterRaiseTheSame(string name)
    {
        var incident = Incidents.Named(name);

        var timeline = await PlayAsync(incident, Watching.Twice);

        Assert.Equal("", timeline.Errors);
        Assert.Equal([.. incident.Raises.Order(StringComparer.Ordinal)], timeline.Alerts);
    }

    [Theory]
    [MemberData(nameof(Fine))]
    public async Task AnExporterBesideEachMemberRaisesTheSame(string name)
    {
        var incident = Incidents.Named(name);

        var timeline = await PlayAsync(incident, Watching.Sidecars);

        Assert.Equal("", timeline.Errors);
        Assert.Equal(
            [.. (incident.RaisesBesideMembers ?? incident.Raises).Order(StringComparer.Ordinal)],
            timeline.Alerts
        );
    }

    [Fact]
    public async Task WithNoExporterLeftOneAlertSpeaksForAllClusters()
    {
        var timeline = await Rules.Shipped.PlayAsync(Story.Play(Incidents.Named("the-exporters-are-gone")), Ct);

        var firing = Assert.Single(timeline.Firings);
        Assert.Equal(("ExporterAbsent", "cluster=\"all clusters\""), (firing.Alert, firing.Labels));
    }

    [Fact]
    public async Task TwoClustersInTroubleRaiseWhatEachOfThemRaisesAlone()
    {
        var (one, two) = (
            Incidents.Named("both-followers-killed"),
            Incidents.Named("every-member-cut-off-from-every-other")
        );

        var timeline = await Rules.Shipped.PlayAsync(Story.Play(one).Beside(Story.Play(two, name: "second")), Ct);

        Assert.Equal((await Matrix.TimelineAsync(one)).ToString(), timeline.Of("prod").ToString());
        Assert.Equal(
            (await Matrix.TimelineAsync(two)).ToString().Replace("prod", "second", StringComparison.Ordinal),
            timeline.Of("second").ToString()
        );
    }

    /// <summary>However chance decides: who leads, how long a dead leader is believed, how long the new one is
    /// silent.</summary>
    [Fact]
    public async Task NoNormalFailoverPagesAnybody()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(1, 24),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = Ct },
            async (seed, ct) =>
            {
                var members = seed % 2 == 0 ? 3 : 5;
                var failover = new Incident(
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
                        Incident.Quick(options) with
                        {
                            Members = members,
                            Seed = (ulong)seed,
                            FirstLeader = null,
                        },
                };

                var timeline = await Rules.Shipped.PlayAsync(Story.Play(failover), ct);

                Assert.True(timeline.Firings.IsEmpty, $"seed {seed}: {timeline}");
            }
        );
    }

    private static async Task<Timeline> PlayAsync(Incident incident, Watching watching)
    {
        var batch = s_batches.Single(some => some.Contains(incident.Name));
        var played = s_played.GetOrAdd(
            (batch[0], watching),
            _ =>
                new(() =>
                    IncidentBatch
                        .Create(batch.Select(Incidents.Named), one => Story.Play(one, watching))
                        .PlayAsync(Rules.Shipped, null, CancellationToken.None)
                )
        );
        return (await played.Value)[incident.Name];
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
