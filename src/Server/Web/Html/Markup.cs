using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace ClustermgrExporter.Web.Html;

/// <summary>HTML in which every value is escaped by the way it is written: what stands in the source is markup, what
/// stands in a hole is text, in content as in quoted attributes.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _html = new();

    public Markup Add([InterpolatedStringHandlerArgument("")] Written _) => this; // it is written by then

    public void Add(Markup part) => _html.Append(part._html);

    /// <param name="html">That is markup and safe.</param>
    public void AddHtml(string html) => _html.Append(html);

    public override string ToString() => _html.ToString();

    /// <summary>Writes into the markup whose <see cref="Add(Written)"/> it is given to.</summary>
    [InterpolatedStringHandler]
    public readonly struct Written
    {
        private readonly StringBuilder _html;

        public Written(int literalLength, int holes, Markup markup) => _html = markup._html;

        public void AppendLiteral(string markup) => _html.Append(markup);

        public void AppendFormatted<T>(T value) =>
            _html.Append(HtmlEncoder.Default.Encode(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
    }
}

/// <summary>A table of text with a caption; the first cell of each row names it.</summary>
internal static class Table
{
    public static void Add(Markup html, string caption, string[] columns, IEnumerable<string[]> rows)
    {
        html.Add($"<table>\n<caption>{caption}</caption>\n<thead><tr>");
        foreach (var column in columns)
        {
            html.Add($"<th scope=\"col\">{column}</th>");
        }
        html.Add($"</tr></thead>\n<tbody>\n");
        foreach (var row in rows)
        {
            html.Add($"<tr><th scope=\"row\">{row[0]}</th>");
            for (var i = 1; i < row.Length; i++)
            {
                html.Add($"<td data-of=\"{columns[i]}\">{row[i]}</td>");
            }
            html.Add($"</tr>\n");
        }
        html.Add($"</tbody>\n</table>\n");
    }
}
