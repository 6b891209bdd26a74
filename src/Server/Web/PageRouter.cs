using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace ClustermgrExporter.Web;

/// <summary>Maps paths to pages, and to the endpoint names under which requests are measured. There are few names,
/// whatever is requested.</summary>
internal sealed class PageRouter
{
    private readonly Dictionary<string, RouteEndpoint> _pages = new(StringComparer.Ordinal);
    private readonly ExporterPage _exporterPage;
    private readonly ClusterRegistry _registry;
    private readonly RouteEndpoint _clusters,
        _cluster,
        _events,
        _alerts,
        _api,
        _notFound;

    /// <param name="reload">Handles POST /-/reload; returns whether everything was valid.</param>
    public PageRouter(
        ServerOptions options,
        ClusterRegistry registry,
        ExporterPage exporterPage,
        TimeProvider time,
        Func<Task<bool>> reload
    )
    {
        var telemetryPath = options.TelemetryPath;
        _exporterPage = exporterPage;
        _registry = registry;
        var metrics = new MetricsEndpoint(() => registry.Pages, exporterPage, time, whole: true);
        var selected = new ClusterMetricsEndpoint(registry, exporterPage, time);
        var status = new StatusPage(registry, telemetryPath, options.PeerUrls, time, () => exporterPage.Alerting);
        var health = new HealthEndpoints(registry, names: !options.HealthWithoutAuth);
        var api = new ApiEndpoints(registry, telemetryPath, time, () => exporterPage.Alerting);
        Add(PagePaths.Status, ReadOnly(RunOffSocketThread(status.ServeAsync)));
        foreach (var file in PagePaths.Documents)
        {
            var page = ReadOnly(RunOffSocketThread(new MarkdownPage(file, telemetryPath, registry).ServeAsync));
            Add($"/{file}", page, PagePaths.Runbooks);
            if (file == PagePaths.RunbooksFile)
            {
                Add(PagePaths.Runbooks, page);
            }
        }
        Add(PagePaths.Healthy, ReadOnly(HealthEndpoints.HealthyAsync));
        Add(PagePaths.Ready, ReadOnly(health.ReadyAsync));
        Add(PagePaths.Reload, new ReloadEndpoint(options.EnableLifecycle, reload).ServeAsync);
        foreach (var (path, file) in Assets.All())
        {
            Add(path, ReadOnly(RunOffSocketThread(context => file.Value.WriteAsync(context))), "/assets");
        }
        Add(
            telemetryPath,
            context =>
                context.Request.QueryString.HasValue && context.Request.Query.ContainsKey("cluster")
                    ? selected.ServeMetricsAsync(context)
                    : metrics.InvokeAsync(context)
        );
        Add(PagePaths.Probe, ReadOnly(selected.ServeProbeAsync));
        Add(
            PagePaths.ServiceDiscovery,
            ReadOnly(RunOffSocketThread(new ServiceDiscovery(registry, options, time).ServeAsync))
        );
        Metrics = _pages[telemetryPath];
        var data = ReadOnly(RunOffSocketThread(api.ServeAsync));
        _clusters = CreateEndpoint(ApiEndpoints.Clusters, data);
        _cluster = CreateEndpoint($"{ApiEndpoints.Clusters}/NAME", data);
        _events = CreateEndpoint(ApiEndpoints.Events, data);
        _alerts = CreateEndpoint(ApiEndpoints.Alerts, data);
        _api = CreateEndpoint("other", data);
        _notFound = CreateEndpoint(
            "other",
            context =>
                PlainText.WriteAsync(
                    context,
                    StatusCodes.Status404NotFound,
                    $"no such page; metrics are at {telemetryPath}\n"
                )
        );
    }

    /// <summary>The page that is scraped.</summary>
    public Endpoint Metrics { get; }

    /// <summary>Patterns of all paths that are answered, for another server's routing.</summary>
    public static IEnumerable<string> Patterns(string telemetryPath) =>
        [.. PagePaths.All, telemetryPath, .. Assets.All().Keys, $"{PagePaths.Api}{{**rest}}"];

    /// <summary>A handful of fixed paths: a lookup is all the routing they need.</summary>
    public Endpoint Find(PathString requested)
    {
        var path = requested.Value ?? "";
        return _pages.TryGetValue(path, out var page) ? page
            : !path.StartsWith(PagePaths.Api, StringComparison.Ordinal) ? _notFound
            : path == ApiEndpoints.Clusters ? _clusters
            : path == ApiEndpoints.Events ? _events
            : path == ApiEndpoints.Alerts ? _alerts
            : path.StartsWith(ApiEndpoints.Clusters + "/", StringComparison.Ordinal) ? _cluster
            : _api;
    }

    /// <summary>Renders every page once, so that everything a first request initializes exists before clients can take
    /// the last descriptors: a type initializer that fails once always fails. A HEAD request does not count as a
    /// scrape.</summary>
    public async Task WarmUpAsync()
    {
        // Also those of one cluster, parts of which the pages of all clusters may not show.
        var some = _registry
            .Clusters.Select(poller => Uri.EscapeDataString(poller.Cluster.Name))
            .FirstOrDefault("none");
        (Endpoint Page, string Path, string Query)[] requests =
        [
            .. ((Endpoint[])[.. _pages.Values, _clusters, _events, _alerts, _notFound]).Select(page =>
                (page, $"/{page.DisplayName!.TrimStart('/')}", "")
            ),
            (_cluster, $"{ApiEndpoints.Clusters}/{Uri.UnescapeDataString(some)}", ""),
            (_pages[PagePaths.Status], "/", $"?cluster={some}"),
            (Metrics, "/", $"?cluster={some}"),
        ];
        foreach (var (page, path, query) in requests)
        {
            foreach (var coding in (string[])["identity", "gzip"])
            {
                foreach (var accept in (string[])["text/plain", "application/openmetrics-text"])
                {
                    var context = new DefaultHttpContext();
                    context.Request.Method = HttpMethods.Head;
                    context.Request.Path = path;
                    context.Request.Host = new HostString("localhost");
                    context.Request.QueryString = new QueryString(query);
                    context.Request.Headers.AcceptEncoding = coding;
                    context.Request.Headers.Accept = accept;
                    await page.RequestDelegate!(context);
                }
            }
        }
        _exporterPage.Invalidate();
    }

    private void Add(string path, RequestDelegate page, string? name = null) =>
        _pages[path] = CreateEndpoint(name ?? path, page);

    private static RouteEndpoint CreateEndpoint(string name, RequestDelegate page) =>
        new(page, RoutePatternFactory.Pattern(name, []), 0, EndpointMetadataCollection.Empty, name);

    /// <summary>A page may take milliseconds to make. On the thread of its socket it would hold back scrapes meanwhile.
    /// </summary>
    private static RequestDelegate RunOffSocketThread(RequestDelegate page) =>
        async context =>
        {
            await Task.Yield();
            await page(context);
        };

    private static RequestDelegate ReadOnly(RequestDelegate page) =>
        context =>
        {
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            {
                return page(context);
            }
            context.Response.Headers.Allow = "GET, HEAD";
            const int status = StatusCodes.Status405MethodNotAllowed;
            return context.Request.Path.Value!.StartsWith(PagePaths.Api, StringComparison.Ordinal)
                ? ApiError.WriteAsync(context, status, "this is read with GET or HEAD")
                : PlainText.WriteAsync(context, status, "this page is read with GET or HEAD\n");
        };
}
