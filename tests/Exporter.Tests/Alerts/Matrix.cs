using System.Collections.Concurrent;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Plays every incident once with the shipped rules, beside a second, healthy cluster that is ten times as
/// large: it must stay silent, and must neither hide nor help anything.</summary>
internal static class Matrix
{
    public const string Other = "other";

    private static readonly ConcurrentDictionary<string, Lazy<InputSeries>> s_inputs = new();
    private static readonly ConcurrentDictionary<(string, double, double, string), Lazy<InputSeries>> s_well = new();
    private static readonly ConcurrentDictionary<
        string,
        Lazy<Task<IReadOnlyDictionary<string, Timeline>>>
    > s_timelines = new();
    private static readonly ConcurrentDictionary<string, StatusStory> s_told = new();
    private static readonly string[][] s_batches =
    [
        .. IncidentBatch
            .Split(Incidents.All, size: MatrixTests.Asked is null ? 12 : 1)
            .Select(batch => batch.Select(incident => incident.Name).ToArray()),
    ];

    /// <summary>The scraped series of the incident and of the healthy cluster beside it.</summary>
    public static InputSeries Input(Incident incident) => Alone(incident).Beside(Well(incident));

    /// <summary>The scraped series of the incident alone.</summary>
    public static InputSeries Alone(Incident incident) =>
        s_inputs
            .GetOrAdd(
                incident.Name,
                _ =>
                    new(() =>
                    {
                        var told = s_told[incident.Name] = new StatusStory();
                        var one = Story.Play(
                            incident,
                            incident.Watching,
                            look: (at, exporters) => told.Look(at, [.. exporters])
                        );
                        return incident.Also is { } also ? one.Beside(Story.Play(also, also.Watching, "second")) : one;
                    })
            )
            .Value;

    public static StatusStory Told(Incident incident)
    {
        _ = Alone(incident);
        return s_told[incident.Name];
    }

    public static async Task<Timeline> TimelineAsync(Incident incident)
    {
        var batch = s_batches.First(batch => batch.Contains(incident.Name));
        return (
            await s_timelines.GetOrAdd(batch[0], _ => new(() => PlayAsync([.. batch.Select(Incidents.Named)]))).Value
        )[incident.Name];
    }

    /// <summary>Plays as many batches at a time as there are cores.</summary>
    public static Task PlayAllAsync(IEnumerable<Incident> incidents, CancellationToken ct) =>
        Parallel.ForEachAsync(
            incidents.DistinctBy(incident => s_batches.First(batch => batch.Contains(incident.Name))),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct },
            async (incident, _) => await TimelineAsync(incident)
        );

    private static Task<IReadOnlyDictionary<string, Timeline>> PlayAsync(Incident[] incidents) =>
        IncidentBatch
            .Create(incidents, Alone)
            .PlayAsync(Rules.Shipped, Well(incidents.MaxBy(incident => incident.Length)!), CancellationToken.None);

    /// <summary>A healthy cluster that is watched in the same way for the same time.</summary>
    public static InputSeries Well(Incident like) =>
        s_well
            .GetOrAdd(
                (like.Lasts, like.StepSeconds, like.PollSeconds, like.LabelsClash is null ? "" : like.Name),
                _ =>
                    new(() =>
                        Story.Play(
                            new Incident("well", like.Lasts, [], _ => { })
                            {
                                StepSeconds = like.StepSeconds,
                                PollSeconds = like.PollSeconds,
                                LabelsClash = like.LabelsClash,
                            },
                            Watching.Central,
                            Other,
                            options => options with { BlobnodesPerIdc = 40, DisksPerBlobnode = 12, Seed = 9 }
                        )
                    )
            )
            .Value;
}
