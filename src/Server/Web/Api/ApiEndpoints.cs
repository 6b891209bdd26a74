using System.Collections.Immutable;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ClustermgrExporter.Web.Api;

/// <summary>The JSON API that docs/openapi.yaml describes.</summary>
/// <param name="alerting">Null if alerting is off.</param>
internal sealed class ApiEndpoints(
    ClusterRegistry registry,
    string telemetryPath,
    TimeProvider time,
    Func<AlertingView?> alerting
)
{
    private const string Version = PagePaths.Api + "v1/";

    public const string Clusters = Version + "clusters",
        Events = Version + "events",
        Alerts = Version + "alerts",
        OpenApi = Version + "openapi.yaml";

    /// <summary>Relative to the page at the root.</summary>
    private const string Runbooks = "runbooks";

    private readonly ThrottledContent _list = new(time);

    public Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == Clusters)
        {
            return _list.GetOrCreate(List).WriteAsync(context);
        }
        if (path.StartsWith(Clusters + "/", StringComparison.Ordinal))
        {
            return ClusterAsync(context, Name(context));
        }
        if (path == Events)
        {
            return EventsAsync(context);
        }
        if (path == Alerts)
        {
            return ApiDocument
                .Create(AlertListDocument.Create(alerting()), ApiJsonContext.Default.AlertListDocument)
                .WriteAsync(context);
        }
        return ApiError.WriteAsync(
            context,
            StatusCodes.Status404NotFound,
            $"no such path; there are {Clusters}, {Clusters}/NAME, {Events}, {Alerts} and /api/v1/openapi.yaml"
        );
    }

    private StaticResponse List()
    {
        var analyses = registry.Clusters.Select(poller => poller.Publication.Analysis).ToImmutableArray();
        return ApiDocument.Create(
            new ClusterListDocument(
                JsonText.FormatTime(analyses.Max(analysis => (DateTimeOffset?)analysis.Snapshot.WallClockAt)),
                BuildVersion.Current.Version,
                telemetryPath,
                registry.Interval.TotalSeconds,
                [.. analyses.Select(analysis => new ClusterListEntry(analysis, Runbooks))]
            ),
            ApiJsonContext.Default.ClusterListDocument
        );
    }

    private Task ClusterAsync(HttpContext context, string name)
    {
        var poller = registry.Find(name);
        return poller is null ? UnknownAsync(context, name) : Detail(poller).WriteAsync(context);
    }

    private static StaticResponse Detail(ClusterPoller poller)
    {
        var analysis = poller.Publication.Analysis;
        return ApiDocument.Create(
            new ClusterPageDocument(
                JsonText.FormatTime(analysis.Snapshot.WallClockAt),
                poller.Interval.TotalSeconds,
                new ClusterWithHistory(analysis, poller.Publication.History, Runbooks)
            ),
            ApiJsonContext.Default.ClusterPageDocument
        );
    }

    private Task EventsAsync(HttpContext context)
    {
        if (EventQuery.Parse(context.Request.Query, out var error) is not { } query)
        {
            return ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, error!);
        }
        var one = query.Cluster is { } name ? registry.Find(name) : null;
        if (one is null && query.Cluster is { } unknown)
        {
            return UnknownAsync(context, unknown);
        }
        return ApiDocument
            .Create(
                new EventListDocument(
                    JsonText.FormatTime(
                        registry.Clusters.Max(poller => (DateTimeOffset?)poller.Publication.Snapshot.WallClockAt)
                    ),
                    [.. registry.Events(one, query.After, query.Limit).Select(EventDocument.Create)]
                ),
                ApiJsonContext.Default.EventListDocument
            )
            .WriteAsync(context);
    }

    private Task UnknownAsync(HttpContext context, string name)
    {
        var nearest = WordSuggestion.Find(name, registry.Clusters.Select(poller => poller.Cluster.Name));
        return ApiError.WriteAsync(
            context,
            StatusCodes.Status404NotFound,
            $"no cluster {Quoted.From(name)} is configured; "
                + (nearest is null ? $"{Clusters} lists them all" : $"did you mean {Quoted.From(nearest)}?")
        );
    }

    /// <summary>The cluster name from the raw request: in the decoded path a slash in a name would look like a
    /// separator.</summary>
    private static string Name(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var start = raw.IndexOf(Clusters + "/", StringComparison.Ordinal);
        return start < 0
            ? context.Request.Path.Value![(Clusters.Length + 1)..]
            : Uri.UnescapeDataString(raw[(start + Clusters.Length + 1)..].Split('?')[0]);
    }
}
