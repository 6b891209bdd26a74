using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Clustermgr.Formatting;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>The pending and firing alerts of all clusters of a running exporter.</summary>
/// <param name="At">Time of its evaluation; null when it could not be asked, or evaluates no alerts.</param>
/// <param name="Note">Why the alerts are unknown, as a sentence; null when they are known.</param>
internal sealed record ExporterAlerts(DateTimeOffset? At, ImmutableArray<AlertDocument> All, string? Note)
{
    /// <summary>Names of the clusters that it watches.</summary>
    public ImmutableHashSet<string> Clusters { get; init; } = [];

    /// <summary>Returns this for a cluster that the exporter watches, else nothing with a note.</summary>
    public ExporterAlerts ForCluster(string cluster) =>
        At is null || Clusters.Contains(cluster)
            ? this
            : CreateUnknown(
                $"the exporter watches no cluster {Quoted.From(cluster)}; give its name with --clustermgr.cluster"
            );

    private const int MaxBytes = 16 << 20;

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The alerts of one cluster, and those of the exporter itself.</summary>
    public ImmutableArray<AlertDocument> GetAlerts(string cluster) =>
        [
            .. All.Where(alert =>
                alert.Labels.All(label => label.Name != "cluster")
                || alert.Labels.Any(label =>
                    label.Name == "cluster" && (label.Value == cluster || label.Value == DirectRules.AllClusters)
                )
            ),
        ];

    /// <summary>Asks an exporter. An error becomes the note.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static async Task<ExporterAlerts> FetchAsync(ExporterAddress exporter, CancellationToken ct)
    {
        using var http = exporter.Connect(RequestTimeout, MaxBytes);
        try
        {
            using var answer = await http.GetAsync(ApiEndpoints.Alerts.TrimStart('/'), ct);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Read(await answer.Content.ReadAsByteArrayAsync(ct)) with
                {
                    Clusters = Names(await http.GetByteArrayAsync(ApiEndpoints.Clusters.TrimStart('/'), ct)),
                },
                HttpStatusCode.Unauthorized => CreateUnknown("it requires a password, and status has none"),
                var other => CreateUnknown($"it answers with HTTP {(int)other}"),
            };
        }
        catch (Exception e) when (ExporterAddress.Failure(e, RequestTimeout) is { } reason)
        {
            return CreateUnknown($"no answer from {exporter.Url}: {reason}");
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return CreateUnknown($"what answers at {exporter.Url} is not an exporter, or has another version");
        }
    }

    private static ExporterAlerts CreateUnknown(string why) =>
        new(null, [], $"pending and firing alerts are not known: {why}");

    private static ExporterAlerts Read(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return root.GetProperty("at").ValueKind == JsonValueKind.Null
            ? CreateUnknown(
                "the exporter evaluates none, or has just started; alerting: in its configuration enables it"
            )
            : new(
                root.GetProperty("at").GetDateTimeOffset(),
                [.. root.GetProperty("alerts").EnumerateArray().Select(ReadAlert)],
                null
            );
    }

    private static ImmutableHashSet<string> Names(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return [.. json.RootElement.GetProperty("clusters").EnumerateArray().Select(cluster => Text(cluster, "name"))];
    }

    private static AlertDocument ReadAlert(JsonElement alert) =>
        new(
            Text(alert, "name"),
            Text(alert, "state"),
            [
                .. alert
                    .GetProperty("labels")
                    .EnumerateArray()
                    .Select(label => new LabelDocument(Text(label, "name"), Text(label, "value"))),
            ],
            Time(alert, "since"),
            alert.GetProperty("firesAt").ValueKind == JsonValueKind.Null ? null : Time(alert, "firesAt")
        );

    private static string Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null");

    private static string Time(JsonElement element, string name)
    {
        _ = element.GetProperty(name).GetDateTimeOffset();
        return Text(element, name);
    }
}
