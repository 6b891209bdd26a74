using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ClustermgrExporter.Alerting.PromQl;
using Serilog;

namespace ClustermgrExporter.Alerting;

/// <summary>What pends and fires, in a file, so that a restart in an incident neither ends a page nor waits
/// again.</summary>
internal sealed class AlertStateFile : IAsyncDisposable
{
    private const int Version = 1;
    private const int MostBytes = 64 << 20;

    /// <summary>Alertmanager ends by itself what it has not heard of for so long: what is older is no news.</summary>
    private static readonly TimeSpan s_mostAge = TimeSpan.FromMinutes(4);

    /// <summary>A disk that hangs must not keep the program from its end.</summary>
    private static readonly TimeSpan s_lastWrite = TimeSpan.FromSeconds(2);

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private byte[]? _next;
    private Task _writing = Task.CompletedTask;

    /// <summary>Values change at each look, and alone they are worth no write.</summary>
    private const double ValuesKept = 60;

    private string _saved = "";
    private double _savedAt = double.NegativeInfinity;
    private string _told = "";

    private AlertStateFile(string folder, FileStream held, ILogger log) =>
        (_path, _lock, _log) = (Path.Combine(folder, "alerts.json"), held, log);

    /// <summary>Null, which is told, where another exporter has that folder: each would end the other's pages.
    /// </summary>
    /// <param name="folder">That there is already.</param>
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

    /// <summary>Completes when all that was to be saved is.</summary>
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
        await Task.WhenAny(Written, Task.Delay(s_lastWrite));
        await _lock.DisposeAsync();
    }

    /// <summary>Where it has changed since it was last saved. A disk that is full costs the state, not the
    /// alerts.</summary>
    public void Save(
        IEnumerable<ActiveAlert> alerts,
        IEnumerable<SavedSample> memory,
        IEnumerable<IAlertQueue> queues,
        bool sends,
        double now,
        DateTimeOffset wall
    )
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
        changes += sends;
        if (changes == _saved && now - _savedAt < ValuesKept)
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
        (_saved, _savedAt) = (changes, now);
        lock (_gate)
        {
            _next = text.WrittenSpan.ToArray();
            if (_writing.IsCompleted)
            {
                _writing = WriteAsync();
            }
        }
    }

    /// <summary>Null where there is none, or it is no good, which is told; alerts then begin anew.</summary>
    public SavedAlerts? Load(ILogger told, DateTimeOffset wall)
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
            var saved = SavedAlerts.Read(json.RootElement, Version);
            // By a clock that was set back it is of the future, and as good as new.
            return wall - saved.SavedAt <= s_mostAge ? saved : null;
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
        SavedAlerts.WritePairs(json, "labels", alert.Labels.Pairs);
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
        SavedAlerts.WritePairs(json, "texts", alert.Texts.IsDefault ? [] : alert.Texts);
        json.WriteEndObject();
    }

    /// <summary>Aside: a disk that is slow must not hold up a page. The newest is written, and what came between is
    /// not.</summary>
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
                (text, _next) = (next, null);
            }
            if (!Replace(text))
            {
                _savedAt = double.NegativeInfinity; // again at the next look
            }
        }
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
                _log.Warning(
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
