using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace ClustermgrExporter.Web.Html;

/// <summary>HTML from interpolated strings: their literal parts are markup; interpolated values are escaped, in content
/// as well as in quoted attributes, unless they are markup themselves.</summary>
internal sealed class Markup
{
    private readonly StringBuilder _html = new();

    public static Markup From(AppendInterpolatedStringHandler html) => html.Markup;

    /// <param name="html">Trusted markup.</param>
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

    /// <summary>The class attribute with a leading space; null for no class.</summary>
    public static Markup? Class(string name) => name.Length > 0 ? From($" class=\"{name}\"") : null;

    // the handler has already written to this
    public Markup Add([InterpolatedStringHandlerArgument("")] AppendInterpolatedStringHandler _) => this;

    public void Add(Markup? part) => _html.Append(part?._html);

    public override string ToString() => _html.ToString();

    /// <summary>Handles interpolated strings: writes to new markup, or to that of
    /// <see cref="Add(AppendInterpolatedStringHandler)"/>.</summary>
    [InterpolatedStringHandler]
    public readonly struct AppendInterpolatedStringHandler
    {
        public AppendInterpolatedStringHandler(int literalLength, int holes)
            : this(literalLength, holes, new Markup()) { }

        public AppendInterpolatedStringHandler(int literalLength, int holes, Markup markup) => Markup = markup;

        public Markup Markup { get; }

        public void AppendLiteral(string markup) => Markup._html.Append(markup);

        /// <summary>Null writes nothing.</summary>
        public void AppendFormatted(Markup? part) => Markup.Add(part);

        public void AppendFormatted(IEnumerable<Markup?> parts) => Markup.Add(Join(parts));

        public void AppendFormatted(Markup?[] parts) => Markup.Add(Join(parts));

        public void AppendFormatted(string? text) => Markup._html.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted<T>(T number)
            where T : struct, IFormattable => AppendFormatted(number.ToString(null, CultureInfo.InvariantCulture));
    }
}
