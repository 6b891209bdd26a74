using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Web.Html;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>The page at /: plain HTML that says all that matters; where scripts run, status.js draws it anew from the
/// API.
/// </summary>
internal sealed class StatusPage(ClusterRegistry registry, string telemetryPath)
{
    public Task ServeAsync(HttpContext context)
    {
        var clusters = registry.Clusters.ToImmutableArray();
        var wanted = context.Request.Query["cluster"].ToString();
        var one =
            wanted.Length > 0 ? clusters.FirstOrDefault(poller => poller.Cluster.Name == wanted)
            : clusters.Length == 1 ? clusters[0]
            : null;
        var page =
            one is not null ? Detail(one)
            : wanted.Length > 0 ? Unknown(clusters, wanted)
            : List([.. clusters.Select(poller => poller.State.Analysis)], ListQuery.Parse(context.Request.Query));
        return HtmlPage.WriteAsync(context, page.Content);
    }

    private HtmlPage List(ImmutableArray<ClusterAnalysis> clusters, ListQuery query) =>
        new(telemetryPath)
        {
            Title = ListView.Title(clusters),
            Main = ListView.Render(clusters, query),
            Live = true,
        };

    private HtmlPage Detail(ClusterPoller poller)
    {
        var analysis = poller.State.Analysis;
        return new(telemetryPath)
        {
            Title = DetailView.Title(analysis),
            Main = DetailView.Render(analysis, poller.State.History.Events()),
            Live = true,
        };
    }

    private HtmlPage Unknown(ImmutableArray<ClusterPoller> clusters, string wanted)
    {
        var main = new Markup();
        main.Add($"<main id=\"status\">\n<h1>No cluster {Quoted.From(wanted)} is configured</h1>\n<p>");
        if (NearestWord.Find(wanted, clusters.Select(poller => poller.Cluster.Name)) is { } nearest)
        {
            main.Add($"Did you mean <a href=\"?cluster={Uri.EscapeDataString(nearest)}\">{nearest}</a>? ");
        }
        main.Add($"<a href=\"./\">All clusters</a></p>\n</main>");
        return new(telemetryPath)
        {
            Title = "No such cluster",
            Main = main,
            Status = StatusCodes.Status404NotFound,
        };
    }
}
