using System.Collections.Immutable;
using System.Text.Json.Nodes;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Keeps what Alertmanager sends, with the time at which it came; the path says to which receiver.</summary>
internal sealed class WebhookReceiver : IDisposable
{
    private readonly WireMockServer _server = WireMockServer.Start();

    public WebhookReceiver() =>
        _server.Given(Request.Create().UsingPost()).RespondWith(Response.Create().WithStatusCode(200));

    public Uri Root => new($"{_server.Url}/");

    /// <summary>In the order of their arrival.</summary>
    public ImmutableList<Notification> All =>
    [
        .. _server.LogEntries.Select(entry => entry.RequestMessage!).OrderBy(request => request.DateTime).Select(request =>
            Notification.Read(request.Path.Trim('/'), JsonNode.Parse(request.Body!)!, new DateTimeOffset(request.DateTime, TimeSpan.Zero))),
    ];

    /// <summary>What one receiver heard of one cluster.</summary>
    public IReadOnlyList<Notification> Of(string receiver, string cluster) =>
        [.. All.Where(one => one.Receiver == receiver && one.Cluster == cluster)];

    public void Dispose() => _server.Dispose();
}
