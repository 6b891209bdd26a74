using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ClustermgrExporter.Documents;

/// <summary>
/// Formats values that are strings in JSON. The documents hold these strings directly, without converters: the source
/// generator then needs no metadata, which would add a tenth to the program and to its memory.
/// </summary>
internal static class JsonText
{
    private const string Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>IDs are strings, since JavaScript numbers lose digits beyond 2^53.</summary>
    [return: NotNullIfNotNull(nameof(id))]
    public static string? FormatId(ulong? id) => id?.ToString(CultureInfo.InvariantCulture);

    /// <summary>2026-11-24T21:30:05.123Z.</summary>
    public static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Milliseconds, CultureInfo.InvariantCulture);

    public static string? FormatTime(DateTimeOffset? time) => time is { } known ? FormatTime(known) : null;
}
