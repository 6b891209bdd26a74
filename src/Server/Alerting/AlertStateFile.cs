using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ClustermgrExporter.Alerting.PromQl;
using Serilog;

namespace ClustermgrExporter.Alerting;

/// <summary>What pends and fires, in a file, so that a restart in an incident neither ends a page nor waits
/// again.</summary>
/// <param name="folder">That there is already.</param>
internal sealed class AlertStateFile(string folder, ILogger log)
{
    private const int Version = 1;
    private const int MostBytes = 64 << 20;

    private readonly string _path = Path.Combine(folder, "alerts.json");

    /// <summary>Values change at each look, and alone they are worth no write.</summary>
    private const double ValuesKept = 300;

    private string _saved = "";
    private double _savedAt = double.NegativeInfinity;
    private string _told = "";

    /// <summary>Where it has changed since it was last saved. A disk that is full costs the state, not the
    /// alerts.</summary>
    public void Save(IEnumerable<ActiveAlert> alerts, IEnumerable<IAlertQueue> queues, double now, DateTimeOffset wall)
    {
        var kept = alerts.Where(alert => alert.State != AlertState.Resolved || alert.OfferedAt is not null).ToList();
        var told = queues
            .Select(queue => (queue.Name, Keys: queue.Told.Order(StringComparer.Ordinal).ToList()))
            .ToList();
        var changes = string.Join(
            '\n',
            kept.Select(alert =>
                    $"{alert.Labels} {alert.State} {alert.OfferedAt is null} {alert.StartsAt:O} {alert.EndedAt:O}"
                )
                .Concat(told.Select(queue => $"{queue.Name} {string.Join('\n', queue.Keys)}"))
        );
        if (changes == _saved && now - _savedAt < ValuesKept)
        {
            return;
        }
        var text = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteStartArray("alerts");
            foreach (var alert in kept)
            {
                Write(json, alert, now, wall);
            }
            json.WriteEndArray();
            json.WriteStartObject("told");
            foreach (var (name, keys) in told)
            {
                json.WriteStartArray(name);
                keys.ForEach(json.WriteStringValue);
                json.WriteEndArray();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (Replace(text.WrittenSpan))
        {
            (_saved, _savedAt) = (changes, now);
        }
    }

    /// <summary>Null where there is none, or it is no good, which is told; alerts then begin anew.</summary>
    public SavedAlerts? Load(ILogger told)
    {
        try
        {
            if (!File.Exists(_path))
            {
                return null;
            }
            if (new FileInfo(_path).Length > MostBytes)
            {
                throw new FormatException($"it has more than {MostBytes >> 20} MiB");
            }
            using var json = JsonDocument.Parse(File.ReadAllBytes(_path));
            return SavedAlerts.Read(json.RootElement, Version);
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or FormatException
                        or InvalidOperationException
                        or KeyNotFoundException
            )
        {
            told.Warning(
                "{File:l} cannot be used: {Reason:l}; what pended and fired begins anew, and the file is replaced",
                _path,
                e.Message
            );
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, ActiveAlert alert, double now, DateTimeOffset wall)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach (var (name, value) in alert.Labels.Pairs)
        {
            json.WriteString(name, value);
        }
        json.WriteEndObject();
        json.WriteString("state", alert.State.ToString());
        json.WriteString(
            "activeAt",
            SavedAlerts.Text(alert.SavedAt ??= wall - TimeSpan.FromSeconds(now - alert.ActiveAt))
        );
        json.WriteNumber("value", double.IsFinite(alert.Value) ? alert.Value : 0);
        if (alert.StartsAt is { } starts)
        {
            json.WriteString("startsAt", SavedAlerts.Text(starts));
        }
        if (alert.EndedAt is { } ended)
        {
            json.WriteString("endedAt", SavedAlerts.Text(ended));
        }
        json.WriteBoolean("offered", alert.OfferedAt is not null);
        json.WriteEndObject();
    }

    /// <summary>In one step: who is killed leaves the old one or the new one.</summary>
    private bool Replace(ReadOnlySpan<byte> text)
    {
        var beside = _path + ".new";
        try
        {
            using (var file = new FileStream(beside, FileMode.Create, FileAccess.Write))
            {
                file.Write(text);
                file.Flush(flushToDisk: true);
            }
            File.Move(beside, _path, overwrite: true);
            _told = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_told != e.Message)
            {
                log.Warning(
                    "{File:l} cannot be written: {Reason:l}; a restart would begin all alerts anew",
                    _path,
                    e.Message
                );
            }
            _told = e.Message;
            return false;
        }
    }
}

/// <summary>What the file held.</summary>
/// <param name="Told">Keys of the alerts that each Alertmanager has heard, by its name.</param>
internal sealed record SavedAlerts(ImmutableArray<SavedAlert> Alerts, Dictionary<string, ImmutableArray<string>> Told)
{
    /// <exception cref="FormatException">It is of another version, or no such file.</exception>
    public static SavedAlerts Read(JsonElement root, int version)
    {
        if (root.GetProperty("version").GetInt32() is var found && found != version)
        {
            throw new FormatException($"it is of version {found}, this program writes version {version}");
        }
        return new(
            [.. root.GetProperty("alerts").EnumerateArray().Select(SavedAlert.Read)],
            root.GetProperty("told")
                .EnumerateObject()
                .ToDictionary(
                    queue => queue.Name,
                    queue => queue.Value.EnumerateArray().Select(key => key.GetString()!).ToImmutableArray(),
                    StringComparer.Ordinal
                )
        );
    }

    public static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);
}

internal sealed record SavedAlert(
    ImmutableSortedDictionary<string, string> Labels,
    AlertState State,
    DateTimeOffset ActiveAt,
    double Value,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndedAt,
    bool Offered
)
{
    public static SavedAlert Read(JsonElement alert) =>
        new(
            alert
                .GetProperty("labels")
                .EnumerateObject()
                .ToImmutableSortedDictionary(
                    label => label.Name,
                    label => label.Value.GetString() ?? "",
                    StringComparer.Ordinal
                ),
            Enum.TryParse<AlertState>(alert.GetProperty("state").GetString(), out var state)
                ? state
                : throw new FormatException("it has an alert in no state that is known"),
            alert.GetProperty("activeAt").GetDateTimeOffset(),
            alert.GetProperty("value").GetDouble(),
            alert.TryGetProperty("startsAt", out var starts) ? starts.GetDateTimeOffset() : null,
            alert.TryGetProperty("endedAt", out var ended) ? ended.GetDateTimeOffset() : null,
            alert.GetProperty("offered").GetBoolean()
        );

    /// <summary>Null where there is no such rule any more.</summary>
    /// <param name="now">Steady seconds.</param>
    public ActiveAlert? Restore(AlertRules rules, ClusterAlerts owner, double now, DateTimeOffset wall)
    {
        var name = Labels.GetValueOrDefault("alertname", "");
        if (rules.All.FirstOrDefault(rule => rule.IsAlert && rule.Name == name) is not { } rule)
        {
            return null;
        }
        return new(rule, owner.LabelsOf(Labels), Steady(ActiveAt))
        {
            State = State,
            Value = Value,
            Restored = true,
            SavedAt = ActiveAt,
            StartsAt = StartsAt,
            EndedAt = EndedAt,
            FiredAt = State == AlertState.Pending ? null : Steady(StartsAt ?? ActiveAt),
            ResolvedAt = State == AlertState.Resolved ? Steady(EndedAt ?? wall) : null,
            OfferedAt = Offered ? now - 60 : null, // it is told again at once
        };

        // A clock that was set back must not make it younger than nothing.
        double Steady(DateTimeOffset then) => now - Math.Max(0, (wall - then).TotalSeconds);
    }
}
