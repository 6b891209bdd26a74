using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using ClustermgrExporter.Clusters;
using ClustermgrExporter.Exposition.Own;
using ClustermgrExporter.Polling;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>The page at /: links, and the state of each cluster in words.</summary>
internal sealed class StatusPage(Fleet fleet, string telemetryPath)
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public async Task ServeAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-store";
        var body = Encoding.UTF8.GetBytes(Html());
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private string Html()
    {
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <noscript><meta http-equiv="refresh" content="10"></noscript>
            <title>clustermgr-exporter</title>
            <link rel="icon" href="assets/icon.svg"><link rel="stylesheet" href="assets/status.css">
            <script type="module" src="assets/status.js"></script></head><body>
            <header><p>clustermgr-exporter {Text(ExporterFamilies.Build.Version)}. <a href=".{Text(telemetryPath)}">Metrics</a> ·
            <a href="./-/healthy">Healthy</a> · <a href="./-/ready">Ready</a></p></header>
            <main id="status" data-cluster=""><h1>Clusters</h1>
            <table><thead><tr><th scope="col">Cluster</th><th scope="col">State</th><th scope="col">Leader</th>
            <th scope="col">Members</th></tr></thead><tbody>

            """);
        foreach (var cluster in fleet.Clusters) Row(html, cluster.State.Analysis);
        html.Append("</tbody></table></main></body></html>\n");
        return html.ToString();
    }

    private static void Row(StringBuilder html, ClusterAnalysis analysis)
    {
        var snapshot = analysis.Snapshot;
        var leader = analysis.Leader is { Up: true } answering
            ? $"{answering.Name}, term {answering.Reading!.Raft.Term}"
            : analysis.NamedLeader is { } named and not 0 ? $"node {named}, not answering here" : "none known";
        var up = snapshot.Members.Count(member => member.Up);
        html.Append(CultureInfo.InvariantCulture,
            $"<tr><th scope=\"row\">{Text(snapshot.Cluster)}</th><td>{State(analysis)}</td>"
            + $"<td data-of=\"Leader\">{Text(leader)}</td><td class=\"short\" data-of=\"Members\">{up} of {snapshot.Members.Length} answer</td></tr>\n");
    }

    private static string State(ClusterAnalysis analysis)
    {
        if (analysis.Snapshot.Members.Any(member => member.Outcome is null)) return "not polled yet";
        if (analysis.Findings.IsEmpty) return analysis.Snapshot.Rules.Sidecar ? "no finding" : "healthy";
        var findings = analysis.Findings.Select(finding =>
            $"<li{(finding.Severity == Severity.Page ? " class=\"bad\"" : "")}><b>{Text(finding.Name)}</b> {Text(finding.Sentence)}</li>");
        return $"<ul>{string.Concat(findings)}</ul>";
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
