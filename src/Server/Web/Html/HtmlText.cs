using System.Globalization;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Web.Html;

/// <summary>Values as people read them.</summary>
internal static class HtmlText
{
    public const string NotKnown = "not known";

    /// <summary>95.3 TiB.</summary>
    public static string Bytes(long? bytes) => bytes is { } known ? ByteSizeText.Format(known) : NotKnown;

    public static string Number<T>(T? number)
        where T : struct, IFormattable => number?.ToString(null, CultureInfo.InvariantCulture) ?? NotKnown;

    public static string YesNo(bool? flag) =>
        flag is { } known
            ? known
                ? "yes"
                : "no"
            : NotKnown;

    /// <summary>2026-11-24 21:30:05 UTC.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Time(DateTimeOffset? time) => time is { } known ? Time(known) : NotKnown;
}
