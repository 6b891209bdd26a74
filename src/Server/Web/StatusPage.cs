using System.Collections.Immutable;
using Clustermgr.Formatting;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Web.Html;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>The page at /: plain HTML with the whole content. Where scripts run, status.js fetches it periodically and
/// updates what has changed.</summary>
/// <param name="peers">The pages of exporters that poll other clusters.</param>
/// <param name="alerting">Null if alerting is off.</param>
internal sealed class StatusPage(
    ClusterRegistry registry,
    string telemetryPath,
    ImmutableArray<Uri> peers,
    TimeProvider time,
    Func<AlertingView?> alerting
)
{
    private readonly ThrottledContent _list = new(time);

    public Task ServeAsync(HttpContext context)
    {
        var clusters = registry.Clusters.ToImmutableArray();
        var wanted = context.Request.Query["cluster"].ToString();
        var range = PlotRange.Parse(context.Request.Query["range"].ToString());
        var one =
            wanted.Length > 0 ? registry.Find(wanted)
            : clusters.Length == 1 ? clusters[0]
            : null;
        if (one is not null)
        {
            return HtmlPage.WriteAsync(context, Detail(one, clusters.Length == 1, range).Response);
        }
        if (wanted.Length > 0)
        {
            return HtmlPage.WriteAsync(context, CreateUnknownPage(clusters, wanted).Response);
        }
        var query = ListQuery.Parse(context.Request.Query);
        return HtmlPage.WriteAsync(
            context,
            query.IsUnfiltered
                ? _list.GetOrCreate(() => List(clusters, query).Response)
                : List(clusters, query).Response
        );
    }

    private HtmlPage List(ImmutableArray<ClusterPoller> pollers, ListQuery query)
    {
        var clusters = pollers.Select(poller => poller.Publication.Analysis).ToImmutableArray();
        return new(telemetryPath)
        {
            Title = ListView.Title(clusters),
            Level = clusters.IsEmpty ? StatusLevel.Unknown : clusters.Min(VerdictText.GetLevel),
            Links = LinkList.Render(registry.Links, peers, null),
            Main = Markup.From($"{ListView.Render(clusters, query)}{Alerts()}"),
            Refresh = new(clusters.Max(analysis => (DateTimeOffset?)analysis.Snapshot.WallClockAt), registry.Interval),
        };
    }

    private HtmlPage Detail(ClusterPoller poller, bool alone, PlotRange range)
    {
        var analysis = poller.Publication.Analysis;
        return new(telemetryPath)
        {
            Title = DetailView.Title(analysis),
            Level = VerdictText.GetLevel(analysis),
            Links = LinkList.Render(registry.Links, peers, poller.Cluster.Name),
            Main = Markup.From($"{DetailView.Render(analysis, poller.Publication.History, alone, range)}{Alerts()}"),
            Refresh = new(analysis.Snapshot.WallClockAt, poller.Interval),
        };
    }

    /// <summary>Says who sends alerts; null if alerting is off.</summary>
    private Markup? Alerts()
    {
        if (alerting() is not { } view)
        {
            return null;
        }
        var who = view.Sends
            ? "This exporter sends alerts to Alertmanager itself"
            : "This exporter leaves alerts to Prometheus, which scrapes it";
        return Markup.From(
            $"""

            <p class="alerting">{who}: {view.Firing} firing, {view.Alerts.Length - view.Firing} pending by its own
            judgement. <a href="api/v1/alerts">Which</a></p>
            """
        );
    }

    private HtmlPage CreateUnknownPage(ImmutableArray<ClusterPoller> clusters, string wanted)
    {
        var nearest = WordSuggestion.Find(wanted, clusters.Select(poller => poller.Cluster.Name));
        var hint = nearest is null
            ? null
            : Markup.From($"""<p>Did you mean <a href="?cluster={Uri.EscapeDataString(nearest)}">{nearest}</a>?</p>""");
        return new(telemetryPath)
        {
            Title = "No such cluster",
            Links = LinkList.Render(registry.Links, peers, null),
            Main = Markup.From(
                $"""
                <p class="up"><a href="./">All clusters</a></p>
                <h1 tabindex="-1">No cluster {Quoted.From(wanted)} is configured</h1>
                {hint}
                {(peers.IsEmpty ? null : Elsewhere(wanted))}
                """
            ),
            Status = StatusCodes.Status404NotFound,
            Refresh = new(null, registry.Interval),
        };
    }

    private Markup Elsewhere(string wanted)
    {
        var links = peers.Select(peer =>
            Markup.From($"""<a href="{peer.AbsoluteUri}?cluster={Uri.EscapeDataString(wanted)}">{peer.Authority}</a>""")
        );
        return Markup.From($"""<p>Another exporter may poll it: {Markup.Join(links, ", ")}.</p>""");
    }
}
