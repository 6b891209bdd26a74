using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Scaling;

/// <summary>
/// Members without sockets: replays the answers of one healthy simulated cluster, with the addresses of the requested
/// member. Thousands of clusters then cost nothing themselves, and only the exporter is measured.
/// </summary>
internal sealed class CannedMembers : HttpMessageHandler
{
    private const string Pattern = "10.0.0.";

    private readonly ConcurrentDictionary<(int Member, string Path), (HttpStatusCode Status, string Body)> _said =
        new();
    private readonly HttpMessageInvoker _simulated;

    public CannedMembers()
    {
        var cluster = new SimulatedCluster(
            new SimulatorOptions
            {
                Seed = 1,
                MemberHosts = [.. Enumerable.Range(1, 3).Select(i => $"{Pattern}{i}:9998")],
            },
            TimeProvider.System
        );
        _simulated = new HttpMessageInvoker(new SimulatorHandler([cluster], TimeProvider.System));
    }

    /// <summary>host:port of a member, from 1, of a cluster, from 1; all of them differ.</summary>
    public static string Address(int cluster, int member) => $"{Prefix(cluster)}{member}:9998";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        var url = request.RequestUri!;
        var last = url.Host.LastIndexOf('.') + 1;
        var member = url.Host[last] - '0';
        var path = url.PathAndQuery;
        if (!_said.TryGetValue((member, path), out var said))
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, $"http://{Pattern}{member}:9998{path}");
            using var answer = await _simulated.SendAsync(asked, ct);
            said = (answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
            _said[(member, path)] = said;
        }
        await Task.Yield(); // as an answer of a socket goes on, on a thread of the pool
        var body = said.Body.Replace(Pattern, url.Host[..last], StringComparison.Ordinal);
        return new HttpResponseMessage(said.Status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
    }

    private static string Prefix(int cluster) => $"10.{1 + (cluster >> 8)}.{cluster & 255}.";
}
