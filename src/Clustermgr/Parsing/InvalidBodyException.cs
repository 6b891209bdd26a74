using System.Text.Json;
using System.Text.Unicode;

namespace Clustermgr.Parsing;

/// <summary>Thrown by a parser for an invalid body; never leaves the parsers.</summary>
internal sealed class InvalidBodyException(string reason) : Exception(reason)
{
    /// <summary>Reads the value of a body.</summary>
    public delegate T BodyReader<out T>(ref Utf8JsonReader reader);

    public static InvalidBodyException At(ref readonly Utf8JsonReader reader, string reason) =>
        new($"{reason} at byte {reader.TokenStartIndex}");

    /// <returns>Null, with a reason, when the body is not what <paramref name="read"/> expects.</returns>
    public static T? TryParse<T>(ReadOnlySpan<byte> utf8, BodyReader<T> read, out string reason)
        where T : class
    {
        reason = "";
        if (utf8.StartsWith("\uFEFF"u8))
        {
            reason = "a byte order mark at byte 0";
        }
        else if (!Utf8.IsValid(utf8))
        {
            reason = "the body is not UTF-8";
        }
        if (reason.Length > 0)
        {
            return null;
        }
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = JsonRow.MaxDepth });
            reader.Read();
            var value = read(ref reader);
            reader.Read(); // throws on anything after the value
            return value;
        }
        catch (InvalidBodyException e)
        {
            reason = e.Message;
        }
        catch (JsonException e)
        {
            var cause = e.Message.AsSpan();
            var where = cause.IndexOf(" LineNumber:", StringComparison.Ordinal);
            reason = $"not JSON: {(where < 0 ? cause : cause[..where])} at byte {Position(utf8, e)}";
        }
        catch (InvalidOperationException)
        {
            reason = "a string holds half of a surrogate pair"; // the reader throws nothing else for valid tokens
        }
        return null;
    }

    private static long Position(ReadOnlySpan<byte> utf8, JsonException e)
    {
        var start = 0;
        for (var line = e.LineNumber ?? 0; line > 0; line--)
        {
            var end = utf8[start..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }
            start += end + 1;
        }
        return start + (e.BytePositionInLine ?? 0);
    }
}
