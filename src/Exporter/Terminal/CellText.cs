using System.Globalization;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Terminal;

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
