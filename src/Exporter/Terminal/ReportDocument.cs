using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Terminal;

/// <summary>The meaning of a text's colour; nothing is said by colour alone.</summary>
internal enum TextStyle
{
    None,
    Heading,
    Healthy,
    Ticket,
    Page,
}

/// <summary>The text of a cell. May hold anything: it is escaped when it is printed.</summary>
internal readonly record struct ReportCell(string Text, TextStyle Style = TextStyle.None)
{
    public static implicit operator ReportCell(string text) => new(text);
}

/// <param name="Key">What the row is about, to find it again in the next report.</param>
internal sealed record ReportRow(string Key, ImmutableArray<ReportCell> Cells);

/// <param name="Title">"" in a grid without headings.</param>
/// <param name="DropOrder">0: always shown. Otherwise left out when there is no room, the highest first.</param>
/// <param name="IsVolatile">True when it changes all the time in a healthy cluster, so that a change is not
/// marked.</param>
internal sealed record ReportColumn(string Title, int DropOrder = 0, bool IsVolatile = false);

/// <summary>A table.</summary>
/// <param name="Name">What the rows are, in the plural: members.</param>
internal sealed record ReportTable(string Name, ImmutableArray<ReportColumn> Columns, ImmutableArray<ReportRow> Rows)
{
    /// <summary>True when a row that disappeared since the last report is shown too.</summary>
    public bool ShowsRemovedRows { get; init; }

    public bool HasHeadings => Columns.Any(column => column.Title.Length > 0);
}

/// <summary>The report on one cluster.</summary>
internal sealed record ReportDocument(string Cluster, ReportCell Verdict, ImmutableArray<ReportTable> Tables)
{
    public ReportTable? FindTable(string grid) => Tables.FirstOrDefault(other => other.Name == grid);
}

/// <summary>Formats values for a table.</summary>
internal static class CellText
{
    /// <summary>The text of an unknown value: never 0, and never empty, which would shift the columns for
    /// awk.</summary>
    public const string Unknown = "-";

    public static string Number<T>(T? number)
        where T : struct, IFormattable => number?.ToString(null, CultureInfo.InvariantCulture) ?? Unknown;

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Bytes(long? bytes) => bytes is { } known ? ByteSizeText.Format(known) : Unknown;

    public static string YesNo(bool? flag) =>
        flag is { } known
            ? known
                ? "yes"
                : "no"
            : Unknown;

    public static string Text(string text) => text.Length > 0 ? text : Unknown;
}
