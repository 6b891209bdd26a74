using System.Collections.Concurrent;
using Xunit;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A scrape fails.</summary>
public sealed class ScrapeFailureTests
{
    /// <summary>The two shortest incidents that raise each alert. Without those in which a reload ends the series: what
    /// fires ends a minute after the last scrape that has them, whichever that is. Also without incidents of days,
    /// which would take as long as all others in fine steps.</summary>
    public static TheoryData<string> Raising
    {
        get
        {
            var seen = new Dictionary<string, int>(StringComparer.Ordinal);
            var chosen = new TheoryData<string>();
            foreach (
                var incident in Incidents
                    .All.Where(incident => !incident.Raises.Contains("ClusterUnwatched"))
                    .Where(incident => incident.Length < TimeSpan.FromDays(2))
                    .OrderBy(incident => incident.Length)
                    .Where(incident => incident.Raises.Any(alert => seen.GetValueOrDefault(alert) < PerAlert))
            )
            {
                chosen.Add(incident.Name);
                foreach (var alert in incident.Raises)
                {
                    seen[alert] = seen.GetValueOrDefault(alert) + 1;
                }
            }
            return chosen;
        }
    }

    private const int PerAlert = 2;

    private static readonly AlertIncident[][] Batches =
    [
        .. IncidentBatch.Split(Raising.Select(row => Finer(Incidents.Named(row.Data))), size: 12),
    ];

    private static readonly ConcurrentDictionary<
        (string Batch, int After),
        Lazy<Task<IReadOnlyDictionary<string, AlertTimeline>>>
    > PlayedBatches = new();

    private static readonly ConcurrentDictionary<string, Lazy<InputSeries>> FinerInputs = new();

    /// <summary>One failed scrape, just before an alert begins or just after, neither hides nor ends it. If the scrape
    /// that would have shown the cause fails, the alert is a step late, so one that fires for a single step may be
    /// missed.</summary>
    [Theory]
    [MemberData(nameof(Raising))]
    public async Task AScrapeThatFailsOnceNeitherHidesNorEndsAnAlert(string name)
    {
        var incident = Finer(Incidents.Named(name));
        var raises = incident.Raises.ToHashSet(StringComparer.Ordinal);
        var whole = await WholeAsync(incident);
        foreach (var after in (int[])[-1, 1])
        {
            var failed = (await PlayedAsync(incident, after)).Only(raises);

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

    /// <summary>With longer steps a single failed scrape would mean minutes without data.</summary>
    private static AlertIncident Finer(AlertIncident incident) =>
        IsCoarse(incident) ? incident with { StepSeconds = 30, PollSeconds = 30, Also = null } : incident;

    private static bool IsCoarse(AlertIncident incident) => incident.StepSeconds > 30;

    private static bool WasCoarse(AlertIncident incident) => IsCoarse(Incidents.Named(incident.Name));

    private static async Task<AlertTimeline> WholeAsync(AlertIncident incident) =>
        WasCoarse(incident) ? await PlayedAsync(incident, 0) : await Matrix.TimelineAsync(incident);

    /// <param name="after">Number of steps after the start of an alert at which a scrape fails; 0 for none.</param>
    private static async Task<AlertTimeline> PlayedAsync(AlertIncident incident, int after)
    {
        var batch = Batches.Single(some => some.Contains(incident));
        return (await PlayedBatches.GetOrAdd((batch[0].Name, after), _ => new(() => PlayAsync(batch, after))).Value)[
            incident.Name
        ];
    }

    private static async Task<IReadOnlyDictionary<string, AlertTimeline>> PlayAsync(AlertIncident[] batch, int after)
    {
        var whole = new Dictionary<string, AlertTimeline>(StringComparer.Ordinal);
        foreach (var incident in after == 0 ? [] : batch)
        {
            whole.Add(incident.Name, await WholeAsync(incident));
        }
        var rules = Rules.Shipped.With(
            Rules.Shipped.All.Where(rule => rule.IsAlert && batch.Any(one => one.Raises.Contains(rule.Name)))
        );
        return await IncidentBatch
            .Create(batch, incident => after == 0 ? Input(incident) : Failed(incident, whole[incident.Name], after))
            .PlayAsync(
                rules,
                batch.Length == 1 && !WasCoarse(batch[0]) ? Matrix.Well(batch[0]) : null,
                CancellationToken.None
            );
    }

    private static InputSeries Failed(AlertIncident incident, AlertTimeline whole, int after) =>
        whole
            .Firings.Select(firing => firing.From + (after * whole.Step))
            .Distinct()
            .Where(at => at < incident.Length)
            .Aggregate(Input(incident), (input, at) => input.WithoutScrape((int)(at / whole.Step)));

    private static InputSeries Input(AlertIncident incident) =>
        WasCoarse(incident)
            ? FinerInputs.GetOrAdd(incident.Name, _ => new(() => IncidentRun.Play(incident, incident.Watching))).Value
            : Matrix.Alone(incident);
}
