using System.Globalization;
using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>
/// Sanitizes text of a member for labels, logs and pages: limits its length, and escapes control and format characters.
/// Line feeds and tabs stay; the writers escape them.
/// </summary>
internal static class MemberText
{
    public const int MaxBytes = Thresholds.MaxTextBytes;

    private const string Cut = "…";

    /// <summary>Reads the string at the reader's position. Characters that do not print are escaped as \u001b; a text
    /// that is too long is cut at a character, ends in …, and is counted.</summary>
    public static string Read(ref readonly Utf8JsonReader reader, SchemaLog log)
    {
        var text = Truncate(reader.GetString()!, out var cut);
        if (cut)
        {
            log.Cut();
        }
        return text;
    }

    /// <summary>See <see cref="Read"/>.</summary>
    public static string Truncate(string text, out bool cut)
    {
        cut = false;
        if (text.Length <= MaxBytes && IsPlain(text))
        {
            return text;
        }
        var bounded = new StringBuilder();
        var bytes = 0;
        var last = 0; // end of the text if the mark is added
        foreach (var rune in text.EnumerateRunes())
        {
            var plain = IsAllowed(rune);
            var spelt = plain ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            bytes += plain ? rune.Utf8SequenceLength : spelt.Length;
            if (bytes > MaxBytes)
            {
                cut = true;
                return bounded.ToString(0, last) + Cut;
            }
            bounded.Append(spelt);
            if (bytes <= MaxBytes - Encoding.UTF8.GetByteCount(Cut))
            {
                last = bounded.Length;
            }
        }
        return bounded.ToString();
    }

    private static bool IsPlain(string text)
    {
        foreach (var c in text)
        {
            if (c is < ' ' or > '~' && c is not ('\n' or '\t'))
            {
                return false;
            }
        }
        return true;
    }

    private static bool IsAllowed(Rune rune) =>
        rune.Value is '\n' or '\t'
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
