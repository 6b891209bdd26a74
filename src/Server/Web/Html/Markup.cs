using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace ClustermgrExporter.Web.Html;

/// <summary>HTML in which every value is escaped by the way it is written: what stands in the source is markup, what
/// stands in a hole is text, in content as in quoted attributes, unless it is markup itself.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _html = new();

    public static Markup From(Written html) => html.Markup;

    /// <param name="html">That is markup and safe.</param>
    public static Markup FromHtml(string html)
    {
        var markup = new Markup();
        markup._html.Append(html);
        return markup;
    }

    /// <summary>A text, escaped.</summary>
    public static Markup FromText(string text) => From($"{text}");

    /// <summary>The parts that are not null, one after the other.</summary>
    public static Markup Join(IEnumerable<Markup?> parts, string separator = "")
    {
        var markup = new Markup();
        foreach (var part in parts)
        {
            if (part is null)
            {
                continue;
            }
            if (markup._html.Length > 0)
            {
                markup._html.Append(HtmlEncoder.Default.Encode(separator));
            }
            markup.Add(part);
        }
        return markup;
    }

    /// <summary>The attribute, with the space before it; null, which is nothing, for no class.</summary>
    public static Markup? Class(string name) => name.Length > 0 ? From($" class=\"{name}\"") : null;

    public Markup Add([InterpolatedStringHandlerArgument("")] Written _) => this; // it is written by then

    public void Add(Markup? part) => _html.Append(part?._html);

    public override string ToString() => _html.ToString();

    /// <summary>Writes into new markup, or into that whose <see cref="Add(Written)"/> it is given to.</summary>
    [InterpolatedStringHandler]
    public readonly struct Written
    {
        public Written(int literalLength, int holes)
            : this(literalLength, holes, new Markup()) { }

        public Written(int literalLength, int holes, Markup markup) => Markup = markup;

        public Markup Markup { get; }

        public void AppendLiteral(string markup) => Markup._html.Append(markup);

        /// <summary>Null is nothing.</summary>
        public void AppendFormatted(Markup? part) => Markup.Add(part);

        public void AppendFormatted(IEnumerable<Markup?> parts) => Markup.Add(Join(parts));

        public void AppendFormatted(Markup?[] parts) => Markup.Add(Join(parts));

        public void AppendFormatted(string? text) => Markup._html.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted<T>(T number)
            where T : struct, IFormattable => AppendFormatted(number.ToString(null, CultureInfo.InvariantCulture));
    }
}
