using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using WireMock;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Keeps the notifications of Alertmanager with their time; the path identifies the receiver.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private readonly WireMockServer _server = WireMockServer.Start();
    private readonly ConcurrentDictionary<Guid, Notification> _read = [];

    public WebhookReceiver() =>
        _server.Given(Request.Create().UsingPost()).RespondWith(Response.Create().WithStatusCode(200));

    public Uri Root => new($"{_server.Url}/");

    /// <summary>The notifications in order of arrival; each call returns the same objects. Ignores other requests, from
    /// clients whose server is gone and whose port was reused here.</summary>
    public ImmutableList<Notification> All =>
        [
            .. _server
                .LogEntries.Where(entry => entry.RequestMessage!.Method == "POST")
                .OrderBy(entry => entry.RequestMessage!.DateTime)
                .Select(entry => _read.GetOrAdd(entry.Guid, _ => Read(entry.RequestMessage!))),
        ];

    /// <summary>The notifications of one receiver for one cluster.</summary>
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
