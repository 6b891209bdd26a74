using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ClustermgrExporter.Documents;

namespace ClustermgrExporter.Web.Api;

/// <summary>
/// The JSON of the API and of the command line, in one dialect: camelCase; what is not known is there and null; ids,
/// terms and indexes are strings, since a number of JavaScript would lose the digits beyond 2^53; times are UTC to the
/// millisecond.
/// </summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase
)]
[JsonSerializable(typeof(ClusterListDocument))]
[JsonSerializable(typeof(ClusterPageDocument))]
[JsonSerializable(typeof(EventListDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;

/// <summary>/api/v1/clusters.</summary>
/// <param name="At">Of the newest answer of all; null where there is none.</param>
internal sealed record ClusterListDocument(
    string? At,
    string Version,
    string TelemetryPath,
    double PollIntervalSeconds,
    ImmutableArray<ClusterListEntry> Clusters
);

/// <summary>/api/v1/clusters/NAME.</summary>
internal sealed record ClusterPageDocument(string At, double PollIntervalSeconds, ClusterWithHistory Cluster);

/// <summary>/api/v1/events, the newest first.</summary>
internal sealed record EventListDocument(string? At, ImmutableArray<EventDocument> Events);

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal sealed record ErrorDocument(string Error);
