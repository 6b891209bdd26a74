using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>
/// /sd: one target per cluster, for Prometheus' http_sd_configs. Every target is this exporter, at the requested
/// address, with the cluster as a parameter of the scrape; the label instance distinguishes the targets. The path of a
/// target overrides that of the job, so the request selects it: /sd?path=probe, or else the path of the metrics.
/// </summary>
/// <param name="options">Their external URL overrides the requested address.</param>
internal sealed class ServiceDiscovery(ClusterRegistry registry, ServerOptions options, TimeProvider time)
{
    /// <summary>Limit of cached lists. A client may send any Host, and each has its own list.</summary>
    private const int MaxCached = 16;

    private readonly ConcurrentDictionary<(string, string, string), ThrottledContent> _targets = new();

    public Task ServeAsync(HttpContext context)
    {
        var host = options.ExternalUrl?.Authority ?? context.Request.Host.Value;
        var scheme = options.ExternalUrl?.Scheme ?? context.Request.Scheme;
        if (string.IsNullOrEmpty(host))
        {
            return PlainText.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "the request has no Host header, by which the targets would be found\n"
            );
        }
        var asked = context.Request.Query["path"].ToString();
        if (asked is not ("" or "metrics" or "probe"))
        {
            return PlainText.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "path is metrics or probe, as /sd?path=probe\n"
            );
        }
        // As those outside reach it: a proxy may have another path than this server.
        var before = options.ExternalUrl?.AbsolutePath.TrimEnd('/') ?? context.Request.PathBase.Value;
        var path = before + (asked == "probe" ? PagePaths.Probe : options.TelemetryPath);
        if (_targets.Count >= MaxCached)
        {
            _targets.Clear();
        }
        return _targets
            .GetOrAdd((host, scheme, path), _ => new ThrottledContent(time))
            .GetOrCreate(() => Targets(host, scheme, path))
            .WriteAsync(context);
    }

    private StaticResponse Targets(string host, string scheme, string path)
    {
        SdTarget[] targets =
        [
            .. registry.Clusters.Select(poller =>
            {
                var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    ["__metrics_path__"] = path,
                    ["__param_cluster"] = poller.Cluster.Name,
                    ["__scheme__"] = scheme,
                    ["instance"] = poller.Cluster.Name,
                };
                foreach (var (name, value) in poller.Cluster.Labels)
                {
                    labels[name] = value;
                }
                return new SdTarget([host], labels);
            }),
        ];
        var json = JsonSerializer.SerializeToUtf8Bytes(targets, SdJsonContext.Default.SdTargetArray);
        return new StaticResponse("application/json; charset=utf-8", json) { CacheControl = "no-store" };
    }
}

/// <summary>A target in the format of Prometheus.</summary>
internal sealed record SdTarget(
    [property: JsonPropertyName("targets")] string[] Targets,
    [property: JsonPropertyName("labels")] SortedDictionary<string, string> Labels
);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(SdTarget[]))]
internal sealed partial class SdJsonContext : JsonSerializerContext;
