using System.Collections.Immutable;
using System.Text.Json;

namespace Clustermgr.Parsing;

/// <summary>Reads one row; returns null when it lacks its key.</summary>
public delegate T? RowReader<out T>(ref Utf8JsonReader reader, SchemaLog log)
    where T : class;

/// <summary>Reads a list whose rows have a key.</summary>
internal static class JsonRows
{
    /// <summary>Far above any raft group; a body of millions of tiny rows must not become as many objects.</summary>
    public const int MaxRows = 128;

    /// <summary>
    /// Returns the rows ordered by their key. If a row has no key, or is not an object, the list is empty (with a
    /// finding), since the remaining rows would count too few. A duplicate key makes the answer invalid.
    /// </summary>
    /// <param name="reader">Stands on the array's start, or on null.</param>
    /// <param name="path">Path prefix of the rows' fields: "raft_status.peers[].".</param>
    /// <param name="maxRows">Maximum number of rows; further rows are left out and counted. Null to reject an answer
    /// with more than <see cref="MaxRows"/>.</param>
    public static ImmutableArray<T> Read<T>(
        ref Utf8JsonReader reader,
        SchemaLog log,
        string path,
        RowReader<T> read,
        Comparison<T> byKey,
        int? maxRows = null
    )
        where T : class
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }
        var rows = ImmutableArray.CreateBuilder<T>();
        var whole = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                whole = false;
                log.AddMissing(path.TrimEnd('.'));
                reader.Skip();
            }
            else if (rows.Count == maxRows)
            {
                log.Cut();
                reader.Skip();
            }
            else if (maxRows is null && rows.Count == MaxRows)
            {
                throw InvalidBodyException.At(in reader, $"{path.TrimEnd('.')} has more than {MaxRows} rows");
            }
            else if (read(ref reader, log) is { } row)
            {
                rows.Add(row);
            }
            else
            {
                whole = false;
            }
        }
        if (!whole)
        {
            return [];
        }
        rows.Sort(byKey);
        for (var i = 1; i < rows.Count; i++)
        {
            if (byKey(rows[i - 1], rows[i]) != 0)
            {
                continue;
            }
            throw new InvalidBodyException($"two rows of {path.TrimEnd('.')} have the same key");
        }
        return rows.DrainToImmutable();
    }
}
