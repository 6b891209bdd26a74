using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>Keeps what Alertmanager sends, with the time at which it came; the path says to which receiver.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private ImmutableList<Notification> _all = [];
    private LoopbackServer? _server;

    private WebhookReceiver()
    {
    }

    public Uri Root => _server!.Root;

    /// <summary>In the order of their arrival.</summary>
    public ImmutableList<Notification> All => Volatile.Read(ref _all);

    public static async Task<WebhookReceiver> StartAsync(CancellationToken ct)
    {
        var receiver = new WebhookReceiver();
        receiver._server = await LoopbackServer.StartAsync(receiver.TakeAsync, ct);
        return receiver;
    }

    /// <summary>What one receiver heard of one cluster.</summary>
    public IReadOnlyList<Notification> Of(string receiver, string cluster) =>
        [.. All.Where(one => one.Receiver == receiver && one.Cluster == cluster)];

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var notification = Notification.Read(context.Request.Path.Value!.Trim('/'), body!, TimeProvider.System.GetUtcNow());
        ImmutableInterlocked.Update(ref _all, list => list.Add(notification));
    }
}
