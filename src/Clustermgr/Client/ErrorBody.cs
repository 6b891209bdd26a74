using System.Text;
using System.Text.Json;
using Clustermgr.Parsing;

namespace Clustermgr.Client;

/// <summary>
/// The body of an answer that is an error: {"error":"…","code":"…"?} from the services, {"Status":907,…} from the
/// raft layer, plain text for an unknown path, nothing from a forward to a dead leader.
/// </summary>
/// <param name="Text">error or, where there is none, the text itself; uncleaned; "" for an empty body.</param>
/// <param name="Status">The raft layer's own status, which can differ from that of HTTP.</param>
/// <param name="IsJson">The text is the error field of a JSON object.</param>
internal readonly record struct ErrorBody(string Text, int? Status, bool IsJson)
{
    /// <summary>Enough for every error that clustermgr writes, and for the head of what a proxy does.</summary>
    public const int MaxBytes = 4 << 10;

    /// <summary>A page for browsers, of which nothing is worth quoting.</summary>
    public bool IsMarkup => !IsJson && Text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith('<');

    public static ErrorBody Parse(ReadOnlySpan<byte> utf8) =>
        OfJson(utf8) ?? new ErrorBody(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxBytes)]), null, false);

    private static ErrorBody? OfJson(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonRow.MaxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }
            string? text = null;
            int? status = null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isText = reader.ValueTextEquals("error"u8);
                var isStatus = reader.ValueTextEquals("Status"u8);
                reader.Read();
                var token = reader.TokenType;
                if (isText && token == JsonTokenType.String)
                {
                    text = reader.GetString();
                }
                else if (isStatus && token == JsonTokenType.Number && reader.TryGetInt32(out var n))
                {
                    status = n;
                }
                else
                {
                    reader.Skip();
                }
            }
            return text is null && status is null ? null : new ErrorBody(text ?? "", status, text is not null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or not text: shown as it is
        }
    }
}
