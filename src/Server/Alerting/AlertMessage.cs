using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using ClustermgrExporter.Documents;

namespace ClustermgrExporter.Alerting;

/// <summary>An alert as it is sent to Alertmanager.</summary>
/// <param name="Key">Its labels as one string; equal for all messages about the same alert.</param>
/// <param name="EndsAt">When it ended; while it fires, when Alertmanager resolves it unless it is sent again.</param>
/// <param name="GeneratorUrl">The page that shows its cause; "" for none.</param>
internal sealed record AlertMessage(
    string Key,
    ImmutableArray<KeyValuePair<string, string>> Labels,
    ImmutableArray<KeyValuePair<string, string>> Annotations,
    DateTimeOffset StartsAt,
    DateTimeOffset EndsAt,
    bool Resolved,
    string GeneratorUrl = ""
)
{
    /// <summary>The body of POST /api/v2/alerts.</summary>
    public static HttpContent CreateContent(IEnumerable<AlertMessage> messages)
    {
        var body = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartArray();
        foreach (var message in messages)
        {
            json.WriteStartObject();
            Write(json, "labels", message.Labels);
            Write(json, "annotations", message.Annotations);
            json.WriteString("startsAt", JsonText.FormatTime(message.StartsAt));
            json.WriteString("endsAt", JsonText.FormatTime(message.EndsAt));
            if (message.GeneratorUrl.Length > 0)
            {
                json.WriteString("generatorURL", message.GeneratorUrl);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Flush();
        var content = new ReadOnlyMemoryContent(body.WrittenMemory);
        content.Headers.ContentType = new("application/json");
        return content;
    }

    private static void Write(Utf8JsonWriter json, string name, ImmutableArray<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }
}
