using System.Globalization;
using System.Text;
using ClustermgrExporter.Config;
using Wcwidth;

namespace ClustermgrExporter.Cli;

/// <summary>Text of others as it may reach a terminal, and how wide it is there.</summary>
internal static class Printable
{
    /// <summary>What does not print is spelt out: it would move the cursor, turn the line round or hide in it.</summary>
    public static string Of(string text)
    {
        if (text.EnumerateRunes().All(Quoted.IsPrintable)) return text;
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Quoted.IsPrintable(rune)) shown.Append(rune.ToString());
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        return shown.ToString();
    }

    /// <summary>Columns that printable text takes: two for an East Asian character, none for a mark upon the one before it.
    /// </summary>
    public static int Columns(string text) => text.EnumerateRunes().Sum(rune => Math.Max(0, UnicodeCalculator.GetWidth(rune)));

    /// <summary>With blanks to so many columns.</summary>
    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Columns(text)));
}
