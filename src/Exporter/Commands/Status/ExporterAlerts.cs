using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using Clustermgr.Formatting;
using ClustermgrExporter.Alerting;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>What a running exporter judges: alerts of all its clusters, pending and firing.</summary>
/// <param name="At">Of its judgement; null where it could not be asked, or judges none.</param>
/// <param name="Note">Why nothing is known, as a sentence; null where it is.</param>
internal sealed record ExporterAlerts(DateTimeOffset? At, ImmutableArray<AlertDocument> All, string? Note)
{
    /// <summary>Names of the clusters that it watches.</summary>
    public ImmutableHashSet<string> Clusters { get; init; } = [];

    /// <summary>For one cluster: of one that it does not watch it knows nothing.</summary>
    public ExporterAlerts For(string cluster) =>
        At is null || Clusters.Contains(cluster)
            ? this
            : Nothing(
                $"the exporter watches no cluster {Quoted.From(cluster)}; give its name with --clustermgr.cluster"
            );

    private const int MostBytes = 16 << 20;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>Of one cluster, and those of the exporter itself.</summary>
    public ImmutableArray<AlertDocument> Of(string cluster) =>
        [
            .. All.Where(alert =>
                alert.Labels.All(label => label.Name != "cluster")
                || alert.Labels.Any(label =>
                    label.Name == "cluster" && (label.Value == cluster || label.Value == DirectRules.AllClusters)
                )
            ),
        ];

    /// <summary>Never fails: what went wrong is the note.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static async Task<ExporterAlerts> AskAsync(ExporterAddress exporter, CancellationToken ct)
    {
        using var http = exporter.Connect(s_timeout, MostBytes);
        try
        {
            using var answer = await http.GetAsync(ApiEndpoints.Alerts.TrimStart('/'), ct);
            return answer.StatusCode switch
            {
                HttpStatusCode.OK => Read(await answer.Content.ReadAsByteArrayAsync(ct)) with
                {
                    Clusters = Names(await http.GetByteArrayAsync(ApiEndpoints.Clusters.TrimStart('/'), ct)),
                },
                HttpStatusCode.Unauthorized => Nothing("it asks for a password, which status has none of"),
                var other => Nothing($"it answers with HTTP {(int)other}"),
            };
        }
        catch (Exception e) when (ExporterAddress.Failure(e, s_timeout) is { } reason)
        {
            return Nothing($"no answer from {exporter.Url}: {reason}");
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Nothing($"what answers at {exporter.Url} is no exporter, or one of another version");
        }
    }

    private static ExporterAlerts Nothing(string why) =>
        new(null, [], $"alerts that pend and fire are not known: {why}");

    private static ExporterAlerts Read(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return root.GetProperty("at").ValueKind == JsonValueKind.Null
            ? Nothing("the exporter judges none, or began only now; it does with alerting: in its configuration")
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
