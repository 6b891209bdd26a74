using System.Text;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>Whether a version writes a field.</summary>
internal enum Presence
{
    /// <summary>Always there: its absence is a finding.</summary>
    Required,

    /// <summary>There in some builds only.</summary>
    Optional,

    /// <summary>Left out when it is 0, as the documents of that version say: absent is 0.</summary>
    ZeroWhenAbsent,
}

/// <summary>What a field holds.</summary>
internal enum FieldType
{
    Unsigned,

    /// <summary>An int64 of at least 0; a negative value makes the answer invalid.</summary>
    Count,

    Signed,
    Flag,
    Text,
    Nested,

    /// <summary>An array, or null for none.</summary>
    Rows,
}

/// <summary>One field in both spellings.</summary>
internal readonly record struct JsonField(
    FieldType Type,
    string Snake,
    string? Camel = null,
    Presence InSnake = Presence.Required,
    Presence InCamel = Presence.Required
)
{
    public Presence In(Dialect dialect) => dialect == Dialect.SnakeCase ? InSnake : InCamel;
}

/// <summary>The fields of one kind of object; a field's place is its slot.</summary>
/// <param name="path">Path prefix of such objects: "" or "raft_status.peers[].".</param>
internal sealed class JsonShape(string path, params JsonField[] fields)
{
    /// <summary>Maximum number of fields; their values are kept on the stack.</summary>
    public const int MaxFields = 16;

    private readonly byte[][] _snake = [.. fields.Select(f => Encoding.UTF8.GetBytes(f.Snake))];
    private readonly byte[][] _camel = [.. fields.Select(f => Encoding.UTF8.GetBytes(f.Camel ?? f.Snake))];
    private readonly string[] _snakePaths = [.. fields.Select(f => path + f.Snake)];
    private readonly string[] _camelPaths = [.. fields.Select(f => path + (f.Camel ?? f.Snake))];

    public string Path => path;

    public int Count => fields.Length;

    public JsonField this[int slot] => fields[slot];

    /// <summary>The dotted path of a field in the spelling of <paramref name="dialect"/>.</summary>
    public string GetPath(int slot, Dialect dialect) =>
        (dialect == Dialect.SnakeCase ? _snakePaths : _camelPaths)[slot];

    /// <summary>The slot of the property name that the reader stands on, in either spelling; -1 for none.</summary>
    /// <param name="guess">Where to look first: the writers' order hardly ever changes.</param>
    public int Find(ref readonly Utf8JsonReader reader, int guess)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            var slot = (guess + i) % fields.Length;
            if (reader.ValueTextEquals(_snake[slot]))
            {
                return slot;
            }
            if (fields[slot].Camel is not null && reader.ValueTextEquals(_camel[slot]))
            {
                return slot;
            }
        }
        return -1;
    }
}
