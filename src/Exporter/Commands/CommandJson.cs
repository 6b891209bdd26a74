using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>The JSON that verbs print with -o json, in the style of the API (<see cref="ApiJsonContext"/>).</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Serialization,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NewLine = "\n"
)]
[JsonSerializable(typeof(StatusJsonDocument))]
[JsonSerializable(typeof(TaskListDocument))]
[JsonSerializable(typeof(MemberListDocument))]
[JsonSerializable(typeof(LeaderShowDocument))]
[JsonSerializable(typeof(WriteDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(AlertingTestDocument))]
internal sealed partial class CommandJsonContext : JsonSerializerContext;

internal static class CommandJson
{
    /// <summary>Version of the JSON of the verbs about one cluster; incremented when a field is removed or changes its
    /// meaning, not when one is added.</summary>
    public const int AdminVersion = 2;

    private static readonly CommandJsonContext IndentedContext = new(
        new JsonSerializerOptions(CommandJsonContext.Default.Options) { WriteIndented = true }
    );

    /// <summary>Formats a document, with a final line feed.</summary>
    /// <param name="indented">True to indent; false for one line.</param>
    public static string Format<T>(T document, Func<CommandJsonContext, JsonTypeInfo<T>> type, bool indented = true) =>
        JsonSerializer.Serialize(document, type(indented ? IndentedContext : CommandJsonContext.Default)) + "\n";
}
