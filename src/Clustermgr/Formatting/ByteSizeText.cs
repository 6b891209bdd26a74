using System.Globalization;

namespace Clustermgr.Formatting;

/// <summary>Sizes in bytes: 8388608, 8192KiB or 8MiB.</summary>
public static class ByteSizeText
{
    public const int MinBytes = 64 << 10;
    public const int MaxBytes = 256 << 20;

    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    private static readonly (string Suffix, int Shift)[] Suffixes = [("KiB", 10), ("MiB", 20), ("", 0)];

    /// <summary>Formats a size for people: 95.3 TiB.</summary>
    public static string Format(long bytes)
    {
        var size = (double)bytes;
        var unit = 0;
        for (; Math.Abs(size) >= 1024 && unit < Units.Length - 1; unit++)
        {
            size /= 1024;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {Units[unit]}");
    }

    /// <summary>Returns null with an error that continues the name of the setting.</summary>
    public static int? Parse(string text, out string error)
    {
        var (suffix, shift) = Suffixes.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        var digits = text[..^suffix.Length];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            error = $"{Quoted.From(text)} is not a size; write bytes, KiB or MiB, as 8388608 or 8MiB";
            return null;
        }

        if (number < MinBytes >> shift || number > MaxBytes >> shift)
        {
            error = $"{Quoted.From(text)} is out of bounds; it must be from 64KiB to 256MiB";
            return null;
        }

        error = "";
        return (int)number << shift;
    }
}
