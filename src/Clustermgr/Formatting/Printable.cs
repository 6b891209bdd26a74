using System.Globalization;
using System.Text;

namespace Clustermgr.Formatting;

/// <summary>Text of others as it may reach a terminal.</summary>
internal static class Printable
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
