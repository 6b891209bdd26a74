using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Clustermgr.Analysis;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Web.Html;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>Serves a file of docs/ as a page. Each entry of the runbooks has the anchor that findings link to.
/// ?cluster=NAME fills a cluster's name and leader into the commands.</summary>
/// <param name="file">One of <see cref="PagePaths.Documents"/>.</param>
internal sealed partial class MarkdownPage(string file, string telemetryPath, ClusterRegistry registry)
{
    private readonly Lazy<string> _html = new(() => Render(Encoding.UTF8.GetString(Assets.Read(file))));

    public Task ServeAsync(HttpContext context)
    {
        var wanted = context.Request.Query["cluster"].ToString();
        return HtmlPage.WriteAsync(context, Page(_html.Value, wanted, registry.Find(wanted)).Response);
    }

    private HtmlPage Page(string html, string wanted, ClusterPoller? poller)
    {
        var note =
            wanted.Length == 0 || file != PagePaths.RunbooksFile ? null
            : poller is not null ? Fill(poller.Publication.Analysis, poller.Cluster.Members, ref html)
            : Markup.From($"""<p class="quiet">No cluster {Quoted.From(wanted)} is configured.</p>""");
        var filled = html;
        return new(telemetryPath)
        {
            Title = file switch
            {
                "runbooks.md" => "Runbooks",
                "alerting.md" => "Alerting",
                _ => "Metrics reference",
            },
            Main = Markup.From($"{note}{Markup.FromHtml(filled)}"),
            Class = "runbooks",
            Script = "runbooks.js",
        };
    }

    /// <summary>Fills the cluster's name and leader into the commands, unless a shell or a query could misread the
    /// name.</summary>
    /// <returns>A note about what was filled in and what was not.</returns>
    private static Markup Fill(ClusterAnalysis analysis, ImmutableArray<MemberConfig> members, ref string html)
    {
        var name = analysis.Snapshot.Cluster;
        var back = Markup.From($"""<a href="./?cluster={Uri.EscapeDataString(name)}">{name}</a>""");
        if (!PlainName().IsMatch(name))
        {
            return Markup.From(
                $"""<p class="up">{back}</p><p class="quiet">Its name is not filled in: quote it yourself.</p>"""
            );
        }
        var leader = FindAddress(ClusterFacts.Leader(analysis)?.Member, members);
        html = Code()
            .Replace(
                html,
                code =>
                    Placeholders()
                        .Replace(
                            code.Value,
                            word =>
                                word.Value == "NAME" ? name
                                : leader is null ? word.Value
                                : word.Value == "LEADER" ? leader[..leader.LastIndexOf(':')]
                                : leader
                        )
            );
        var ofLeader = leader is null
            ? "LEADER stays: the leader is unknown, or cannot be reached by plain http without a path."
            : $"Its leader is {leader}, as of when this page was loaded.";
        return Markup.From(
            $"""
            <p class="up">{back}</p>
            <p class="quiet">Commands name {name}. {ofLeader}</p>

            """
        );
    }

    /// <summary>Host and port by which the commands of the runbooks reach a member; null where they would not.
    /// </summary>
    /// <param name="leader">Its label, which a person may have chosen, or its host as a follower names it.</param>
    private static string? FindAddress(string? leader, ImmutableArray<MemberConfig> members)
    {
        if (leader is null)
        {
            return null;
        }
        var address = members.FirstOrDefault(member => member.Name == leader) is { Url: var url }
            ? url is { Scheme: "http", AbsolutePath: "/" }
                ? url.Authority
                : ""
            : leader;
        return HostAndPort().IsMatch(address) ? address : null;
    }

    /// <summary>Raw HTML is escaped. Links to files that are not served become plain text.</summary>
    public static string Render(string markdown)
    {
        // The IDs of GitHub, so that the same links work here and there.
        var pipeline = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UsePipeTables()
            .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
            .Build();
        var document = Markdown.Parse(markdown, pipeline);
        foreach (
            var link in document
                .Descendants<LinkInline>()
                .Where(link => link.IsImage || link.Url is not { } url || !IsServed(url))
                .ToList()
        )
        {
            link.ReplaceBy(new ContainerInline(), copyChildren: true);
        }
        // In a screen reader a skipped level sounds like a missing heading.
        var level = 0;
        foreach (var heading in document.Descendants<HeadingBlock>())
        {
            level = heading.Level = Math.Min(heading.Level, level + 1);
        }
        // Long lines scroll inside their block, which a keyboard has to reach.
        foreach (var code in document.Descendants<CodeBlock>())
        {
            code.GetAttributes().AddProperty("tabindex", "0");
        }
        foreach (var table in document.Descendants<Markdig.Extensions.Tables.Table>())
        {
            table.GetAttributes().AddProperty("tabindex", "0");
        }
        var html = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(html);
        pipeline.Setup(renderer);
        renderer.ObjectRenderers.FindExact<CodeBlockRenderer>()!.OutputAttributesOnPre = true;
        renderer.Render(document);
        return html.ToString().Replace("</h1>\n", $"</h1>\n{Contents(document)}\n", StringComparison.Ordinal);
    }

    private static bool IsServed(string url) => url.StartsWith('#') || PagePaths.Documents.Contains(url.Split('#')[0]);

    /// <summary>The table of contents.</summary>
    private static Markup Contents(MarkdownDocument document) =>
        Markup.From(
            $"""
            <nav class="contents" aria-label="Entries"><ul>{document
                .Descendants<HeadingBlock>()
                .Where(heading => heading.Level == 2)
                .Select(heading =>
                    Markup.From(
                        $"""<li><a href="#{heading.GetAttributes().Id}">{string.Concat(
                            heading.Inline!.Descendants<LiteralInline>().Select(text => text.ToString())
                        )}</a></li> """
                    )
                )}</ul></nav>
            """
        );

    /// <summary>A name without characters that are special in a shell, in PromQL or in HTML.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._:-]*\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9.-]*:[0-9]{1,5}\z")]
    private static partial Regex HostAndPort();

    [GeneratedRegex("<pre.*?</pre>", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"\b(LEADER:9998|LEADER|NAME)\b")]
    private static partial Regex Placeholders();
}
