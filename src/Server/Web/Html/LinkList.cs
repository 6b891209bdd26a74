using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Web.Html;

/// <summary>Links to the programs that the configuration names, and to the cluster there.</summary>
internal static class LinkList
{
    /// <summary>Items of a list.</summary>
    /// <param name="peers">The pages of exporters that poll other clusters.</param>
    /// <param name="cluster">Null for all.</param>
    public static Markup Render(PageLinks links, ImmutableArray<Uri> peers, string? cluster) =>
        Markup.Join([
            .. peers.Select(peer => Markup.From($"""<li><a href="{peer.AbsoluteUri}">{peer.Authority}</a></li> """)),
            Item("Grafana", links.Grafana, Dashboard(cluster)),
            Item(
                "Prometheus",
                links.Prometheus,
                $"graph?g0.tab=1&g0.expr={Uri.EscapeDataString(CreateFiringQuery(cluster))}"
            ),
            Item("Alertmanager", links.Alertmanager, $"#/alerts{Filter(cluster)}"),
        ]);

    private static Markup? Item(string name, Uri? root, string page) =>
        root is null ? null : Markup.From($"""<li><a href="{root.AbsoluteUri.TrimEnd('/')}/{page}">{name}</a></li> """);

    private static string Dashboard(string? cluster) =>
        cluster is null ? "d/clustermgr-fleet" : $"d/clustermgr-cluster?var-cluster={Uri.EscapeDataString(cluster)}";

    /// <summary>Query for the firing and pending alerts of the cluster.</summary>
    private static string CreateFiringQuery(string? cluster) =>
        $"ALERTS{{alertname=~\"Clustermgr.+\"{(cluster is null ? "" : $",cluster={Literal(cluster)}")}}}";

    private static string Filter(string? cluster) =>
        cluster is null ? "" : $"?filter={Uri.EscapeDataString($"{{cluster={Literal(cluster)}}}")}";

    /// <summary>A quoted string of PromQL and of Alertmanager's matchers.</summary>
    private static string Literal(string text) =>
        $"\"{text.Replace(@"\", @"\\").Replace("\"", "\\\"").Replace("\n", @"\n")}\"";
}
