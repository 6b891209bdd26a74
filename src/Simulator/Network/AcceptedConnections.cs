using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace ClustermgrSimulator;

/// <summary>
/// Kestrel's listener. It listens on nothing itself: a member's port must be able to refuse without being given up,
/// which no endpoint of Kestrel can, so the members listen (<see cref="MemberListener"/>) and pass on what they accept.
/// </summary>
internal sealed class AcceptedConnections : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private readonly SocketConnectionContextFactory _contexts = new(
        new SocketConnectionFactoryOptions(),
        NullLogger.Instance
    );

    /// <summary>A dummy: Kestrel requires an endpoint for each listener.</summary>
    public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Passes a connection on to Kestrel.</summary>
    /// <returns>Cancelled once it has ended.</returns>
    public CancellationToken Pass(MemberConnection connection)
    {
        var context = _contexts.Create(connection.Socket);
        context.Items[typeof(MemberConnection)] = connection;
        var closed = context.ConnectionClosed;
        if (!_accepted.Writer.TryWrite(context))
        {
            context.Abort(); // all members have closed
        }
        return closed;
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out var next)
            ? next
            : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _contexts.Dispose();
        return ValueTask.CompletedTask;
    }
}
