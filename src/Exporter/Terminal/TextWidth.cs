using Wcwidth;

namespace ClustermgrExporter.Terminal;

/// <summary>How wide printable text is on a terminal.</summary>
internal static class TextWidth
{
    /// <summary>Columns that it takes: two for an East Asian character, none for a mark upon the one before
    /// it.</summary>
    public static int Columns(string text) =>
        text.EnumerateRunes().Sum(rune => Math.Max(0, UnicodeCalculator.GetWidth(rune)));

    /// <summary>With blanks to so many columns.</summary>
    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Columns(text)));
}
