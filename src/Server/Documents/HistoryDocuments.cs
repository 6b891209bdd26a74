using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Documents;

/// <summary>The figures of the last hours that are worth a plot, oldest first.</summary>
internal sealed record HistoryDocument(int StepSeconds, ImmutableArray<SampleDocument> Points)
{
    private const int Step = 60;

    public static HistoryDocument Create(ClusterHistory history) =>
        new(
            Step,
            [
                .. history
                    .Samples()
                    .Select(sample => new SampleDocument(
                        sample.At,
                        sample.Term,
                        sample.LagEntries,
                        sample.TotalBytes,
                        sample.WritableBytes
                    )),
            ]
        );
}

internal sealed record SampleDocument(
    DateTimeOffset At,
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong? Term,
    ulong? LagEntries,
    long? TotalBytes,
    long? WritableBytes
);

/// <summary>What happened to a cluster.</summary>
internal sealed record EventDocument(
    [property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] ulong Id,
    DateTimeOffset At,
    string Cluster,
    string Kind,
    string Subject,
    bool Bad,
    string Sentence
)
{
    public static EventDocument Create(ClusterEvent entry) =>
        new(
            entry.Id,
            entry.At,
            entry.Cluster,
            entry.Change.Kind,
            entry.Change.Subject,
            entry.Change.Bad,
            entry.Change.Sentence
        );
}
