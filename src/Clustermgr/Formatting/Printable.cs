using System.Globalization;
using System.Text;

namespace Clustermgr.Formatting;

/// <summary>Text of others as it may reach a terminal.</summary>
public static class Printable
{
    /// <summary>What does not print is spelt out: it would move the cursor, turn the line round or hide in
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

/// <summary>A value from outside as it may stand in a message: on one line, and not endless.</summary>
public static class Quoted
{
    private const int MostCharacters = 80;

    /// <param name="most">Characters, beyond which it is cut.</param>
    public static string From(string value, int most = MostCharacters)
    {
        var text = new StringBuilder("\"");
        foreach (var rune in value.EnumerateRunes())
        {
            if (text.Length > most)
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
