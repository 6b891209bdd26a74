using System.Globalization;
using System.Text;

namespace Clustermgr.Formatting;

/// <summary>Durations as Prometheus writes them: whole numbers with units, largest first: 500ms, 5s, 1m30s.</summary>
public static class DurationText
{
    public static readonly TimeSpan Min = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan Max = TimeSpan.FromHours(1);

    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ];

    private static string OutOfBounds => $" is out of bounds; it must be from {Format(Min)} to {Format(Max)}";

    /// <summary>Returns null with an error that continues the name of the setting: `"5" has no unit; write
    /// "5s"`.</summary>
    public static TimeSpan? Parse(string text, out string error)
    {
        error = "";
        if (Milliseconds(text) is not { } milliseconds)
        {
            error = Quoted.From(text) + DescribeError(text);
            return null;
        }

        if (milliseconds < Min.TotalMilliseconds || milliseconds > Max.TotalMilliseconds)
        {
            error = Quoted.From(text) + OutOfBounds;
            return null;
        }

        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Parses a duration of any length, for files whose durations this program does not limit; null when
    /// invalid.</summary>
    public static TimeSpan? ParseUnbounded(string text) =>
        Milliseconds(text) is { } milliseconds && milliseconds <= TimeSpan.MaxValue.TotalMilliseconds / 2
            ? TimeSpan.FromMilliseconds(milliseconds)
            : null;

    /// <summary>The shortest text that parses to the same duration, to the millisecond.</summary>
    public static string Format(TimeSpan duration)
    {
        var rest = (long)duration.TotalMilliseconds;
        if (rest == 0)
        {
            return "0s";
        }
        var text = new StringBuilder();
        foreach (var (unit, milliseconds) in Units)
        {
            if (rest >= milliseconds)
            {
                text.Append(CultureInfo.InvariantCulture, $"{rest / milliseconds}{unit}");
            }
            rest %= milliseconds;
        }

        return text.ToString();
    }

    private static string DescribeError(string text)
    {
        if (text.Length > 0 && text.All(character => character == '0'))
        {
            return OutOfBounds;
        }
        if (text.StartsWith('-'))
        {
            return $" is negative; write a duration from {Format(Min)} to {Format(Max)}, as 5s";
        }
        return text.Length is > 0 and < 10 && text.All(char.IsAsciiDigit)
            ? $" has no unit; write {text}s or {text}ms"
            : " is not a duration; write whole numbers with units, as 500ms, 5s or 1m30s";
    }

    // At most nine digits per unit, so that the sum cannot overflow.
    private static long? Milliseconds(string text)
    {
        long sum = 0;
        var at = 0;
        foreach (var (unit, milliseconds) in Units)
        {
            var digits = 0;
            while (at + digits < text.Length && char.IsAsciiDigit(text[at + digits]))
            {
                digits++;
            }
            if (digits is 0 or > 9)
            {
                continue;
            }
            if (UnitAt(text, at + digits) != unit)
            {
                continue;
            }
            sum += long.Parse(text.AsSpan(at, digits), NumberStyles.None, CultureInfo.InvariantCulture) * milliseconds;
            at += digits + unit.Length;
        }

        return at > 0 && at == text.Length ? sum : null;
    }

    private static string UnitAt(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }
        return text[at..end];
    }
}
