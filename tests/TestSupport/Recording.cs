using System.Text.Json;

namespace ClustermgrExporter.Tests.Support;

/// <summary>One line of a recording: an answer, or an event that was done to the cluster.</summary>
/// <param name="T">Seconds since the start, when the request was sent.</param>
/// <param name="Status">Null where no answer came.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record RecordedAnswer(
    double T,
    string Member,
    string Path,
    int? Status,
    double Seconds,
    string? Body,
    string? Error
)
{
    /// <summary>When the answer was complete, or given up.</summary>
    public double Done => T + Seconds;

    public bool TimedOut => Status is null && Error!.Contains("timed out", StringComparison.Ordinal);

    public bool Refused => Status is null && Error!.Contains("refused", StringComparison.Ordinal);
}

public sealed record RecordedEvent(double T, string What);

/// <summary>The recorded answers of a running cluster; see tests/TestSupport/Recordings/README.md.</summary>
public sealed class Recording
{
    private readonly Dictionary<(string Member, string Path), List<RecordedAnswer>> _byRequest = [];

    private Recording(List<RecordedAnswer> answers, List<RecordedEvent> events)
    {
        Answers = answers;
        Events = events;
        foreach (var answer in answers.OrderBy(a => a.T))
        {
            var key = (answer.Member, answer.Path);
            if (!_byRequest.TryGetValue(key, out var list))
            {
                _byRequest[key] = list = [];
            }
            list.Add(answer);
        }
    }

    /// <summary>In the order of the answers.</summary>
    public IReadOnlyList<RecordedAnswer> Answers { get; }

    public IReadOnlyList<RecordedEvent> Events { get; }

    /// <summary>host:port, in the order of node ids.</summary>
    public IReadOnlyList<string> Members =>
        [
            .. Answers
                .Select(a => a.Member)
                .Distinct()
                .OrderBy(m =>
                    int.Parse(m[(m.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture)
                ),
        ];

    /// <summary>Every recording there is, without its ending.</summary>
    public static IEnumerable<string> Names =>
        Directory
            .GetFiles(Path.Combine(AppContext.BaseDirectory, "Recordings"), "*.jsonl")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal);

    public static Recording Of(string name)
    {
        var answers = new List<RecordedAnswer>();
        var events = new List<RecordedEvent>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Recordings", name + ".jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            var t = row.GetProperty("t").GetDouble();
            if (row.TryGetProperty("event", out var what))
            {
                events.Add(new RecordedEvent(t, what.GetString()!));
                continue;
            }
            var status = row.GetProperty("status");
            answers.Add(
                new RecordedAnswer(
                    t,
                    row.GetProperty("member").GetString()!,
                    row.GetProperty("path").GetString()!,
                    status.ValueKind == JsonValueKind.Null ? null : status.GetInt32(),
                    row.GetProperty("seconds").GetDouble(),
                    row.GetProperty("body").GetString(),
                    row.GetProperty("error").GetString()
                )
            );
        }
        return new Recording(answers, events);
    }

    /// <summary>The time of the event whose description contains a text.</summary>
    public double At(string whatContains) =>
        Events.Single(e => e.What.Contains(whatContains, StringComparison.Ordinal)).T;

    public IReadOnlyList<RecordedAnswer> Of(string member, string path) =>
        _byRequest.TryGetValue((member, path), out var list) ? list : [];

    /// <summary>The newest answer whose request was sent at or before t; null when there was none yet.</summary>
    public RecordedAnswer? At(double t, string member, string path)
    {
        var list = Of(member, path);
        var low = 0;
        var high = list.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (list[middle].T <= t)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low == 0 ? null : list[low - 1];
    }
}
