using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClustermgrExporter.Documents;

/// <summary>
/// The JSON of the API and of the command line, in one dialect: camelCase; what is not known is there and null; ids,
/// terms and indexes are strings, since a number of JavaScript would lose the digits beyond 2^53; times are UTC to the
/// millisecond.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(UtcTimeConverter)]
)]
[JsonSerializable(typeof(ClusterListDocument))]
[JsonSerializable(typeof(ClusterPageDocument))]
[JsonSerializable(typeof(EventListDocument))]
[JsonSerializable(typeof(ErrorDocument))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;

/// <summary>2026-11-24T21:30:05.123Z.</summary>
internal sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
{
    private const string Milliseconds = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Milliseconds, CultureInfo.InvariantCulture);

    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));
}
