using System.Collections.Immutable;

namespace ClustermgrExporter.Documents;

/// <summary>/api/v1/clusters.</summary>
/// <param name="At">Of the newest answer of all; null where there is none.</param>
internal sealed record ClusterListDocument(
    DateTimeOffset? At,
    string Version,
    string TelemetryPath,
    double PollIntervalSeconds,
    ImmutableArray<ClusterListEntry> Clusters
);

/// <summary>/api/v1/clusters/NAME.</summary>
internal sealed record ClusterPageDocument(DateTimeOffset At, double PollIntervalSeconds, ClusterWithHistory Cluster);

/// <summary>/api/v1/events, the newest first.</summary>
internal sealed record EventListDocument(DateTimeOffset? At, ImmutableArray<EventDocument> Events);

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal sealed record ErrorDocument(string Error);
