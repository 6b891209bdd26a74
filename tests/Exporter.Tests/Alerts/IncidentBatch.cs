using System.Collections.Immutable;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Several incidents in one run of promtool, each in its own cluster: a further cluster costs a fifth of what
/// the first one costs.</summary>
internal sealed class IncidentBatch
{
    private const string Name = "prod";

    private readonly ImmutableArray<(AlertIncident Incident, InputSeries Input)> _incidents;

    /// <param name="incidents">The incidents, each played as a cluster named prod, longest first.</param>
    private IncidentBatch(IEnumerable<(AlertIncident, InputSeries)> incidents) => _incidents = [.. incidents];

    /// <summary>Groups incidents that can run together: they have the same step and about the same length. An incident
    /// that affects all clusters or all exporters runs alone.</summary>
    public static IEnumerable<AlertIncident[]> Split(IEnumerable<AlertIncident> incidents, int size)
    {
        var all = incidents.ToList();
        return all.Where(StandsAlone)
            .Select(incident => new[] { incident })
            .Concat(
                all.Where(incident => !StandsAlone(incident))
                    .GroupBy(incident => incident.StepSeconds)
                    .SelectMany(group => group.OrderByDescending(incident => incident.Length).Chunk(size))
            );
    }

    public static IncidentBatch Create(IEnumerable<AlertIncident> incidents, Func<AlertIncident, InputSeries> play) =>
        new(incidents.OrderByDescending(incident => incident.Length).Select(incident => (incident, play(incident))));

    /// <summary>The timeline of each incident under these rules, by its name.</summary>
    /// <param name="beside">A healthy cluster.</param>
    /// <exception cref="InvalidOperationException">An alert fires that belongs to no incident.</exception>
    public async Task<IReadOnlyDictionary<string, AlertTimeline>> PlayAsync(
        Rules rules,
        InputSeries? beside,
        CancellationToken ct
    )
    {
        var alone = _incidents.Length == 1;
        var input = _incidents
            .Select((one, i) => alone ? one.Input : one.Input.Renamed(series => Number(series, i)))
            .Aggregate((all, one) => all.Beside(one));
        var timeline = await rules.PlayAsync(beside is null ? input : input.Beside(beside), ct);
        if (alone)
        {
            return new Dictionary<string, AlertTimeline> { [_incidents[0].Incident.Name] = timeline };
        }
        var strange = timeline.Firings.Where(firing => Owner(firing.Labels) is null).ToList();
        if (strange.Count > 0)
        {
            throw new InvalidOperationException($"fires for no cluster of the batch: {string.Join('\n', strange)}");
        }
        return _incidents
            .Select((one, i) => (one.Incident, Timeline: Part(timeline, i)))
            .ToDictionary(one => one.Incident.Name, one => one.Timeline, StringComparer.Ordinal);
    }

    private static bool StandsAlone(AlertIncident incident) =>
        incident.Also is not null
        || incident.LabelsClash is not null
        || incident.Raises.Intersect(["ConfigNotLoaded", "ShardMismatch", "LabelClash", "ScrapeTooSlow"]).Any()
        || incident.Name.Contains("shard", StringComparison.Ordinal)
        || incident.Name.StartsWith("the-exporters-are-gone", StringComparison.Ordinal);

    /// <summary>What fires for one incident until its end; a shorter one is silent afterwards.</summary>
    private AlertTimeline Part(AlertTimeline whole, int i)
    {
        var end = (_incidents[i].Input.Scrapes - 1) * whole.Step;
        return whole with
        {
            Firings =
            [
                .. whole
                    .Firings.Where(firing => Owner(firing.Labels) == i && firing.From <= end)
                    .Select(firing =>
                        firing with
                        {
                            Labels = Unnumber(firing.Labels, i),
                            To = firing.To < end ? firing.To : end,
                        }
                    ),
            ],
        };
    }

    private int? Owner(string labels) =>
        Enumerable
            .Range(0, _incidents.Length)
            .Where(i => Unnumber(labels, i) != labels)
            .Select(i => (int?)i)
            .FirstOrDefault();

    private static string Number(string text, int i) =>
        text.Replace($"\"{Name}\"", $"\"{Name}{i}x\"", StringComparison.Ordinal)
            .Replace($"\"{Name}-exporter-", $"\"{Name}{i}x-exporter-", StringComparison.Ordinal);

    private static string Unnumber(string text, int i) =>
        text.Replace($"\"{Name}{i}x\"", $"\"{Name}\"", StringComparison.Ordinal)
            .Replace($"\"{Name}{i}x-exporter-", $"\"{Name}-exporter-", StringComparison.Ordinal);
}
