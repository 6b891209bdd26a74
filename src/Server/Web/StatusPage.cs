using System.Collections.Immutable;
using Clustermgr.Formatting;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Web.Html;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>The page at /: plain HTML that says all that there is to say. Where scripts run, status.js fetches it again
/// and again, and changes what has changed.</summary>
internal sealed class StatusPage(ClusterRegistry registry, string telemetryPath, TimeProvider time)
{
    private readonly RationedContent _whole = new(time);

    public Task ServeAsync(HttpContext context)
    {
        var clusters = registry.Clusters.ToImmutableArray();
        var wanted = context.Request.Query["cluster"].ToString();
        var one =
            wanted.Length > 0 ? registry.Find(wanted)
            : clusters.Length == 1 ? clusters[0]
            : null;
        if (one is not null)
        {
            return HtmlPage.WriteAsync(context, Detail(one, alone: clusters.Length == 1).Content);
        }
        if (wanted.Length > 0)
        {
            return HtmlPage.WriteAsync(context, Unknown(clusters, wanted).Content);
        }
        var query = ListQuery.Parse(context.Request.Query);
        return HtmlPage.WriteAsync(
            context,
            query.Whole ? _whole.Of(() => List(clusters, query).Content) : List(clusters, query).Content
        );
    }

    private HtmlPage List(ImmutableArray<ClusterPoller> pollers, ListQuery query)
    {
        var clusters = pollers.Select(poller => poller.State.Analysis).ToImmutableArray();
        return new(telemetryPath)
        {
            Title = ListView.Title(clusters),
            Main = ListView.Render(clusters, query),
            Live = new(clusters.Max(analysis => (DateTimeOffset?)analysis.Snapshot.WallAt), registry.Interval),
        };
    }

    private HtmlPage Detail(ClusterPoller poller, bool alone)
    {
        var analysis = poller.State.Analysis;
        return new(telemetryPath)
        {
            Title = DetailView.Title(analysis),
            Main = DetailView.Render(analysis, poller.State.History, alone),
            Live = new(analysis.Snapshot.WallAt, poller.Interval),
        };
    }

    private HtmlPage Unknown(ImmutableArray<ClusterPoller> clusters, string wanted)
    {
        var nearest = NearestWord.Find(wanted, clusters.Select(poller => poller.Cluster.Name));
        var hint = nearest is null
            ? null
            : Markup.From($"""<p>Did you mean <a href="?cluster={Uri.EscapeDataString(nearest)}">{nearest}</a>?</p>""");
        return new(telemetryPath)
        {
            Title = "No such cluster",
            Main = Markup.From(
                $"""
                <p class="up"><a href="./">All clusters</a></p>
                <h1 tabindex="-1">No cluster {Quoted.From(wanted)} is configured</h1>
                {hint}
                """
            ),
            Status = StatusCodes.Status404NotFound,
            Live = new(null, registry.Interval),
        };
    }
}
