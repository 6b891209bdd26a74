using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ClustermgrExporter.Documents;

/// <summary>
/// Values that are texts in JSON. The documents hold them as such, and no converter makes them: what the source
/// generator writes then needs no metadata, which would be a tenth of the program and of its memory.
/// </summary>
internal static class JsonText
{
    private const string Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>A number of JavaScript would lose the digits beyond 2^53.</summary>
    [return: NotNullIfNotNull(nameof(id))]
    public static string? Id(ulong? id) => id?.ToString(CultureInfo.InvariantCulture);

    /// <summary>2026-11-24T21:30:05.123Z.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Milliseconds, CultureInfo.InvariantCulture);

    public static string? Time(DateTimeOffset? time) => time is { } known ? Time(known) : null;
}
