using System.Globalization;
using System.Text;
using ClustermgrExporter.Config;

namespace ClustermgrExporter.Cli;

/// <summary>Text of others as it may reach a terminal, and how wide it is there.</summary>
internal static class Printable
{
    /// <summary>Ranges that the Unicode standard calls wide or full width (East Asian Width W and F), from and to.</summary>
    private static readonly (int From, int To)[] s_wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE),
        (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F), (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE),
        (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA),
        (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755),
        (0x2757, 0x2757), (0x2795, 0x2797), (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55),
        (0x2E80, 0x303E), (0x3041, 0x4DBF), (0x4E00, 0xA4CF), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE10, 0xFE19),
        (0xFE30, 0xFE6F), (0xFF00, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x18CFF), (0x1AFF0, 0x1B2FF), (0x1F004, 0x1F004),
        (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320), (0x1F32D, 0x1F335), (0x1F337, 0x1F37C),
        (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3), (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E),
        (0x1F440, 0x1F440), (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A),
        (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2),
        (0x1F6D5, 0x1F6DF), (0x1F6EB, 0x1F6EC), (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7F0), (0x1F90C, 0x1F9FF), (0x1FA70, 0x1FAFF),
        (0x20000, 0x3FFFD),
    ];

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
    public static int Columns(string text) => text.EnumerateRunes().Sum(Columns);

    /// <summary>With blanks to so many columns.</summary>
    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Columns(text)));

    private static int Columns(Rune rune)
    {
        if (rune.IsAscii) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark) return 0;
        if (rune.Value is >= 0x1160 and <= 0x11FF) return 0; // vowels and finals, drawn into the syllable before
        return s_wide.Any(range => rune.Value >= range.From && rune.Value <= range.To) ? 2 : 1;
    }
}
