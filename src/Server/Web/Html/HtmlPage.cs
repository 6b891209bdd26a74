using System.Text;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Html;

/// <summary>What all pages have around their content. Every address is relative: a proxy may put a prefix before it.
/// </summary>
internal sealed class HtmlPage(string telemetryPath)
{
    /// <summary>Nothing from elsewhere, and nothing that stands in the page itself.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>The state first: a tab shows no more.</summary>
    public required string Title { get; init; }

    public required Markup Main { get; init; }

    /// <summary>Of the main element.</summary>
    public string Class { get; init; } = "";

    /// <summary>What the script goes by that keeps the page current; null for a page that never changes.</summary>
    public Liveliness? Live { get; init; }

    /// <summary>Where a browser shows no more than the icon of a tab: the state by its shape and colour; null where the
    /// page tells of none.</summary>
    public Level? Level { get; init; }

    /// <summary>To what else there is of the same thing.</summary>
    public Markup? Links { get; init; }

    /// <summary>Of the folder of assets.</summary>
    public string Script { get; init; } = "status.js";

    public int Status { get; init; } = StatusCodes.Status200OK;

    public Content Content => new("text/html; charset=utf-8", Encoding.UTF8.GetBytes(Html())) { Status = Status };

    public static Task WriteAsync(HttpContext context, Content page)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return page.WriteAsync(context);
    }

    private string Icon => Level is { } level ? $"icon-{VerdictText.Word(level)}.svg" : "icon.svg";

    private string Html()
    {
        var html = new Markup();
        html.Add(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Title} · clustermgr-exporter</title>
            <link rel="icon" href="assets/{Icon}" type="image/svg+xml">
            <link rel="stylesheet" href="assets/status.css">

            """
        );
        html.Add(
            $"""
            <script type="module" src="assets/{Script}"></script>

            """
        );
        if (Live is not null)
        {
            html.Add(
                $"""
                <noscript><meta http-equiv="refresh" content="10"></noscript>

                """
            );
        }
        html.Add(
            $"""
            </head>
            <body>
            <header>
            <a class="skip" href="#status">Skip to the content</a>
            <p><a href="./">clustermgr-exporter</a> {BuildVersion.Current.Version}</p>
            <nav aria-label="Pages"><ul>
            <li><a href="./">Clusters</a></li>
            <li><a href="runbooks">Runbooks</a></li>
            <li><a href="alerting.md">Alerting</a></li>
            <li><a href="metrics.md">Reference</a></li>
            <li><a href=".{telemetryPath}">Metrics</a></li>
            <li><a href="api/v1/openapi.yaml">API</a></li>
            {Links}</ul></nav>
            {(Live is null ? null : Markup.From($"""<p class="freshness"></p>"""))}
            </header>
            {(Live is null ? null : Liveliness.Banner)}

            """
        );
        html.Add(
            $"""
            <main id="status"{Markup.Class(Class)}{Live?.Attributes}>
            {Main}
            </main>
            """
        );
        if (Live is not null)
        {
            html.Add(
                $"""

                <footer><p>This page judges the moment. What shows only over time, as a repair that stands still or space that runs out within
                days, is told by <a href="alerting.md">the alerts</a> alone.</p></footer>
                """
            );
        }
        html.Add($"\n<p class=\"spoken\" role=\"status\"></p>\n</body>\n</html>\n");
        return html.ToString();
    }
}

/// <summary>How a page keeps itself current: by its script, else by loading itself again.</summary>
/// <param name="At">Of when it is; null where it tells of nothing.</param>
/// <param name="Every">Between two polls.</param>
internal sealed record Liveliness(DateTimeOffset? At, TimeSpan Every)
{
    /// <summary>Where the script says that the exporter does not answer any more.</summary>
    public static readonly Markup Banner = Markup.FromHtml(
        """<aside class="lost" aria-label="Connection" hidden></aside>"""
    );

    public Markup Attributes =>
        Markup.From(
            $"""
             data-at="{(At is { } at ? JsonText.Time(at) : "")}" data-every="{Every.TotalSeconds}"
            """
        );
}
