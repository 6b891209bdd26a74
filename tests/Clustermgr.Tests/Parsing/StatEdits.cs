using System.Text.Json.Nodes;

namespace Clustermgr.Tests.Parsing;

/// <summary>Changes one value of a /stat, by dotted path; peers[].match is that of the first row.</summary>
internal static class StatEdits
{
    public static string Name(string path) => path[(path.LastIndexOf('.') + 1)..];

    /// <summary>Converts names to the spelling of the releases.</summary>
    public static string Camel(string text)
    {
        foreach (
            var name in (string[])
                [
                    "node_id",
                    "raft_state",
                    "raft_applied",
                    "applying_length",
                    "pending_snapshot",
                    "is_learner",
                    "is_inflight_full",
                    "inflight_count",
                ]
        )
        {
            var parts = name.Split('_');
            var tail = parts.Skip(1).Select(part => char.ToUpperInvariant(part[0]) + part[1..]);
            var camel = parts[0] + string.Concat(tail);
            text = text.Replace($"{name}\"", $"{camel}\"", StringComparison.Ordinal);
        }
        return text;
    }

    public static IEnumerable<string> Paths(string body) => Paths(JsonNode.Parse(body)!, "");

    private static IEnumerable<string> Paths(JsonNode node, string prefix) =>
        from pair in node.AsObject()
        let path = prefix + pair.Key
        from found in (string[])
            [
                path,
                .. pair.Value is JsonObject ? Paths(pair.Value, path + ".") : [],
                .. pair.Value is JsonArray rows ? Paths(rows[0]!, path + "[].") : [],
            ]
        select found;

    public static JsonNode? Node(JsonNode root, string path) =>
        path.Split('.')
            .Aggregate(
                (JsonNode?)root,
                (node, part) => part.EndsWith("[]", StringComparison.Ordinal) ? node![part[..^2]]![0] : node![part]
            );

    /// <summary>The same body with the fields of every object in reverse order.</summary>
    public static string Backwards(string body)
    {
        var root = JsonNode.Parse(body)!;
        Reverse(root);
        return root.ToJsonString();
    }

    public static string Without(string body, string path) =>
        Changed(body, path, (parent, name) => parent.Remove(name));

    public static string With(string body, string path, string value) =>
        Changed(body, path, (parent, name) => parent[name] = JsonNode.Parse(value));

    private static string Changed(string body, string path, Action<JsonObject, string> change)
    {
        var root = JsonNode.Parse(body)!;
        var cut = path.LastIndexOf('.');
        change((cut < 0 ? root : Node(root, path[..cut])!).AsObject(), Name(path));
        return root.ToJsonString();
    }

    private static void Reverse(JsonNode? node)
    {
        if (node is JsonArray rows)
        {
            foreach (var row in rows)
            {
                Reverse(row);
            }
        }
        if (node is not JsonObject fields)
        {
            return;
        }
        var pairs = fields.ToList();
        fields.Clear();
        pairs.Reverse();
        foreach (var (name, value) in pairs)
        {
            Reverse(value);
            fields.Add(name, value);
        }
    }
}
