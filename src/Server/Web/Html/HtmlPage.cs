using System.Text;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Telemetry;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web.Html;

/// <summary>The layout of all pages. Every address is relative, since a proxy may add a prefix.</summary>
internal sealed class HtmlPage(string telemetryPath)
{
    /// <summary>No external and no inline resources.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Begins with the state, since a tab shows no more.</summary>
    public required string Title { get; init; }

    public required Markup Main { get; init; }

    /// <summary>Class of the main element.</summary>
    public string Class { get; init; } = "";

    /// <summary>Data for the script that keeps the page current; null for a page that never changes.</summary>
    public PageRefresh? Refresh { get; init; }

    /// <summary>The state that the icon of the tab shows by its shape and colour; null if the page has none.</summary>
    public StatusLevel? Level { get; init; }

    /// <summary>Links to the same cluster in other programs.</summary>
    public Markup? Links { get; init; }

    /// <summary>Script in the folder of assets.</summary>
    public string Script { get; init; } = "status.js";

    public int Status { get; init; } = StatusCodes.Status200OK;

    public StaticResponse Response =>
        new("text/html; charset=utf-8", Encoding.UTF8.GetBytes(Html())) { Status = Status };

    public static Task WriteAsync(HttpContext context, StaticResponse page)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return page.WriteAsync(context);
    }

    private string Icon => Level is { } level ? $"icon-{VerdictText.GetCssClass(level)}.svg" : "icon.svg";

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
        if (Refresh is not null)
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
            {(Refresh is null ? null : Markup.From($"""<p class="freshness"></p>"""))}
            </header>
            {(Refresh is null ? null : PageRefresh.Banner)}

            """
        );
        html.Add(
            $"""
            <main id="status"{Markup.Class(Class)}{Refresh?.Attributes}>
            {Main}
            </main>
            """
        );
        if (Refresh is not null)
        {
            html.Add(
                $"""

                <footer><p>This page shows the current state. Problems that only show over time, such as a stalled
                repair or space that runs out within days, are reported only by <a href="alerting.md">the
                alerts</a>.</p></footer>
                """
            );
        }
        html.Add($"\n<p class=\"spoken\" role=\"status\"></p>\n</body>\n</html>\n");
        return html.ToString();
    }
}

/// <summary>How a page keeps itself current: by its script, or else by reloading itself.</summary>
/// <param name="At">Time of its data; null if it has none.</param>
/// <param name="Interval">Time between two polls.</param>
internal sealed record PageRefresh(DateTimeOffset? At, TimeSpan Interval)
{
    /// <summary>Filled by the script when the exporter no longer answers.</summary>
    public static readonly Markup Banner = Markup.FromHtml(
        """<aside class="lost" aria-label="Connection" hidden></aside>"""
    );

    public Markup Attributes =>
        Markup.From(
            $"""
             data-at="{(At is { } at ? JsonText.FormatTime(at) : "")}" data-every="{Interval.TotalSeconds}"
            """
        );
}
