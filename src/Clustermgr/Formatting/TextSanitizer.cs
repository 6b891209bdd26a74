using System.Globalization;
using System.Text;

namespace Clustermgr.Formatting;

/// <summary>Sanitizes foreign text for log lines, pages and labels.</summary>
public static class TextSanitizer
{
    public const int MaxChars = 200;

    /// <summary>On one line, without control or format characters, at most <paramref name="max"/> characters.</summary>
    public static string Clean(string text, int max = MaxChars)
    {
        var clean = new StringBuilder(Math.Min(text.Length, max + 1));
        var space = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsAllowed(rune))
            {
                space = clean.Length > 0;
                continue;
            }
            if (clean.Length + (space ? 1 : 0) + rune.Utf16SequenceLength >= max)
            {
                return clean.Append('…').ToString();
            }
            if (space)
            {
                clean.Append(' ');
            }
            space = false;
            clean.Append(rune.ToString());
        }
        return clean.ToString();
    }

    // Format characters turn a line's direction or hide in it; private and unassigned ones show as boxes.
    private static bool IsAllowed(Rune rune) =>
        !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
            );

    /// <summary>Redacts each of <paramref name="hidden"/>: a server may echo what it was sent.</summary>
    public static string Redact(string text, params ReadOnlySpan<string?> hidden)
    {
        foreach (var secret in hidden)
        {
            if (!string.IsNullOrEmpty(secret))
            {
                text = text.Replace(secret, "(secret)", StringComparison.Ordinal);
            }
        }
        return text;
    }
}

/// <summary>Formats a count with its noun: 1 cluster, 3 clusters.</summary>
public static class Pluralizer
{
    /// <summary>"1 disk is", "3 disks are".</summary>
    public static string Count(double count, string thing, string? verb = null)
    {
        var plural = verb switch
        {
            "is" => "are",
            "has" => "have",
            "names" => "name",
            _ => verb,
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count} {thing}{(count == 1 ? "" : "s")}")
            + (verb is null ? "" : " " + (count == 1 ? verb : plural));
    }
}
