using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The same incidents, watched otherwise: what they raise stays the same.</summary>
public sealed class VariantTests
{
    public static TheoryData<string> Raising => [.. Incidents.All.Where(incident => incident.Raises.Length > 0).Select(incident => incident.Name)];

    /// <summary>Those that raise something and those that must raise nothing at all, in steps of 15 s. What just stays below
    /// a limit is left to one way of watching.</summary>
    public static TheoryData<string> Fine =>
        [.. Incidents.All.Where(incident => incident is { StepSeconds: 15, JustBelow: null, Watching: Watching.Central, Also: null }).Select(incident => incident.Name)];

    /// <summary>Those that go by what is recorded of members and voters.</summary>
    private static readonly string[] s_now = ["NoLeader", "QuorumLost", "NoQuorumMargin", "LeaderDisagreement", "TwoLeadersInOneTerm"];

    public static TheoryData<string> Paging => [.. Incidents.All
        .Where(incident => incident is { StepSeconds: <= 15, Watching: Watching.Central, Also: null } && incident.Raises.Intersect(s_now).Any())
        .Select(incident => incident.Name)];

    /// <summary>A scrape that fails once, just before an alert begins or just after, neither hides nor ends it. The one that
    /// would have shown the cause makes it a step late, so that one that fires for a single step may be missed.</summary>
    [Theory]
    [MemberData(nameof(Raising))]
    public async Task AScrapeThatFailsOnceNeitherHidesNorEndsAnAlert(string name)
    {
        var incident = Incidents.Named(name);
        // Of longer steps a single one would be minutes without data.
        var coarse = incident.StepSeconds > 30;
        if (coarse) incident = incident with { StepSeconds = 30, PollSeconds = 30, Also = null };
        var whole = coarse ? await Rules.Shipped.PlayAsync(Story.Play(incident, incident.Watching), Ct) : await Matrix.TimelineAsync(incident);
        var rules = Rules.Shipped.With(Rules.Shipped.All.Where(rule => rule.IsAlert && incident.Raises.Contains(rule.Name)));
        foreach (var after in (int[])[-1, 1])
        {
            var input = coarse ? Story.Play(incident, incident.Watching) : Matrix.Input(incident);
            foreach (var at in whole.Firings.Select(firing => firing.From + (after * whole.Step)).Distinct().Where(at => at < incident.Length))
                input = input.WithoutScrape((int)(at / whole.Step));

            var failed = await rules.PlayAsync(input, Ct);

            Firing? Seen(Firing firing) => failed.Firings.FirstOrDefault(other => (other.Alert, other.Labels) == (firing.Alert, firing.Labels)
                && Late(other.From, firing.From) && Late(other.To, firing.To));
            bool Late(TimeSpan time, TimeSpan than) => time >= than && time <= than + whole.Step;
            var lasting = whole.Firings.Where(firing => firing.To > firing.From).ToList();
            Assert.True(lasting.TrueForAll(firing => Seen(firing) is not null), $"{whole}\nbecame\n{failed}");
            Assert.Empty(failed.Firings.Except(whole.Firings.Select(Seen).OfType<Firing>()));
        }
    }

    [Theory]
    [MemberData(nameof(Fine))]
    public async Task TwoExportersOnOneClusterRaiseTheSame(string name)
    {
        var incident = Incidents.Named(name);

        var timeline = await Rules.Shipped.PlayAsync(Story.Play(incident, Watching.Twice), Ct);

        Assert.Equal("", timeline.Errors);
        Assert.Equal([.. incident.Raises.Order(StringComparer.Ordinal)], timeline.Alerts);
    }

    [Theory]
    [MemberData(nameof(Fine))]
    public async Task AnExporterBesideEachMemberRaisesTheSame(string name)
    {
        var incident = Incidents.Named(name);

        var timeline = await Rules.Shipped.PlayAsync(Story.Play(incident, Watching.Sidecars), Ct);

        Assert.Equal("", timeline.Errors);
        Assert.Equal([.. (incident.RaisesBesideMembers ?? incident.Raises).Order(StringComparer.Ordinal)], timeline.Alerts);
    }

    /// <summary>A Prometheus that begins in the middle of an outage, with nothing recorded, wakes as the other one did that saw it come: no
    /// page needs what it cannot know.</summary>
    [Theory]
    [MemberData(nameof(Paging))]
    public async Task APrometheusWithoutAPastPagesAsWell(string name)
    {
        var incident = Incidents.Named(name);
        var whole = await Matrix.TimelineAsync(incident);
        foreach (var firing in whole.Firings.Where(firing => s_now.Contains(firing.Alert)).DistinctBy(firing => firing.Alert))
        {
            var alert = Rules.Shipped.All.Single(rule => rule.IsAlert && rule.Name == firing.Alert);
            var limit = alert.For + TimeSpan.FromMinutes(1);
            if (firing.To - firing.From < limit + alert.KeepFiringFor) continue;

            var anew = await Rules.Shipped.With(alert).PlayAsync(Matrix.Input(incident).From((int)(firing.From / whole.Step)), Ct);

            Assert.True(
                anew.Firings.Any(other => other.Labels == firing.Labels && other.From <= limit), $"{firing} became\n{anew}");
        }
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
        var (one, two) = (Incidents.Named("both-followers-killed"), Incidents.Named("every-member-cut-off-from-every-other"));

        var timeline = await Rules.Shipped.PlayAsync(Story.Play(one).Beside(Story.Play(two, name: "second")), Ct);

        Assert.Equal((await Matrix.TimelineAsync(one)).ToString(), Of("prod"));
        Assert.Equal((await Matrix.TimelineAsync(two)).ToString().Replace("prod", "second", StringComparison.Ordinal), Of("second"));
        string Of(string cluster) => (timeline with { Firings = [.. timeline.Firings.Where(firing => firing.Labels.Contains($"\"{cluster}\"", StringComparison.Ordinal))] }).ToString();
    }

    /// <summary>However chance decides: who leads, how long a dead leader is believed, how long the new one is silent.</summary>
    [Fact]
    public async Task NoNormalFailoverPagesAnybody()
    {
        await Parallel.ForEachAsync(Enumerable.Range(1, 24), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = Ct }, async (seed, ct) =>
        {
            var members = seed % 2 == 0 ? 3 : 5;
            var failover = new Incident($"failover-{seed}", "8:00", [], story =>
            {
                story.At($"2:{seed:00}", () =>
                {
                    if (story.Cluster.Leader is not { } leader) return;
                    if (seed % 3 == 0) story.Cluster.Hang(leader);
                    else story.Cluster.Kill(leader);
                });
                story.At("5:00", () => Array.ForEach(story.Cluster.Members.ToArray(), member =>
                {
                    story.Cluster.Resume(member.Id);
                    if (!member.Listening) story.Cluster.Start(member.Id);
                }));
            })
            { Members = members, StepSeconds = seed % 4 < 2 ? 10 : 15, Shape = options => Incident.Quick(options) with { Members = members, Seed = (ulong)seed, FirstLeader = null } };

            var timeline = await Rules.Shipped.PlayAsync(Story.Play(failover), ct);

            Assert.True(timeline.Firings.IsEmpty, $"seed {seed}: {timeline}");
        });
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
