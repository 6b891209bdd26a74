using System.Globalization;
using System.Text;

namespace Clustermgr.Formatting;

/// <summary>A value from outside as it may stand in a message: on one line, and not endless.</summary>
internal static class Quoted
{
    private const int MostCharacters = 80;

    public static string From(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length > MostCharacters)
            {
                return text.Append("…\"").ToString();
            }
            if (rune.Value is '"' or '\\')
            {
                text.Append('\\').Append((char)rune.Value);
            }
            else if (IsPrintable(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
        }

        return text.Append('"').ToString();
    }

    /// <summary>False for what would break a line or a reader's eyes, and for U+FFFD, which stands for text that was no
    /// Unicode.</summary>
    public static bool IsPrintable(Rune rune) =>
        rune != Rune.ReplacementChar
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Surrogate
                or UnicodeCategory.Format
            );
}
