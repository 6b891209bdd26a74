using System.Globalization;

namespace ClustermgrExporter.Web.Html;

/// <summary>Values as people read them.</summary>
internal static class Shown
{
    public const string NotKnown = "not known";

    private static readonly string[] s_units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>95.3 TiB.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } known) return NotKnown;
        var (size, unit) = ((double)known, 0);
        for (; Math.Abs(size) >= 1024 && unit < s_units.Length - 1; unit++) size /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {s_units[unit]}");
    }

    public static string Number<T>(T? number) where T : struct, IFormattable =>
        number?.ToString(null, CultureInfo.InvariantCulture) ?? NotKnown;

    public static string YesNo(bool? flag) => flag is { } known ? known ? "yes" : "no" : NotKnown;

    /// <summary>2026-11-24 21:30:05 UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset? time) => time is { } known ? Time(known) : NotKnown;
}
