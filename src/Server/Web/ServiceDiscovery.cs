using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>
/// /sd: a target for each cluster, for Prometheus' http_sd_configs. Each is this exporter, at the address by which it
/// was asked, with the cluster as a parameter of the scrape; instance tells the targets apart. Prometheus takes the
/// path of a target before that of the job, so the request says which is meant: /sd?path=probe, else the metrics'.
/// </summary>
/// <param name="options">Their external URL comes before the address that was asked.</param>
internal sealed class ServiceDiscovery(ClusterRegistry registry, ServerOptions options, TimeProvider time)
{
    /// <summary>A client may ask by any name; each has a list of its own for a second.</summary>
    private const int MostKept = 16;

    private readonly ConcurrentDictionary<(string, string, string), RationedContent> _kept = new();

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
        var path = before + (asked == "probe" ? "/probe" : options.TelemetryPath);
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }
        return _kept
            .GetOrAdd((host, scheme, path), _ => new RationedContent(time))
            .Of(() => Targets(host, scheme, path))
            .WriteAsync(context);
    }

    private Content Targets(string host, string scheme, string path)
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
        return new Content("application/json; charset=utf-8", json) { CacheControl = "no-store" };
    }
}

/// <summary>As Prometheus has it.</summary>
internal sealed record SdTarget(
    [property: JsonPropertyName("targets")] string[] Targets,
    [property: JsonPropertyName("labels")] SortedDictionary<string, string> Labels
);

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(SdTarget[]))]
internal sealed partial class SdJsonContext : JsonSerializerContext;
