using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ClustermgrExporter.Tests.Support;
using Xunit;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>How one request of the exporter ended: the only data that the oracle uses.</summary>
/// <param name="Asked">When it was sent, in seconds since the start of the recording.</param>
/// <param name="At">When it ended.</param>
/// <param name="Outcome">ok, or the failure as the exporter should name it.</param>
/// <param name="Round">The round of switch reads, from 1; 0 for other requests.</param>
internal sealed record RecordedReply(
    string Member,
    string Path,
    double Asked,
    double At,
    string Outcome,
    string Body,
    int Round
);

/// <summary>
/// Members that answer, hang or refuse as recorded, on the test's clock. A request gets the newest answer whose request
/// was sent by then, after the time that it took, or what is left of it. A timeout means no answer until the next
/// recorded one.
/// </summary>
internal sealed class RecordedMembers(Recording recording, DateTimeOffset start, ManualClock clock) : HttpMessageHandler
{
    private readonly string _anyMember = recording.Members[0];
    private readonly HashSet<(string, string)> _askedInRound = [];
    private int _round,
        _open;
    private double _ended;

    /// <summary>Every request that ended, in the order of their ends.</summary>
    public List<RecordedReply> Log { get; } = [];

    /// <summary>Number of finished rounds of switch reads. A round begins when a switch is read after a pause, or
    /// without a pause if the same member was already asked for the switch.</summary>
    public int Rounds => _open > 0 ? _round - 1 : _round;

    private double Now => (clock.GetUtcNow() - start).TotalSeconds;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        Assert.Equal(HttpMethod.Get, request.Method);
        var member = request.RequestUri!.Authority;
        var path = request.RequestUri.PathAndQuery;
        var asked = Now;
        var isSwitch = path.StartsWith("/config/", StringComparison.Ordinal);
        if (isSwitch)
        {
            if (_open == 0 && (Now > _ended || _askedInRound.Contains((member, path))))
            {
                BeginRound();
            }
            _askedInRound.Add((member, path));
            _open++;
        }
        try
        {
            var answer = await AnswerAsync(member, path, ct);
            if (answer.Refused)
            {
                Log.Add(Ended("refused", ""));
                throw new HttpRequestException(
                    HttpRequestError.ConnectionError,
                    "refused",
                    new SocketException((int)SocketError.ConnectionRefused)
                );
            }
            var (status, body) = Adapt(path, answer);
            Log.Add(Ended(OutcomeOf(path, status, body), body));
            return new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
            };
        }
        catch (OperationCanceledException)
        {
            Log.Add(Ended("timeout", ""));
            throw;
        }

        RecordedReply Ended(string outcome, string body)
        {
            if (isSwitch)
            {
                _open--;
                _ended = Now;
            }
            return new RecordedReply(member, path, asked, Now, outcome, body, isSwitch ? _round : 0);
        }
    }

    private void BeginRound()
    {
        _round++;
        _askedInRound.Clear();
    }

    private async Task<RecordedAnswer> AnswerAsync(string member, string path, CancellationToken ct)
    {
        var answer = Find(member, Recorded(path));
        while (answer.TimedOut)
        {
            var next = recording.Of(member, Recorded(path)).FirstOrDefault(other => other.T > answer.T);
            if (next is null)
            {
                await clock.Delay(Timeout.InfiniteTimeSpan, ct);
            }
            answer = next!;
        }
        var quick = answer.Seconds < 0.5 && answer.T <= Now;
        var wait = quick ? answer.Seconds : answer.Done - Now;
        if (wait > 0)
        {
            await clock.Delay(TimeSpan.FromSeconds(wait), ct);
        }
        return answer;
    }

    private static string OutcomeOf(string path, int status, string body) =>
        status switch
        {
            200 => "ok",
            404 when path.StartsWith("/config/", StringComparison.Ordinal) && body.StartsWith('{') => "ok",
            403 => "auth",
            907 => "no_leader",
            908 => "read_index",
            _ => "http_error",
        };

    private RecordedAnswer Find(string member, string path) =>
        recording.At(Now, member, path) ?? recording.Of(member, path)[0];

    /// <summary>The recorded path that shows the state of the member at the time.</summary>
    private string Recorded(string path) =>
        recording.Of(_anyMember, path).Count > 0 ? path
        : path.StartsWith("/disk/", StringComparison.Ordinal) ? "/disk/list?count=200"
        : path.StartsWith("/service/", StringComparison.Ordinal) ? "/service/list"
        : "/config/get?key=disk_repair";

    /// <summary>
    /// Derives answers that were not recorded from recorded ones: a list by status is the recorded list without the
    /// other rows, its next page is empty, a switch that was not read is unset, and all registered services are alive.
    /// Dropping disks cannot be derived: these members do not know that path.
    /// </summary>
    private static (int, string) Adapt(string path, RecordedAnswer answer)
    {
        if (answer.Status is not (200 or 404))
        {
            return (answer.Status!.Value, answer.Body!);
        }
        if (path is "/disk/droppinglist")
        {
            return (404, "404 page not found");
        }
        if (path.StartsWith("/service/get?name=", StringComparison.Ordinal))
        {
            return (200, Live(path["/service/get?name=".Length..], answer.Body!));
        }
        if (path.StartsWith("/disk/list?status=", StringComparison.Ordinal))
        {
            return (200, Filter(path, answer.Body!));
        }
        var key = path.StartsWith("/config/get?key=", StringComparison.Ordinal)
            ? path["/config/get?key=".Length..]
            : null;
        return key is "data_inspect" or "shard_disk_repair" or "shard_node_blob_delete"
            ? (404, """{"error":"Not Found"}""")
            : (answer.Status.Value, answer.Body!);
    }

    private static string Live(string name, string list)
    {
        var nodes = JsonDocument.Parse(list).RootElement.GetProperty("nodes");
        var rows =
            nodes.ValueKind == JsonValueKind.Array
                ? nodes.EnumerateArray().Where(row => row.GetProperty("name").GetString() == name)
                : [];
        return $$"""{"nodes":[{{string.Join(',', rows.Select(row => row.GetRawText()))}}]}""";
    }

    private static string Filter(string path, string body)
    {
        var status = path["/disk/list?status=".Length] - '0';
        if (path.Contains("marker=", StringComparison.Ordinal))
        {
            return """{"disks":null,"marker":8}""";
        }
        var root = JsonDocument.Parse(body).RootElement;
        var rows = root.GetProperty("disks") is { ValueKind: JsonValueKind.Array } disks
            ? disks
                .EnumerateArray()
                .Where(disk => disk.GetProperty("status").GetInt32() == status)
                .Select(disk => disk.GetRawText())
                .ToList()
            : [];
        return rows.Count == 0
            ? """{"disks":null,"marker":8}"""
            : $$"""{"disks":[{{string.Join(',', rows)}}],"marker":8}""";
    }
}
