using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ClustermgrExporter.Alerting.PromQl;
using Serilog;

namespace ClustermgrExporter.Alerting;

/// <summary>Keeps pending and firing alerts in a file, so that a restart during an incident neither resolves alerts nor
/// restarts their waiting time.</summary>
internal sealed class AlertStateFile : IAsyncDisposable
{
    private const int Version = 1;
    private const int MaxBytes = 64 << 20;

    /// <summary>Alertmanager resolves alerts that it has not received for this long, so an older file is of no
    /// use.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(4);

    /// <summary>A disk that hangs must not block the shutdown.</summary>
    private static readonly TimeSpan FinalWriteTimeout = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private byte[]? _next;
    private Task _writing = Task.CompletedTask;

    /// <summary>Seconds between two writes if only values have changed, which they do at every evaluation.</summary>
    private const double ValueSaveSeconds = 60;

    private string _saved = "";
    private double _savedAtSeconds = double.NegativeInfinity;
    private string _lastLogged = "";

    private AlertStateFile(string folder, FileStream held, ILogger log)
    {
        _path = Path.Combine(folder, "alerts.json");
        _lock = held;
        _log = log;
    }

    /// <summary>Returns null, and logs an error, if another exporter uses the folder: each would resolve the other's
    /// alerts.</summary>
    /// <param name="folder">Must exist.</param>
    public static AlertStateFile? Open(string folder, ILogger log)
    {
        try
        {
            var held = new FileStream(
                Path.Combine(folder, "alerts.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
            return new(folder, held, log);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.Error(
                "{Folder:l} cannot be used for the state of alerts: {Reason:l}; is another exporter using it? Nothing is "
                    + "kept over a restart",
                folder,
                e.Message
            );
            return null;
        }
    }

    /// <summary>Completes when everything is saved.</summary>
    public Task Written
    {
        get
        {
            lock (_gate)
            {
                return _writing;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAny(Written, Task.Delay(FinalWriteTimeout));
        await _lock.DisposeAsync();
    }

    /// <summary>Saves the state if it has changed. A full disk costs the saved state, not the alerts.</summary>
    public void Save(
        IEnumerable<ActiveAlert> alerts,
        IEnumerable<SavedSample> memory,
        IEnumerable<IAlertQueue> queues,
        bool sends,
        double now,
        DateTimeOffset wall
    )
    {
        var kept = alerts.Where(alert => alert.State != AlertState.Resolved || alert.LastQueuedAt is not null).ToList();
        var told = queues
            .Select(queue => (queue.Name, Keys: queue.SentKeys.Order(StringComparer.Ordinal).ToList()))
            .ToList();
        var changes = string.Join(
            '\n',
            kept.Select(alert =>
                    $"{alert.Labels} {alert.State} {alert.LastQueuedAt is null} {alert.StartsAt:O} {alert.EndedAt:O}"
                )
                .Concat(told.Select(queue => $"{queue.Name} {string.Join('\n', queue.Keys)}"))
        );
        changes += sends;
        if (changes == _saved && now - _savedAtSeconds < ValueSaveSeconds)
        {
            return;
        }
        var text = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("savedAt", SavedAlerts.Text(wall));
            json.WriteBoolean("sends", sends);
            json.WriteStartArray("alerts");
            foreach (var alert in kept)
            {
                Write(json, alert, now, wall);
            }
            json.WriteEndArray();
            json.WriteStartArray("memory");
            foreach (var sample in memory.Where(sample => double.IsFinite(sample.Value)))
            {
                sample.Write(json);
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
        _saved = changes;
        _savedAtSeconds = now;
        lock (_gate)
        {
            _next = text.WrittenSpan.ToArray();
            if (_writing.IsCompleted)
            {
                _writing = WriteAsync();
            }
        }
    }

    /// <summary>Returns null if there is no file, or if it is unusable, which is logged. All alerts then start from
    /// scratch.</summary>
    public SavedAlerts? Load(ILogger log, DateTimeOffset wall)
    {
        try
        {
            if (!File.Exists(_path))
            {
                return null;
            }
            if (new FileInfo(_path).Length > MaxBytes)
            {
                throw new FormatException($"it has more than {MaxBytes >> 20} MiB");
            }
            using var json = JsonDocument.Parse(File.ReadAllBytes(_path));
            var saved = SavedAlerts.Read(json.RootElement, Version);
            // If the clock was set back the file is from the future, and counts as new.
            return wall - saved.SavedAt <= MaxAge ? saved : null;
        }
        catch (Exception e)
            when (e
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or FormatException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or ArgumentException
            )
        {
            log.Warning(
                "{File:l} cannot be used: {Reason:l}; all alerts start from scratch, and the file is replaced",
                _path,
                e.Message
            );
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, ActiveAlert alert, double now, DateTimeOffset wall)
    {
        json.WriteStartObject();
        SavedAlerts.WritePairs(json, "labels", alert.Labels.Pairs);
        json.WriteString("state", alert.State.ToString());
        json.WriteString(
            "activeAt",
            SavedAlerts.Text(alert.ActiveAtWall ??= wall - TimeSpan.FromSeconds(now - alert.ActiveAt))
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
        json.WriteBoolean("offered", alert.LastQueuedAt is not null);
        SavedAlerts.WritePairs(json, "texts", alert.Annotations.IsDefault ? [] : alert.Annotations);
        json.WriteEndObject();
    }

    /// <summary>Writes in the background: a slow disk must not delay alerts. Only the newest state is
    /// written.</summary>
    private async Task WriteAsync()
    {
        await Task.Yield();
        while (true)
        {
            byte[] text;
            lock (_gate)
            {
                if (_next is not { } next)
                {
                    _writing = Task.CompletedTask;
                    return;
                }
                text = next;
                _next = null;
            }
            if (!Replace(text))
            {
                _savedAtSeconds = double.NegativeInfinity; // retry at the next save
            }
        }
    }

    /// <summary>Replaces the file atomically: a killed process leaves either the old or the new one.</summary>
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
            _lastLogged = "";
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (_lastLogged != e.Message)
            {
                _log.Warning(
                    "{File:l} cannot be written: {Reason:l}; after a restart all alerts would start from scratch",
                    _path,
                    e.Message
                );
            }
            _lastLogged = e.Message;
            return false;
        }
    }
}
