using System.Globalization;
using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>
/// Text of a member as it goes into labels, logs and pages: bounded, and without what a terminal would obey or what
/// turns a line round. A line feed and a tab stay; whoever writes them escapes them.
/// </summary>
internal static class MemberText
{
    public const int MaxBytes = Thresholds.TextBytes;

    private const string Cut = "…";

    /// <summary>The string on which the reader stands. What does not print is spelt out as \u001b; what is too long is
    /// cut at a character, ends in …, and is counted.</summary>
    public static string Read(ref readonly Utf8JsonReader reader, SchemaLog log)
    {
        var text = Bounded(reader.GetString()!, out var cut);
        if (cut)
        {
            log.Cut();
        }
        return text;
    }

    /// <summary>See <see cref="Read"/>.</summary>
    public static string Bounded(string text, out bool cut)
    {
        cut = false;
        if (text.Length <= MaxBytes && IsPlain(text))
        {
            return text;
        }
        var (bounded, bytes) = (new StringBuilder(), 0);
        var last = 0; // where the mark would go
        foreach (var rune in text.EnumerateRunes())
        {
            var plain = Stays(rune);
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

    private static bool Stays(Rune rune) =>
        rune.Value is '\n' or '\t'
        || Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
            );
}
