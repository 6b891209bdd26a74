using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>
/// Lists of which we read a part of each row. There is one spelling of them, other fields are not ours to judge, and a
/// row that lacks what we read spoils the list: half a list of disks counts too few.
/// </summary>
internal static class StrictList
{
    public static SchemaLog Begin(ref readonly Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.StartObject
            ? new SchemaLog(Dialect.SnakeCase, collectUnknown: false)
            : throw NotOurJson.At(in reader, "the body is no object");

    /// <param name="reader">Stands on the array's start, or on null.</param>
    /// <param name="most">Rows beyond are left out, and counted.</param>
    public static ImmutableArray<T> Read<T>(
        ref Utf8JsonReader reader,
        SchemaLog log,
        string path,
        RowReader<T> read,
        int most = int.MaxValue
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
                throw NotOurJson.At(in reader, $"a row of {path.TrimEnd('.')} is no object");
            }
            if (rows.Count == most)
            {
                log.Cut();
                reader.Skip();
                continue;
            }
            rows.Add(read(ref reader, log)!);
            End(log); // at the first bad row, not after a megabyte of them
        }
        return rows.DrainToImmutable();
    }

    public static void End(SchemaLog log)
    {
        if (log.Findings is [var first, ..])
        {
            throw new NotOurJson($"{first.Path} is missing or of another type");
        }
    }
}
