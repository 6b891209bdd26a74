using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>
/// Parses lists of which only a part of each row is read. They have one spelling, other fields are ignored, and a row
/// without one of the fields makes the list invalid, since half a list of disks would count too few.
/// </summary>
internal static class StrictList
{
    public static SchemaLog CreateLog(ref readonly Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartObject
            ? new SchemaLog(Dialect.SnakeCase, collectUnknown: false)
            : throw InvalidBodyException.At(in reader, "the body is not an object");

    /// <param name="reader">Stands on the array's start, or on null.</param>
    /// <param name="maxRows">Maximum number of rows; further rows are left out and counted.</param>
    public static ImmutableArray<T> Read<T>(
        ref Utf8JsonReader reader,
        SchemaLog log,
        string path,
        RowReader<T> read,
        int maxRows = int.MaxValue
    )
        where T : class
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }
        var rows = ImmutableArray.CreateBuilder<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw InvalidBodyException.At(in reader, $"a row of {path.TrimEnd('.')} is not an object");
            }
            if (rows.Count == maxRows)
            {
                log.Cut();
                reader.Skip();
                continue;
            }
            rows.Add(read(ref reader, log)!);
            ThrowIfIncomplete(log); // at the first bad row, not after a megabyte of them
        }
        return rows.DrainToImmutable();
    }

    public static void ThrowIfIncomplete(SchemaLog log)
    {
        if (log.Findings is [var first, ..])
        {
            throw new InvalidBodyException($"{first.Path} is missing or of another type");
        }
    }
}
