using ClustermgrExporter.Exposition.Own;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Web.Api;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>Which path is answered by what.</summary>
internal static class Site
{
    public static RequestDelegate Of(string telemetryPath, Fleet fleet, OwnPage own, TimeProvider time)
    {
        var metrics = new MetricsEndpoint(() => fleet.Pages, own, time);
        var status = new StatusPage(fleet, telemetryPath);
        var health = new HealthEndpoints(fleet);
        var api = new ApiEndpoints(fleet, telemetryPath, time);
        var runbooks = ReadOnly(Aside(new RunbookPage(telemetryPath).ServeAsync));
        // A handful of fixed paths: a lookup is all the routing they need.
        var pages = new Dictionary<string, RequestDelegate>(StringComparer.Ordinal)
        {
            ["/"] = ReadOnly(Aside(status.ServeAsync)),
            ["/runbooks"] = runbooks,
            ["/runbooks.md"] = runbooks, // as the rules link to it: an exporter may be their docs_url
            ["/-/healthy"] = ReadOnly(HealthEndpoints.HealthyAsync),
            ["/-/ready"] = ReadOnly(health.ReadyAsync),
        };
        foreach (var (path, file) in Assets.All()) pages[path] = ReadOnly(Aside(context => file.Value.WriteAsync(context)));
        pages[telemetryPath] = metrics.InvokeAsync;
        var data = ReadOnly(Aside(api.ServeAsync));
        return context =>
        {
            var path = context.Request.Path.Value ?? "";
            return pages.TryGetValue(path, out var page) ? page(context)
                : path.StartsWith(ApiEndpoints.Root, StringComparison.Ordinal) ? data(context)
                : PlainText.WriteAsync(context, StatusCodes.Status404NotFound, $"no such page; metrics are at {telemetryPath}\n");
        };
    }

    /// <summary>A page may take milliseconds to make. On the thread of its socket it would hold back scrapes meanwhile.
    /// </summary>
    private static RequestDelegate Aside(RequestDelegate page) => async context =>
    {
        await Task.Yield();
        await page(context);
    };

    private static RequestDelegate ReadOnly(RequestDelegate page) => context =>
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) return page(context);
        context.Response.Headers.Allow = "GET, HEAD";
        const int status = StatusCodes.Status405MethodNotAllowed;
        return context.Request.Path.Value!.StartsWith(ApiEndpoints.Root, StringComparison.Ordinal)
            ? ApiError.WriteAsync(context, status, "this is read with GET or HEAD")
            : PlainText.WriteAsync(context, status, "this page is read with GET or HEAD\n");
    };
}
