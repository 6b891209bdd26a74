using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace ClustermgrExporter.Tests.Web;

/// <summary>
/// Checks answers with docs/openapi.yaml. It knows only the JSON Schema keywords that the document uses, and reports
/// any other one as an error, because an unchecked rule would be no rule.
/// </summary>
internal sealed class OpenApi
{
    private static readonly string[] Keywords =
    [
        "type",
        "enum",
        "pattern",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "$ref",
        "description",
    ];

    private readonly YamlMappingNode _root;

    public OpenApi()
    {
        using var text = new StreamReader(Path.Combine(GoldenFile.GetRepositoryRoot(), "docs/openapi.yaml"));
        var yaml = new YamlStream();
        yaml.Load(text);
        _root = (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    /// <summary>Schema.property for each property that was not null in some answer.</summary>
    public HashSet<string> Seen { get; } = [];

    public IEnumerable<string> Paths => Keys(At("paths"));

    /// <summary>Schema.property for each property of each schema.</summary>
    public IEnumerable<string> Properties =>
        Keys(At("components", "schemas"))
            .SelectMany(schema =>
                Keys(At("components", "schemas", schema, "properties")).Select(property => $"{schema}.{property}")
            );

    /// <summary>The errors in an answer to GET of a path; empty if it matches the document.</summary>
    public List<string> Judge(string path, int status, JsonElement answer)
    {
        var response = Follow(
            (YamlMappingNode)At("paths", path, "get", "responses", status.ToString(CultureInfo.InvariantCulture))!,
            out _
        );
        var schema = (YamlMappingNode)At(response, "content", "application/json", "schema")!;
        List<string> wrong = [];
        Check(schema, answer, "", "$", wrong);
        return wrong;
    }

    private void Check(YamlMappingNode given, JsonElement value, string owner, string where, List<string> wrong)
    {
        var schema = Follow(given, out var name);
        owner = name ?? owner;
        wrong.AddRange(
            Keys(schema).Except(Keywords).Select(word => $"{where}: the schema has {word}, which is not checked")
        );
        var types = Texts(At(schema, "type"));
        var type = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Null => "null",
            _ => types.Contains("integer") && !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')
                ? "integer"
                : "number",
        };
        if (!types.Contains(type))
        {
            wrong.Add($"{where} is {type}, not {string.Join(" or ", types)}");
        }
        if (At(schema, "enum") is { } choices && !Texts(choices).Contains(type == "null" ? "null" : value.ToString()))
        {
            wrong.Add($"{where} is {value}, none of {string.Join(", ", Texts(choices))}");
        }
        if (
            type == "string"
            && At(schema, "pattern") is YamlScalarNode { Value: { } pattern }
            && !Regex.IsMatch(value.GetString()!, pattern)
        )
        {
            wrong.Add($"{where} is {value}, not like {pattern}");
        }
        if (type == "object")
        {
            CheckObject(schema, value, owner, where, wrong);
        }
        if (type != "array")
        {
            return;
        }
        foreach (var (item, i) in value.EnumerateArray().Select((item, i) => (item, i)))
        {
            Check((YamlMappingNode)At(schema, "items")!, item, owner, $"{where}[{i}]", wrong);
        }
    }

    private void CheckObject(YamlMappingNode schema, JsonElement value, string owner, string where, List<string> wrong)
    {
        var properties = Keys(At(schema, "properties")).ToList();
        if (At(schema, "additionalProperties") is not YamlScalarNode { Value: "false" })
        {
            wrong.Add($"{where}: {owner} allows other properties");
        }
        if (!properties.Order().SequenceEqual(Texts(At(schema, "required")).Order()))
        {
            wrong.Add($"{where}: {owner} does not require exactly its properties");
        }
        var named = value.EnumerateObject().Select(property => property.Name).ToList();
        if (named.Distinct().Count() != named.Count)
        {
            wrong.Add($"{where} has a key twice");
        }
        wrong.AddRange(named.Except(properties).Select(key => $"{where}.{key} is not in {owner}"));
        wrong.AddRange(properties.Except(named).Select(key => $"{where}.{key} of {owner} is missing"));
        foreach (var property in value.EnumerateObject().Where(property => properties.Contains(property.Name)))
        {
            if (property.Value.ValueKind != JsonValueKind.Null)
            {
                Seen.Add($"{owner}.{property.Name}");
            }
            Check(
                (YamlMappingNode)At(schema, "properties", property.Name)!,
                property.Value,
                owner,
                $"{where}.{property.Name}",
                wrong
            );
        }
    }

    private YamlMappingNode Follow(YamlMappingNode node, out string? name)
    {
        name = null;
        while (At(node, "$ref") is YamlScalarNode { Value: { } reference })
        {
            var path = reference.Split('/')[1..];
            name = path[^1];
            node = (YamlMappingNode)At(path)!;
        }
        return node;
    }

    private YamlNode? At(params string[] path) => At(_root, path);

    private static YamlNode? At(YamlNode node, params string[] path)
    {
        YamlNode? found = node;
        foreach (var key in path)
        {
            found = found is YamlMappingNode map && map.Children.TryGetValue(key, out var next) ? next : null;
        }
        return found;
    }

    private static IEnumerable<string> Keys(YamlNode? node) =>
        node is YamlMappingNode map ? map.Children.Keys.Select(key => ((YamlScalarNode)key).Value!) : [];

    private static List<string> Texts(YamlNode? node) =>
        node switch
        {
            YamlSequenceNode list => [.. list.Select(entry => ((YamlScalarNode)entry).Value!)],
            YamlScalarNode scalar => [scalar.Value!],
            _ => [],
        };
}
