using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ClustermgrSimulator.Faults;

/// <summary>Applies a fault to the body of an answer.</summary>
internal static class BodyFaults
{
    public static SimulatedAnswer Apply(MemberFaults faults, SimulatedAnswer answer)
    {
        if (faults.Body == BodyFault.None || answer.Status != 200 || answer.Body.IsEmpty)
        {
            return answer;
        }
        return faults.Body switch
        {
            BodyFault.Half => answer with { Delivery = Delivery.Half },
            BodyFault.Trickle => answer with { Delivery = Delivery.Trickle },
            BodyFault.Garbage => answer with { Body = Encoding.UTF8.GetBytes("<html>\0\u00ff{\"leader_host\":}<") },
            BodyFault.Huge => answer with { Body = Huge(faults.HugeBytes) },
            _ => answer with { Body = Rewrite(answer.Body, faults.Body) },
        };
    }

    private static byte[] Huge(int size)
    {
        var body = new byte[size];
        body.AsSpan().Fill((byte)'x');
        "{\"leader_host\":\""u8.CopyTo(body);
        "\"}"u8.CopyTo(body.AsSpan(size - 2));
        return body;
    }

    private static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> body, BodyFault fault)
    {
        if (JsonNode.Parse(body.Span) is not JsonObject root)
        {
            return body;
        }
        switch (fault)
        {
            case BodyFault.WrongTypes:
                SpoilTypes(root);
                break;
            case BodyFault.MissingFields:
                Drop(root);
                break;
            case BodyFault.UnknownFields:
                Add(root);
                break;
        }
        var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            root.WriteTo(writer);
        }
        return stream.GetBuffer().AsMemory(0, (int)stream.Length);
    }

    private static void SpoilTypes(JsonObject node)
    {
        foreach (var (name, value) in node.ToList())
        {
            switch (value)
            {
                case JsonObject child:
                    SpoilTypes(child);
                    break;
                case JsonArray:
                    node[name] = new JsonObject();
                    break;
                case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.Number:
                    node[name] = JsonValue.Create(scalar.ToJsonString());
                    break;
                case JsonValue scalar when scalar.GetValueKind() == JsonValueKind.String:
                    node[name] = JsonValue.Create(1);
                    break;
            }
        }
    }

    /// <summary>Removes every second field of every object, nested ones first.</summary>
    private static void Drop(JsonObject node)
    {
        var names = node.Select(pair => pair.Key).ToList();
        foreach (var name in names)
        {
            if (node[name] is JsonObject child)
            {
                Drop(child);
            }
        }
        for (var i = 1; i < names.Count; i += 2)
        {
            if (node[names[i]] is not JsonObject)
            {
                node.Remove(names[i]);
            }
        }
    }

    private static void Add(JsonObject node)
    {
        foreach (var (_, value) in node.ToList())
        {
            if (value is JsonObject child)
            {
                Add(child);
            }
            if (value is not JsonArray rows)
            {
                continue;
            }
            foreach (var row in rows.OfType<JsonObject>())
            {
                Add(row);
            }
        }
        node["field_of_tomorrow"] = JsonValue.Create(42);
    }
}
