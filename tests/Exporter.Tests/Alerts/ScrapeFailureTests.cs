using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Prometheus misses a scrape.</summary>
public sealed class ScrapeFailureTests
{
    /// <summary>Not where a reload ends the series: what fires ends a minute after the last scrape that has them,
    /// whichever that is.</summary>
    public static TheoryData<string> Raising =>
        [
            .. Incidents
                .All.Where(incident => incident.Raises.Length > 0 && !incident.Raises.Contains("ClusterUnwatched"))
                .Select(incident => incident.Name),
        ];

    /// <summary>A scrape that fails once, just before an alert begins or just after, neither hides nor ends it. The one
    /// that would have shown the cause makes it a step late, so that one that fires for a single step may be
    /// missed.</summary>
    [Theory]
    [MemberData(nameof(Raising))]
    public async Task AScrapeThatFailsOnceNeitherHidesNorEndsAnAlert(string name)
    {
        var incident = Incidents.Named(name);
        // Of longer steps a single one would be minutes without data.
        var coarse = incident.StepSeconds > 30;
        if (coarse)
        {
            incident = incident with { StepSeconds = 30, PollSeconds = 30, Also = null };
        }
        var whole = coarse
            ? await Rules.Shipped.PlayAsync(Story.Play(incident, incident.Watching), Ct)
            : await Matrix.TimelineAsync(incident);
        var rules = Rules.Shipped.With(
            Rules.Shipped.All.Where(rule => rule.IsAlert && incident.Raises.Contains(rule.Name))
        );
        foreach (var after in (int[])[-1, 1])
        {
            var input = coarse ? Story.Play(incident, incident.Watching) : Matrix.Input(incident);
            foreach (
                var at in whole
                    .Firings.Select(firing => firing.From + (after * whole.Step))
                    .Distinct()
                    .Where(at => at < incident.Length)
            )
            {
                input = input.WithoutScrape((int)(at / whole.Step));
            }
            var failed = await rules.PlayAsync(input, Ct);

            Firing? Seen(Firing firing) =>
                failed.Firings.FirstOrDefault(other =>
                    (other.Alert, other.Labels) == (firing.Alert, firing.Labels)
                    && Late(other.From, firing.From)
                    && Late(other.To, firing.To)
                );
            bool Late(TimeSpan time, TimeSpan than) => time >= than && time <= than + whole.Step;
            var lasting = whole.Firings.Where(firing => firing.To > firing.From).ToList();
            Assert.True(lasting.TrueForAll(firing => Seen(firing) is not null), $"{whole}\nbecame\n{failed}");
            Assert.Empty(failed.Firings.Except(whole.Firings.Select(Seen).OfType<Firing>()));
        }
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;
}
