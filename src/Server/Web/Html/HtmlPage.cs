using System.Text;
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

    /// <summary>Keeps itself current, by its script or by loading itself again.</summary>
    public bool Live { get; init; }

    public int Status { get; init; } = StatusCodes.Status200OK;

    public Content Content => new("text/html; charset=utf-8", Encoding.UTF8.GetBytes(Html())) { Status = Status };

    public static Task WriteAsync(HttpContext context, Content page)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return page.WriteAsync(context);
    }

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
            <link rel="icon" href="assets/icon.svg" type="image/svg+xml">
            <link rel="stylesheet" href="assets/status.css">

            """
        );
        if (Live)
        {
            html.Add(
                $"""
                <script type="module" src="assets/status.js"></script>
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
            <li><a href=".{telemetryPath}">Metrics</a></li>
            <li><a href="api/v1/openapi.yaml">API</a></li>
            </ul></nav>
            </header>

            """
        );
        html.Add(Main);
        if (Live)
        {
            html.Add(
                $"""

                <footer><p>This page judges the moment. What shows only over time, as a repair that stands still or space that runs out within
                days, is told by <a href="runbooks">the alerts</a> alone.</p></footer>
                """
            );
        }
        html.Add($"\n</body>\n</html>\n");
        return html.ToString();
    }
}
