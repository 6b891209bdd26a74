using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace ClustermgrExporter.Alerting;

/// <summary>The content of the state file.</summary>
/// <param name="Samples">Values of recording rules of clusters with an active alert.</param>
/// <param name="SentKeys">Keys of the alerts that each Alertmanager has received, by its name.</param>
/// <param name="Sends">Whether this exporter was sending alerts.</param>
internal sealed record SavedAlerts(
    DateTimeOffset SavedAt,
    bool Sends,
    ImmutableArray<SavedAlert> Alerts,
    ImmutableArray<SavedSample> Samples,
    Dictionary<string, ImmutableArray<string>> SentKeys
)
{
    /// <exception cref="FormatException">It has another version, or is not a state file.</exception>
    public static SavedAlerts Read(JsonElement root, int version)
    {
        if (root.GetProperty("version").GetInt32() is var found && found != version)
        {
            throw new FormatException($"it is of version {found}, this program writes version {version}");
        }
        return new(
            root.GetProperty("savedAt").GetDateTimeOffset(),
            root.GetProperty("sends").GetBoolean(),
            [.. root.GetProperty("alerts").EnumerateArray().Select(SavedAlert.Read)],
            root.TryGetProperty("memory", out var memory) ? [.. memory.EnumerateArray().Select(SavedSample.Read)] : [],
            root.GetProperty("told")
                .EnumerateObject()
                .ToDictionary(
                    queue => queue.Name,
                    queue =>
                        queue.Value.EnumerateArray().Select(key => key.GetString()).OfType<string>().ToImmutableArray(),
                    StringComparer.Ordinal
                )
        );
    }

    public static ImmutableArray<KeyValuePair<string, string>> ReadPairs(JsonElement pairs) =>
        [.. pairs.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString() ?? ""))];

    public static void WritePairs(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteString(key, value);
        }
        json.WriteEndObject();
    }

    public static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}

/// <summary>The last value of a recording rule.</summary>
internal sealed record SavedSample(string Metric, ImmutableArray<KeyValuePair<string, string>> Labels, double Value)
{
    public static SavedSample Read(JsonElement sample) =>
        new(
            sample.GetProperty("metric").GetString() ?? "",
            SavedAlerts.ReadPairs(sample.GetProperty("labels")),
            sample.GetProperty("value").GetDouble()
        );

    /// <summary>Empty if there is none.</summary>
    public string Cluster => Labels.FirstOrDefault(label => label.Key == "cluster").Value ?? "";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("metric", Metric);
        SavedAlerts.WritePairs(json, "labels", Labels);
        json.WriteNumber("value", Value);
        json.WriteEndObject();
    }
}

internal sealed record SavedAlert(
    ImmutableSortedDictionary<string, string> Labels,
    AlertState State,
    DateTimeOffset ActiveAt,
    double Value,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndedAt,
    bool WasQueued,
    ImmutableArray<KeyValuePair<string, string>> Annotations
)
{
    public static SavedAlert Read(JsonElement alert) =>
        new(
            SavedAlerts.ReadPairs(alert.GetProperty("labels")).ToImmutableSortedDictionary(StringComparer.Ordinal),
            Enum.TryParse<AlertState>(alert.GetProperty("state").GetString(), out var state)
                ? state
                : throw new FormatException("it has an alert in no state that is known"),
            alert.GetProperty("activeAt").GetDateTimeOffset(),
            alert.GetProperty("value").GetDouble(),
            alert.TryGetProperty("startsAt", out var starts) ? starts.GetDateTimeOffset() : null,
            alert.TryGetProperty("endedAt", out var ended) ? ended.GetDateTimeOffset() : null,
            alert.GetProperty("offered").GetBoolean(),
            SavedAlerts.ReadPairs(alert.GetProperty("texts"))
        );

    /// <summary>Returns null if its rule no longer exists.</summary>
    /// <param name="now">Steady seconds.</param>
    public ActiveAlert? Restore(AlertRules rules, ClusterRuleEvaluator owner, double now, DateTimeOffset wall)
    {
        var name = Labels.GetValueOrDefault("alertname", "");
        if (rules.All.FirstOrDefault(rule => rule.IsAlert && rule.Name == name) is not { } rule)
        {
            return null;
        }
        return new(rule, owner.InternLabels(Labels), Steady(ActiveAt))
        {
            State = State,
            Value = Value,
            Restored = true,
            ActiveAtWall = ActiveAt,
            StartsAt = StartsAt,
            EndedAt = EndedAt,
            Annotations = Annotations.IsEmpty ? default : Annotations,
            FiredAt = State == AlertState.Pending ? null : Steady(StartsAt ?? ActiveAt),
            ResolvedAt = State == AlertState.Resolved ? Steady(EndedAt ?? wall) : null,
            LastQueuedAt = WasQueued ? now - 60 : null, // it is sent again at once
        };

        // A clock that was set back must not make the age negative.
        double Steady(DateTimeOffset then) => now - Math.Max(0, (wall - then).TotalSeconds);
    }
}
