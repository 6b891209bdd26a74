using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Web.Api;

namespace ClustermgrExporter.Commands;

/// <summary>What verbs print with -o json, in the dialect of the API (<see cref="ApiJsonContext"/>).</summary>
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
    /// <summary>Of the verbs about one cluster; counts up when a field goes or changes its meaning, not when one comes.
    /// </summary>
    public const int AdminVersion = 2;

    private static readonly CommandJsonContext _indented = new(
        new JsonSerializerOptions(CommandJsonContext.Default.Options) { WriteIndented = true }
    );

    /// <summary>With a line end.</summary>
    /// <param name="indented">Else on one line.</param>
    public static string Format<T>(T document, Func<CommandJsonContext, JsonTypeInfo<T>> type, bool indented = true) =>
        JsonSerializer.Serialize(document, type(indented ? _indented : CommandJsonContext.Default)) + "\n";
}
