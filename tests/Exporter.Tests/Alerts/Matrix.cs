using System.Collections.Concurrent;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>Every incident as the shipped rules see it, each played once, beside a second cluster that is well and ten
/// times as large: it must stay silent, and must not hide or help anything.</summary>
internal static class Matrix
{
    public const string Other = "other";

    private static readonly ConcurrentDictionary<string, Lazy<InputSeries>> s_inputs = new();
    private static readonly ConcurrentDictionary<(string, double, double, string), Lazy<InputSeries>> s_well = new();
    private static readonly ConcurrentDictionary<string, Lazy<Task<Timeline>>> s_timelines = new();
    private static readonly ConcurrentDictionary<string, StatusStory> s_told = new();

    public static InputSeries Input(Incident incident) =>
        s_inputs
            .GetOrAdd(
                incident.Name,
                _ =>
                    new(() =>
                    {
                        var told = s_told[incident.Name] = new StatusStory();
                        var both = Story
                            .Play(incident, incident.Watching, look: (at, exporters) => told.Look(at, [.. exporters]))
                            .Beside(Well(incident));
                        return incident.Also is { } also
                            ? both.Beside(Story.Play(also, also.Watching, "second"))
                            : both;
                    })
            )
            .Value;

    public static StatusStory Told(Incident incident)
    {
        _ = Input(incident);
        return s_told[incident.Name];
    }

    public static Task<Timeline> TimelineAsync(Incident incident) =>
        s_timelines
            .GetOrAdd(incident.Name, _ => new(() => Rules.Shipped.PlayAsync(Input(incident), CancellationToken.None)))
            .Value;

    /// <summary>Plays them as many at a time as there are cores.</summary>
    public static Task PlayAllAsync(IEnumerable<Incident> incidents, CancellationToken ct) =>
        Parallel.ForEachAsync(
            incidents,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = ct },
            async (incident, _) => await TimelineAsync(incident)
        );

    /// <summary>A healthy cluster that is watched in the same way for as long.</summary>
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
