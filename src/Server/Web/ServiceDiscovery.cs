using System.Text.Json;
using System.Text.Json.Serialization;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>
/// /sd: a target for each cluster, for Prometheus' http_sd_configs. Each is this exporter, at the address by which it
/// was asked, with the cluster as a parameter of the scrape; instance tells the targets apart.
/// </summary>
/// <param name="options">Their external URL comes before the address that was asked.</param>
internal sealed class ServiceDiscovery(ClusterRegistry registry, ServerOptions options)
{
    public Task ServeAsync(HttpContext context)
    {
        var host = options.ExternalUrl?.Authority ?? context.Request.Host.Value;
        if (string.IsNullOrEmpty(host))
        {
            return PlainText.WriteAsync(
                context,
                StatusCodes.Status400BadRequest,
                "the request has no Host header, by which the targets would be found\n"
            );
        }
        // As those outside reach it: a proxy may have another path than this server.
        var path = options.ExternalUrl?.AbsolutePath.TrimEnd('/') ?? options.RoutePrefix;
        SdTarget[] targets =
        [
            .. registry.Clusters.Select(poller =>
            {
                var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    ["__param_cluster"] = poller.Cluster.Name,
                    ["__scheme__"] = options.ExternalUrl?.Scheme ?? context.Request.Scheme,
                    ["instance"] = poller.Cluster.Name,
                };
                if (path.Length > 0)
                {
                    labels["__metrics_path__"] = path + options.TelemetryPath;
                }
                foreach (var (name, value) in poller.Cluster.Labels)
                {
                    labels[name] = value;
                }
                return new SdTarget([host], labels);
            }),
        ];
        var json = JsonSerializer.SerializeToUtf8Bytes(targets, SdJsonContext.Default.SdTargetArray);
        return new Content("application/json; charset=utf-8", json) { CacheControl = "no-store" }.WriteAsync(context);
    }
}

/// <summary>As Prometheus has it.</summary>
internal sealed record SdTarget(
    [property: JsonPropertyName("targets")] string[] Targets,
    [property: JsonPropertyName("labels")] SortedDictionary<string, string> Labels
);

[JsonSerializable(typeof(SdTarget[]))]
internal sealed partial class SdJsonContext : JsonSerializerContext;
