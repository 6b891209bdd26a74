using System.Globalization;
using System.Text;
using ClustermgrExporter.Web.Html;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.Web;

/// <summary>docs/runbooks.md as the page at /runbooks, where each entry has the anchor that the findings link
/// to.</summary>
internal sealed class RunbookPage(string telemetryPath)
{
    private readonly Lazy<Content> _page = new(() =>
        Render(Encoding.UTF8.GetString(Assets.Read("runbooks.md")), telemetryPath).Content
    );

    public Task ServeAsync(HttpContext context) => HtmlPage.WriteAsync(context, _page.Value);

    /// <summary>Raw HTML in the text stays text. Files of the repository are not served: a link to one is its words.
    /// </summary>
    public static HtmlPage Render(string markdown, string telemetryPath)
    {
        // The ids of GitHub: the same link works here and there.
        var pipeline = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
            .Build();
        var document = Markdown.Parse(markdown, pipeline);
        foreach (
            var link in document.Descendants<LinkInline>().Where(link => link.Url?.StartsWith('#') is not true).ToList()
        )
        {
            link.ReplaceBy(new ContainerInline(), copyChildren: true);
        }
        // A level that is left out sounds like a missing heading to who hears the page.
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
        var html = new StringWriter(CultureInfo.InvariantCulture);
        var renderer = new HtmlRenderer(html);
        pipeline.Setup(renderer);
        renderer.ObjectRenderers.FindExact<CodeBlockRenderer>()!.OutputAttributesOnPre = true;
        renderer.Render(document);
        return new(telemetryPath)
        {
            Title = "Runbooks",
            Main = Markup.FromHtml(html.ToString()),
            Class = "runbooks",
        };
    }
}
