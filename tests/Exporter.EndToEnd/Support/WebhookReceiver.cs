using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Keeps what Alertmanager sends, with the time at which it came; the path says to which receiver.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private readonly WireMockServer _server = WireMockServer.Start();
    private readonly ConcurrentDictionary<Guid, Notification> _read = [];

    public WebhookReceiver() =>
        _server.Given(Request.Create().UsingPost()).RespondWith(Response.Create().WithStatusCode(200));

    public Uri Root => new($"{_server.Url}/");

    /// <summary>In the order of their arrival; each is the same whenever it is asked for. Who asks for something
    /// else, since its server is gone and the system has given the port to this one, sends none of them.</summary>
    public ImmutableList<Notification> All =>
        [
            .. _server
                .LogEntries.Where(entry => entry.RequestMessage!.Method == "POST")
                .OrderBy(entry => entry.RequestMessage!.DateTime)
                .Select(entry => _read.GetOrAdd(entry.Guid, _ => Read(entry.RequestMessage!))),
        ];

    /// <summary>What one receiver heard of one cluster.</summary>
    public IReadOnlyList<Notification> Of(string receiver, string cluster) =>
        [.. All.Where(one => one.Receiver == receiver && one.Cluster == cluster)];

    public void Dispose() => _server.Dispose();

    private static Notification Read(IRequestMessage request) =>
        Notification.Read(
            request.Path.Trim('/'),
            JsonNode.Parse(request.Body!)!,
            new DateTimeOffset(request.DateTime, TimeSpan.Zero)
        );
}
