using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>The value of /config/get: a JSON string, whatever was stored.</summary>
internal static class SwitchParser
{
    public static SwitchReading? Parse(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(utf8, Read, out reason);

    private static SwitchReading Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw InvalidBodyException.At(in reader, "the value is not a JSON string");
        }
        var raw = reader.GetString()!;
        return raw.Length > 0
            ? new SwitchReading(MemberText.Truncate(raw, out _))
            : throw new InvalidBodyException("the value is an empty string, which v3.2 answers on errors");
    }
}
