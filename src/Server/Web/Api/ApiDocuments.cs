using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;

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
[JsonSerializable(typeof(AlertListDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;

/// <summary>/api/v1/clusters.</summary>
/// <param name="At">Time of the newest answer of all clusters; null if there is none.</param>
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

/// <summary>/api/v1/alerts.</summary>
/// <param name="At">Time of the evaluation; null if alerting is off.</param>
/// <param name="Sends">Null if alerting is off.</param>
internal sealed record AlertListDocument(string? At, bool? Sends, ImmutableArray<AlertDocument> Alerts)
{
    public static AlertListDocument Create(AlertingView? view) =>
        view is null
            ? new(null, null, [])
            : new(JsonText.FormatTime(view.At), view.Sends, [.. view.Alerts.Select(AlertDocument.Create)]);
}

internal sealed record AlertDocument(
    string Name,
    string State,
    ImmutableArray<LabelDocument> Labels,
    string Since,
    string? FiresAt
)
{
    public static AlertDocument Create(AlertView alert) =>
        new(
            alert.Name,
            alert.FiresAt is null ? "firing" : "pending",
            [.. alert.Labels.Select(label => new LabelDocument(label.Key, label.Value))],
            JsonText.FormatTime(alert.Since),
            JsonText.FormatTime(alert.FiresAt)
        );
}

internal sealed record LabelDocument(string Name, string Value);

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal sealed record ErrorDocument(string Error);

/// <summary>One answer of the API.</summary>
internal static class ApiDocument
{
    /// <summary>Creates an answer that must not be cached. A client that has the ETag sends it by itself.</summary>
    public static StaticResponse Create<T>(T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new("application/json; charset=utf-8", JsonSerializer.SerializeToUtf8Bytes(document, type))
        {
            Status = status,
            CacheControl = "no-store",
        };
}

/// <summary>What was wrong with a request, in a sentence with the next step.</summary>
internal static class ApiError
{
    public static Task WriteAsync(HttpContext context, int status, string sentence) =>
        ApiDocument
            .Create(new ErrorDocument(sentence), ApiJsonContext.Default.ErrorDocument, status)
            .WriteAsync(context);
}
