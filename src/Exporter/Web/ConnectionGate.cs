using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Serilog;

namespace ClustermgrExporter.Web;

/// <summary>
/// Bounds the connections to the exporter's own server. The next one is taken from the kernel's queue only when there is room: where all
/// places are taken, the connection that has been silent for longest makes way, and one that never asked for anything before all others.
/// So whoever opens connections and leaves them takes places from those who do likewise, and none from who scrapes.
/// </summary>
/// <param name="most">How many may be open at once.</param>
/// <param name="log">Is told, at most once a minute, that places are short.</param>
internal sealed class ConnectionGate(int most, TimeProvider time, ILogger log)
{
    /// <summary>Who asked for something since then is not put out.</summary>
    private static readonly TimeSpan s_active = TimeSpan.FromSeconds(5);

    /// <summary>Who was let in since then may be about to ask.</summary>
    private static readonly TimeSpan s_new = TimeSpan.FromSeconds(1);

    /// <summary>Before it is looked again whether one has gone.</summary>
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan s_telling = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly HashSet<Place> _places = [];
    private long? _told;

    /// <summary>How many may be open at once. What is open stays open where it falls.</summary>
    public int Most { get; set; } = most;

    /// <summary>Open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate) return _places.Count;
        }
    }

    /// <summary>Connections that made way for others, since the start.</summary>
    public long Closed { get; private set; }

    /// <summary>The request of a connection begins.</summary>
    public static void Asked(HttpContext context) => context.Features.Get<Place>()?.Asked();

    /// <summary>Completes when there is room for one more.</summary>
    public async ValueTask RoomAsync(CancellationToken ct)
    {
        while (!MakeRoom()) await Task.Delay(s_again, time, ct);
    }

    /// <summary>It holds a place until it is closed.</summary>
    public void Enter(ConnectionContext connection)
    {
        var place = new Place(connection, time);
        lock (_gate) _places.Add(place);
        connection.Features.Set(place);
        connection.ConnectionClosed.UnsafeRegister(_ =>
        {
            lock (_gate) _places.Remove(place);
        }, null);
    }

    private bool MakeRoom()
    {
        Place? victim = null;
        lock (_gate)
        {
            if (_places.Count < Most) return true;
            foreach (var place in _places)
            {
                if (!place.Leaving && place.MayGo() && (victim is null || place.GoesBefore(victim))) victim = place;
            }
            if (victim is null) return false;
            victim.Leaving = true;
            Closed++;
        }
        Tell();
        victim.Connection.Abort(new ConnectionAbortedException("it was silent for longest, and another needs its place"));
        return false;
    }

    /// <summary>Only <see cref="MakeRoom"/> calls it, one listener at a time.</summary>
    private void Tell()
    {
        if (_told is { } last && time.GetElapsedTime(last) < s_telling) return;
        _told = time.GetTimestamp();
        log.Warning("all {Most} connections to this server are taken; the longest silent ones are closed, {Closed} so far: see who holds them with ss -tnp, "
            + "and raise the limit of file descriptors if they are wanted", Most, Closed);
    }

    /// <summary>One open connection.</summary>
    private sealed class Place(ConnectionContext connection, TimeProvider time)
    {
        private readonly long _opened = time.GetTimestamp();
        private long _asked;

        public ConnectionContext Connection => connection;

        /// <summary>It is being closed.</summary>
        public bool Leaving { get; set; }

        public void Asked() => Volatile.Write(ref _asked, time.GetTimestamp());

        public bool MayGo() => Volatile.Read(ref _asked) is var asked && asked == 0
            ? time.GetElapsedTime(_opened) >= s_new
            : time.GetElapsedTime(asked) >= s_active;

        public bool GoesBefore(Place other)
        {
            var (mine, others) = (Volatile.Read(ref _asked), Volatile.Read(ref other._asked));
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
internal sealed class GatedListenerFactory(IConnectionListenerFactory inner, ConnectionGate gate) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => inner is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), gate);

    private sealed class Listener(IConnectionListener inner, ConnectionGate gate) : IConnectionListener
    {
        private readonly CancellationTokenSource _ended = new();

        public EndPoint EndPoint => inner.EndPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                await gate.RoomAsync(_ended.Token);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return null;
            }
            var connection = await inner.AcceptAsync(cancellationToken);
            if (connection is not null) gate.Enter(connection);
            return connection;
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
