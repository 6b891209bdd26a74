using System.Globalization;
using Clustermgr.Formatting;
using ClustermgrExporter.Documents;

namespace ClustermgrExporter.Web.Html;

/// <summary>Formats values for people, as markup. An unknown value is shown as such, neither as 0 nor as
/// blank.</summary>
internal static class HtmlText
{
    public static readonly Markup Unknown = Markup.FromHtml(
        """<span class="unknown"><span aria-hidden="true">–</span><span class="spoken">not known</span></span>"""
    );

    /// <summary>1,234; a minus as wide as a digit.</summary>
    public static string Count<T>(T number)
        where T : struct, IFormattable => number.ToString("#,0", CultureInfo.InvariantCulture).Replace('-', '−');

    public static Markup Count<T>(T? number)
        where T : struct, IFormattable => OrUnknown(number, Count);

    /// <summary>1 disk, 1,234 disks.</summary>
    public static string Count(long number, string noun) => $"{Count(number)} {noun}{(number == 1 ? "" : "s")}";

    /// <summary>A number that identifies something, such as a node or a term; without separators.</summary>
    public static Markup Id(ulong? id) => OrUnknown(id, known => known.ToString(CultureInfo.InvariantCulture));

    /// <summary>95.3 TiB.</summary>
    public static Markup Bytes(long? bytes) => OrUnknown(bytes, ByteSizeText.Format);

    /// <summary>Rounded down, so that 99.9 % is not shown as 100 %; less than 1 % is shown as such.</summary>
    public static string? Percent(long part, long whole)
    {
        if (whole <= 0)
        {
            return null;
        }
        var share = (double)part / whole * 100;
        return share is > 0 and < 1 ? "< 1 %" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share):0} %");
    }

    public static Markup OrUnknown<T>(T? value, Func<T, string> text)
        where T : struct => value is { } known ? Markup.FromText(text(known)) : Unknown;

    public static Markup OrUnknown<T>(T? value, Func<T, Markup> shown)
        where T : struct => value is { } known ? shown(known) : Unknown;

    public static Markup OrUnknown(string? text) => text is null ? Unknown : Markup.FromText(text);

    /// <summary>Highlights a value that needs attention.</summary>
    public static Markup Highlight(bool highlight, Markup value) =>
        highlight ? Markup.From($"""<span class="odd">{value}</span>""") : value;

    public static Markup Highlight(string text) => Highlight(true, Markup.FromText(text));

    public static Markup Quiet(string text) => Markup.From($"""<span class="quiet">{text}</span>""");
}

/// <summary>Points in time by the exporter's clock, in UTC as in logs. The script turns them into ages and keeps those
/// current.</summary>
internal static class TimeText
{
    /// <summary>2026-11-24 21:30:05 UTC, or "4 s ago".</summary>
    public static Markup Ago(DateTimeOffset time) => Element(time, "ago", "");

    public static Markup Ago(DateTimeOffset? time) => HtmlText.OrUnknown(time, Ago);

    /// <summary>The start of a state: "since 2026-11-24 21:30:05 UTC", or "for 4 s".</summary>
    public static Markup For(DateTimeOffset time) => Element(time, "for", "since ");

    /// <summary>2026-11-24 21:30:05 UTC, or the time of the day where it is today.</summary>
    public static Markup At(DateTimeOffset time) => Element(time, "at", "");

    private static Markup Element(DateTimeOffset time, string form, string before)
    {
        var utc = time.UtcDateTime;
        var iso = JsonText.FormatTime(time);
        var text = utc.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return Markup.From($"""<time datetime="{iso}" data-told="{form}">{before}{text}</time>""");
    }
}
