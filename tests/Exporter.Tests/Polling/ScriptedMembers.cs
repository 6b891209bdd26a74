using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClustermgrExporter.Tests.Polling;

/// <summary>
/// Members a, b, c … (nodes 1, 2, 3 …; a leads in term 5) behind an HttpClient, on the test's clock. They answer like a
/// healthy cluster, unless a test sets other answers for some requests.
/// </summary>
internal sealed class ScriptedMembers(ManualClock clock) : HttpMessageHandler
{
    private readonly Dictionary<string, int> _open = [];

    /// <summary>All requests that were sent, with member and path.</summary>
    public List<(DateTimeOffset At, string Member, string Path)> Asked { get; } = [];

    /// <summary>Replaces a member's answer; null for the healthy answer. May hang, refuse or throw.</summary>
    public Func<string, string, CancellationToken, Task<(int Status, string Body)?>> Instead { get; set; } =
        (_, _, _) => Task.FromResult<(int, string)?>(null);

    /// <summary>The maximum of requests that were open at the same time for one member and path.</summary>
    public int MostOpen { get; private set; }

    public bool Disposed { get; private set; }

    public static HttpRequestException Refused =>
        new(HttpRequestError.ConnectionError, "refused", new SocketException((int)SocketError.ConnectionRefused));

    public IEnumerable<string> Paths(string member, string prefix) =>
        Asked
            .Where(asked => asked.Member == member && asked.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(asked => asked.Path);

    public async Task<(int, string)?> HangAsync(CancellationToken ct)
    {
        await clock.Delay(Timeout.InfiniteTimeSpan, ct);
        return null;
    }

    /// <summary>/stat in the format of master; the leader lists three peers.</summary>
    public static string Stat(int node, int leader = 1, int term = 5, int commit = 100)
    {
        var leads = node == leader;
        var peers = leads ? $"[{string.Join(',', new[] { 1, 2, 3 }.Select(id => Peer(id, commit)))}]" : "null";
        return $$"""
            {"leader_host":"{{(char)('a' + leader - 1)}}:9998","read_only":false,
            "raft_status":{"node_id":{{node}},"term":{{term}},"vote":1,"commit":{{commit}},"leader":{{leader}},
            "raft_state":"{{(leads ? "StateLeader" : "StateFollower")}}","applied":{{commit}},"raft_applied":{{commit}},
            "transferee":0,"applying_length":0,"peers":{{peers}}},
            "space_stat":{"total_space":1000,"free_space":600,"readonly_space":0,"used_space":400,"reserved_space":0,
            "writable_space":500,"total_disk":0,"disk_stat_infos":null},
            "shard_node_space_stat":{"total_space":0,"free_space":0,"readonly_space":0,"used_space":0,
            "reserved_space":0,"writable_space":0,"total_disk":0,"disk_stat_infos":null},
            "volume_stat":{"total_volume":5,"idle_volume":5,"can_alloc_volume":5,"active_volume":0,"lock_volume":0,
            "unlocking_volume":0} }
            """;
    }

    private static string Peer(int id, int commit) =>
        $$"""
            {"id":{{id}},"host":"n{{id}}:10110","match":{{commit}},"next":{{commit + 1}},"state":"StateReplicate",
            "paused":false,"pending_snapshot":0,"active":true,"is_learner":false,"is_inflight_full":false,
            "inflight_count":0}
            """;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var member = request.RequestUri!.Host;
        var path = request.RequestUri.PathAndQuery;
        Asked.Add((clock.GetUtcNow(), member, path));
        var key = member + path;
        MostOpen = Math.Max(MostOpen, _open[key] = _open.GetValueOrDefault(key) + 1);
        try
        {
            var (status, body) = await Instead(member, path, ct) ?? Healthy(member, path);
            return new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)),
            };
        }
        finally
        {
            _open[key]--;
        }
    }

    protected override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }

    private static (int, string) Healthy(string member, string path) =>
        path switch
        {
            "/stat" => (200, Stat(member[0] - 'a' + 1)),
            "/service/list" => (
                200,
                """{"nodes":[{"cluster_id":1,"name":"PROXY","host":"http://p1","idc":"z0"},{"cluster_id":"""
                    + """1,"name":"PROXY","host":"http://p2","idc":"z0"}]}"""
            ),
            "/service/get?name=PROXY" => (
                200,
                """{"nodes":[{"cluster_id":1,"name":"PROXY","host":"http://p1","idc":"z0"}]}"""
            ),
            _ when path.StartsWith("/config/get", StringComparison.Ordinal) => (200, "\"true\""),
            _ when path.StartsWith("/disk/", StringComparison.Ordinal) => (200, """{"disks":null,"marker":0}"""),
            _ => (404, "404 page not found"),
        };
}
