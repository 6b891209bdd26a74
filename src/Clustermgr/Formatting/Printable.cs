using System.Globalization;
using System.Text;

namespace Clustermgr.Formatting;

/// <summary>Makes foreign text safe for a terminal.</summary>
public static class Printable
{
    /// <summary>Escapes characters that do not print: they would move the cursor, reverse the line or hide in
    /// it.</summary>
    public static string From(string text)
    {
        if (text.EnumerateRunes().All(Quoted.IsPrintable))
        {
            return text;
        }
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Quoted.IsPrintable(rune))
            {
                shown.Append(rune.ToString());
            }
            else
            {
                shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            }
        }
        return shown.ToString();
    }
}

/// <summary>Quotes a foreign value for a message: on one line, and of limited length.</summary>
public static class Quoted
{
    private const int MaxCharacters = 80;

    /// <param name="maxCharacters">Maximum number of characters.</param>
    public static string From(string value, int maxCharacters = MaxCharacters)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length > maxCharacters)
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

    /// <summary>False for characters that break or reorder a line, and for U+FFFD, which replaces invalid
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
