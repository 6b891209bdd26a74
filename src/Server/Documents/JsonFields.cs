using System.Globalization;
using System.Text.Json;

namespace ClustermgrExporter.Documents;

/// <summary>The kinds of values in the API. What is not known is there and null.</summary>
internal static class JsonFields
{
    private const string Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>As a string: a number of JavaScript would lose the digits beyond 2^53.</summary>
    public static void Id(this Utf8JsonWriter json, string name, ulong? id) =>
        json.WriteString(name, id?.ToString(CultureInfo.InvariantCulture));

    public static void Count(this Utf8JsonWriter json, string name, long? count)
    {
        if (count is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void Entries(this Utf8JsonWriter json, string name, ulong? entries)
    {
        if (entries is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void Flag(this Utf8JsonWriter json, string name, bool? flag)
    {
        if (flag is { } known)
        {
            json.WriteBoolean(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    public static void Time(this Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time?.UtcDateTime.ToString(Milliseconds, CultureInfo.InvariantCulture));

    public static void Text(this Utf8JsonWriter json, string name, string? text) => json.WriteString(name, text);

    public static void Texts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }
        json.WriteEndArray();
    }

    public static void List<T>(
        this Utf8JsonWriter json,
        string name,
        IEnumerable<T> rows,
        Action<Utf8JsonWriter, T> fields
    )
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            json.WriteStartObject();
            fields(json, row);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Object<T>(this Utf8JsonWriter json, string name, T? value, Action<Utf8JsonWriter, T> fields)
        where T : class
    {
        if (value is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        fields(json, value);
        json.WriteEndObject();
    }
}
