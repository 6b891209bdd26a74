using System.Collections.Concurrent;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Plays every incident once with the shipped rules, beside a second, healthy cluster that is ten times as
/// large: it must stay silent, and must neither hide nor help anything.</summary>
internal static class Matrix
{
    public const string Other = "other";

    private static readonly ConcurrentDictionary<string, Lazy<InputSeries>> Inputs = new();
    private static readonly ConcurrentDictionary<(string, double, double, string), Lazy<InputSeries>> HealthyInputs =
        new();
    private static readonly ConcurrentDictionary<
        string,
        Lazy<Task<IReadOnlyDictionary<string, AlertTimeline>>>
    > Timelines = new();
    private static readonly ConcurrentDictionary<string, StatusStory> StatusStories = new();
    private static readonly string[][] Batches =
    [
        .. IncidentBatch
            .Split(Incidents.All, size: MatrixTests.Asked is null ? 12 : 1)
            .Select(batch => batch.Select(incident => incident.Name).ToArray()),
    ];

    /// <summary>The scraped series of the incident and of the healthy cluster beside it.</summary>
    public static InputSeries Input(AlertIncident incident) => Alone(incident).Beside(Well(incident));

    /// <summary>The scraped series of the incident alone.</summary>
    public static InputSeries Alone(AlertIncident incident) =>
        Inputs
            .GetOrAdd(
                incident.Name,
                _ =>
                    new(() =>
                    {
                        var told = StatusStories[incident.Name] = new StatusStory();
                        var one = IncidentRun.Play(
                            incident,
                            incident.Watching,
                            look: (at, exporters) => told.Look(at, [.. exporters])
                        );
                        return incident.Also is { } also
                            ? one.Beside(IncidentRun.Play(also, also.Watching, "second"))
                            : one;
                    })
            )
            .Value;

    public static StatusStory Told(AlertIncident incident)
    {
        _ = Alone(incident);
        return StatusStories[incident.Name];
    }

    public static async Task<AlertTimeline> TimelineAsync(AlertIncident incident)
    {
        var batch = Batches.First(batch => batch.Contains(incident.Name));
        return (
            await Timelines.GetOrAdd(batch[0], _ => new(() => PlayAsync([.. batch.Select(Incidents.Named)]))).Value
        )[incident.Name];
    }

    /// <summary>Plays as many batches at a time as there are cores.</summary>
    public static Task PlayAllAsync(IEnumerable<AlertIncident> incidents, CancellationToken ct) =>
        Parallel.ForEachAsync(
            incidents.DistinctBy(incident => Batches.First(batch => batch.Contains(incident.Name))),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct },
            async (incident, _) => await TimelineAsync(incident)
        );

    private static Task<IReadOnlyDictionary<string, AlertTimeline>> PlayAsync(AlertIncident[] incidents) =>
        IncidentBatch
            .Create(incidents, Alone)
            .PlayAsync(Rules.Shipped, Well(incidents.MaxBy(incident => incident.Length)!), CancellationToken.None);

    /// <summary>A healthy cluster that is watched in the same way for the same time.</summary>
    public static InputSeries Well(AlertIncident like) =>
        HealthyInputs
            .GetOrAdd(
                (like.Lasts, like.StepSeconds, like.PollSeconds, like.LabelsClash is null ? "" : like.Name),
                _ =>
                    new(() =>
                        IncidentRun.Play(
                            new AlertIncident("well", like.Lasts, [], _ => { })
                            {
                                StepSeconds = like.StepSeconds,
                                PollSeconds = like.PollSeconds,
                                LabelsClash = like.LabelsClash,
                            },
                            ExporterPlacement.Central,
                            Other,
                            options => options with { BlobnodesPerIdc = 40, DisksPerBlobnode = 12, Seed = 9 }
                        )
                    )
            )
            .Value;
}
