using System.Net;

namespace ClustermgrSimulator;

/// <summary>
/// The members of one cluster on real sockets, a port each. A killed member's connections are reset and new ones
/// refused; started again it listens on the same port.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SimulatedCluster _cluster;
    private readonly IPAddress _address;
    private readonly TimeProvider _clock;
    private readonly Dictionary<ulong, MemberListener> _listeners = [];
    private bool _disposed;

    private SimulatorServer(SimulatedCluster cluster, IPAddress address, TimeProvider clock) =>
        (_cluster, _address, _clock) = (cluster, address, clock);

    /// <summary>Binds every member and begins to serve.</summary>
    /// <param name="firstPort">Of the first member, the others on the following ones; 0 for any free ports.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public static SimulatorServer Start(
        SimulatedCluster cluster,
        IPAddress address,
        TimeProvider clock,
        int firstPort = 0
    )
    {
        var server = new SimulatorServer(cluster, address, clock);
        var port = firstPort;
        try
        {
            foreach (var member in cluster.Members)
            {
                server.Bind(member.Id, port == 0 ? 0 : port++);
            }
        }
        catch
        {
            foreach (var listener in server._listeners.Values)
            {
                listener.Dispose();
            }
            throw;
        }
        cluster.ListeningChanged += server.Follow;
        foreach (var member in cluster.Members)
        {
            server.Follow(member.Id, member.Listening);
        }
        return server;
    }

    /// <summary>scheme://host:port of each member, by node id.</summary>
    public IReadOnlyDictionary<ulong, Uri> Urls
    {
        get
        {
            lock (_gate)
            {
                return _listeners.ToDictionary(l => l.Key, l => new Uri($"http://{l.Value.EndPoint}"));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _cluster.ListeningChanged -= Follow;
        MemberListener[] all;
        lock (_gate)
        {
            _disposed = true;
            all = [.. _listeners.Values];
        }
        foreach (var listener in all)
        {
            listener.Dispose();
        }
        foreach (var listener in all)
        {
            await listener.Ended;
        }
    }

    private MemberListener Bind(ulong member, int port)
    {
        var listener = new MemberListener(_cluster, member, new IPEndPoint(_address, port), _clock);
        lock (_gate)
        {
            _listeners[member] = listener;
        }
        _cluster.SetHttpHost(member, listener.EndPoint.ToString());
        return listener;
    }

    private void Follow(ulong member, bool listening)
    {
        MemberListener? listener;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            _listeners.TryGetValue(member, out listener);
        }
        // A member that was added at run time gets its port when its process first listens.
        if (listener is null && listening)
        {
            listener = Bind(member, 0);
        }
        if (listening)
        {
            listener?.Listen();
        }
        else
        {
            listener?.Refuse();
        }
    }
}
