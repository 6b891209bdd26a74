using ClustermgrExporter.Polling;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>/-/healthy: the process lives. /-/ready: every cluster was polled once, or timed out once.</summary>
/// <param name="names">Whether cluster names are shown; they are not if health checks need no login while other pages
/// do.</param>
internal sealed class HealthEndpoints(ClusterRegistry registry, bool names)
{
    public static Task HealthyAsync(HttpContext context) =>
        PlainText.WriteAsync(context, StatusCodes.Status200OK, "clustermgr-exporter is healthy.\n");

    public Task ReadyAsync(HttpContext context)
    {
        var waiting = registry
            .Clusters.Where(cluster => !cluster.PolledOnce)
            .Select(cluster => cluster.Cluster.Name)
            .ToList();
        if (waiting.Count == 0)
        {
            return PlainText.WriteAsync(context, StatusCodes.Status200OK, "clustermgr-exporter is ready.\n");
        }
        var named = names ? ": " + string.Join(", ", waiting.Take(10)) + (waiting.Count > 10 ? ", …" : "") : "";
        var clusters = waiting.Count == 1 ? "1 cluster" : $"{waiting.Count} clusters";
        return PlainText.WriteAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            $"not ready: waiting for the first poll of {clusters}{named}\n"
        );
    }
}
