using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Alerting.Templates;

/// <summary>Formats values as Go does, so that texts are the same as those of Prometheus.</summary>
internal static class GoText
{
    /// <summary>%v: the shortest text that reads back as the same number, with an exponent from a million on.</summary>
    public static string FormatShortest(double value)
    {
        if (FormatSpecial(value) is { } special)
        {
            return special;
        }
        var (sign, digits, exponent) = Split(value.ToString("R", CultureInfo.InvariantCulture));
        return FormatDigits(sign, digits, exponent, exponent is < -4 or >= 6);
    }

    /// <summary>%.Ng</summary>
    public static string FormatSignificant(double value, int digits)
    {
        if (FormatSpecial(value) is { } special)
        {
            return special;
        }
        var (sign, kept, exponent) = Split(value.ToString($"E{digits - 1}", CultureInfo.InvariantCulture));
        return FormatDigits(sign, kept, exponent, exponent < -4 || exponent >= digits);
    }

    /// <summary>%.Nf</summary>
    public static string FormatFixed(double value, int decimals) =>
        FormatSpecial(value) ?? value.ToString($"F{decimals}", CultureInfo.InvariantCulture);

    /// <summary>%q</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                _ => quoted.Append(rune),
            };
        }
        return quoted.Append('"').ToString();
    }

    private static string? FormatSpecial(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value == 0 ? "0"
        : null;

    /// <summary>Splits a number into sign, digits without outer zeros, and the exponent of the first digit.</summary>
    /// <param name="text">As .NET writes it, with or without an exponent.</param>
    private static (string Sign, string Digits, int Exponent) Split(string text)
    {
        var sign = text[0] == '-' ? "-" : "";
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var mantissa = text[sign.Length..(e < 0 ? text.Length : e)];
        var scale =
            e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? mantissa.Length : point;
        var digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        var zeros = digits.Length - digits.TrimStart('0').Length;
        return (sign, digits.Trim('0'), whole - zeros - 1 + scale);
    }

    private static string FormatDigits(string sign, string digits, int exponent, bool scientific)
    {
        if (scientific)
        {
            var fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}"
            );
        }
        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }
        var whole = digits.PadRight(exponent + 1, '0');
        return whole.Length == exponent + 1
            ? $"{sign}{whole}"
            : $"{sign}{whole[..(exponent + 1)]}.{whole[(exponent + 1)..]}";
    }
}
