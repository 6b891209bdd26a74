using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Clustermgr.Analysis;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Api;

/// <summary>One cluster with its history.</summary>
internal sealed record ClusterWithHistory : ClusterDetail
{
    public ClusterWithHistory(ClusterAnalysis analysis, ClusterHistory history, string runbooks)
        : base(analysis, runbooks)
    {
        History = HistoryDocument.Create(history);
        Events = [.. history.Events().Reverse().Select(EventDocument.Create)];
    }

    [JsonPropertyOrder(2)]
    public HistoryDocument History { get; }

    /// <summary>Newest first.</summary>
    [JsonPropertyOrder(2)]
    public ImmutableArray<EventDocument> Events { get; }
}

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
                        JsonText.FormatTime(sample.At),
                        JsonText.FormatId(sample.Term),
                        sample.LagEntries,
                        sample.TotalBytes,
                        sample.WritableBytes
                    )),
            ]
        );
}

internal sealed record SampleDocument(
    string At,
    string? Term,
    ulong? LagEntries,
    long? TotalBytes,
    long? WritableBytes
);

/// <summary>What happened to a cluster.</summary>
internal sealed record EventDocument(
    string Id,
    string At,
    string Cluster,
    string Kind,
    string Subject,
    bool Bad,
    string Sentence
)
{
    public static EventDocument Create(ClusterEvent entry) =>
        new(
            JsonText.FormatId(entry.Id),
            JsonText.FormatTime(entry.At),
            entry.Cluster,
            entry.Change.Kind,
            entry.Change.Subject,
            entry.Change.Bad,
            entry.Change.Sentence
        );
}
