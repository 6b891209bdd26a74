using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Serilog;

namespace ClustermgrExporter.Web;

/// <summary>
/// Limits the connections to the exporter's own server. A new connection is served, and the next one accepted, only
/// when there is room: at the limit the connection that has been idle for longest is closed, and one without any
/// request before all others. Each listener holds one connection beyond the limit. So a client that opens connections
/// and leaves them idle displaces only idle connections, and never a scraper.
/// </summary>
/// <param name="maxConnections">How many may be open at once.</param>
/// <param name="log">Receives a warning, at most once a minute, when the limit is reached.</param>
internal sealed class ConnectionGate(int maxConnections, TimeProvider time, ILogger log)
{
    /// <summary>A connection with a request within this time is not closed.</summary>
    private static readonly TimeSpan ActiveWindow = TimeSpan.FromSeconds(5);

    /// <summary>A connection accepted within this time may be about to send a request.</summary>
    private static readonly TimeSpan NewConnectionGrace = TimeSpan.FromSeconds(1);

    /// <summary>A response that takes longer is assumed to be read slowly on purpose.</summary>
    private static readonly TimeSpan MaxAnswerTime = TimeSpan.FromMinutes(1);

    /// <summary>Time within which an aborted connection is expected to be closed.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(1);

    /// <summary>Time between two checks for room.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan LogInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<ConnectionSlot> _slots = [];
    private long? _lastLogged;
    private long _closed;

    /// <summary>How many may be open at once. Lowering it closes no connection.</summary>
    public int MaxConnections { get; set; } = maxConnections;

    /// <summary>Open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _slots.Count;
            }
        }
    }

    /// <summary>Connections that were closed to make room, since the start.</summary>
    public long Closed
    {
        get
        {
            lock (_gate)
            {
                return _closed;
            }
        }
    }

    /// <summary>Answers a request. Its connection is not idle until the answer ends.</summary>
    public static Task AnswerAsync(HttpContext context, Task answer)
    {
        if (context.Features.Get<ConnectionSlot>() is not { } place)
        {
            return answer;
        }
        place.MarkActive();
        return answer.IsCompleted ? answer : place.BusyAsync(answer);
    }

    /// <summary>Admits a connection, which counts until it is closed.</summary>
    /// <returns>Completes when no more than <see cref="MaxConnections"/> connections are open, this one
    /// included.</returns>
    public async ValueTask EnterAsync(ConnectionContext connection, CancellationToken ct)
    {
        var place = new ConnectionSlot(connection, time);
        lock (_gate)
        {
            _slots.Add(place);
        }
        connection.Features.Set(place);
        connection.ConnectionClosed.UnsafeRegister(
            _ =>
            {
                lock (_gate)
                {
                    _slots.Remove(place);
                }
            },
            null
        );
        while (!HasRoom(place))
        {
            await Task.Delay(RetryInterval, time, ct);
        }
    }

    /// <summary>Aborts the next connection if there are too many and none is being closed.</summary>
    private bool HasRoom(ConnectionSlot newcomer)
    {
        ConnectionSlot? victim = null;
        var closed = 0L;
        var tell = false;
        lock (_gate)
        {
            if (_slots.Count <= MaxConnections)
            {
                return true;
            }
            // Closing takes a moment: no second connection must be closed for the same new one. One that hangs is not
            // waited for.
            if (_slots.Any(place => place.IsClosing()))
            {
                return false;
            }
            foreach (var place in _slots)
            {
                if (
                    place != newcomer
                    && !place.WasAborted
                    && place.CanBeClosed()
                    && (victim is null || place.IsClosedBefore(victim))
                )
                {
                    victim = place;
                }
            }
            if (victim is null)
            {
                return false;
            }
            victim.MarkAborted();
            closed = ++_closed;
            tell = _lastLogged is not { } last || time.GetElapsedTime(last) >= LogInterval;
            if (tell)
            {
                _lastLogged = time.GetTimestamp();
            }
        }
        if (tell)
        {
            log.Warning(
                "all {Most} connections to this server are taken; the longest idle ones are closed, {Closed} so "
                    + "far: see who holds them with "
                    + "ss -tnp, and raise the limit of file descriptors if they are wanted",
                MaxConnections,
                closed
            );
        }
        victim.Connection.Abort(
            new ConnectionAbortedException("it was idle for longest, and another connection needs its place")
        );
        return false;
    }

    /// <summary>One open connection.</summary>
    private sealed class ConnectionSlot(ConnectionContext connection, TimeProvider time)
    {
        private readonly long _opened = time.GetTimestamp();
        private long? _abortedAt;
        private long _asked;
        private bool _busy;

        public ConnectionContext Connection => connection;

        /// <summary>It was aborted.</summary>
        public bool WasAborted => _abortedAt is not null;

        /// <summary>It was aborted just now.</summary>
        public bool IsClosing() => _abortedAt is { } left && time.GetElapsedTime(left) < AbortGrace;

        public void MarkAborted() => _abortedAt = time.GetTimestamp();

        public void MarkActive() => Volatile.Write(ref _asked, time.GetTimestamp());

        public async Task BusyAsync(Task answer)
        {
            Volatile.Write(ref _busy, true);
            try
            {
                await answer;
            }
            finally
            {
                Volatile.Write(ref _busy, false);
                MarkActive();
            }
        }

        public bool CanBeClosed() =>
            Volatile.Read(ref _asked) is var asked && asked == 0
                ? time.GetElapsedTime(_opened) >= NewConnectionGrace
                : time.GetElapsedTime(asked) >= (Volatile.Read(ref _busy) ? MaxAnswerTime : ActiveWindow);

        public bool IsClosedBefore(ConnectionSlot other)
        {
            var mine = Volatile.Read(ref _asked);
            var others = Volatile.Read(ref other._asked);
            return (mine, others) switch
            {
                (0, 0) => _opened < other._opened,
                (0, _) => true,
                (_, 0) => false,
                _ => mine < others,
            };
        }
    }
}

/// <summary>Listens through a <see cref="ConnectionGate"/>.</summary>
/// <param name="inner">Opens the sockets.</param>
internal sealed class GatedListenerFactory(IConnectionListenerFactory inner, ConnectionGate gate)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) =>
        inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(
        EndPoint endpoint,
        CancellationToken cancellationToken = default
    ) => new Listener(await inner.BindAsync(endpoint, cancellationToken), gate);

    private sealed class Listener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
    {
        private readonly CancellationTokenSource _ended = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            if (await inner.AcceptAsync(cancellationToken) is not { } connection)
            {
                return null;
            }
            try
            {
                await gate.EnterAsync(connection, _ended.Token);
                return connection;
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                await connection.DisposeAsync();
                return null;
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _ended.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            _ended.Dispose();
        }
    }
}
