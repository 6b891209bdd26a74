using System.Net;

namespace ClustermgrSimulator;

/// <summary>A port for each member of one cluster, open while the member listens.</summary>
internal sealed class ClusterPorts : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SimulatedCluster _cluster;
    private readonly IPAddress _address;
    private readonly AcceptedConnections _accepted;
    private readonly Dictionary<ulong, MemberListener> _listeners = [];
    private bool _disposed;

    /// <param name="firstPort">Port of the first member, the others use the following ones; 0 for any free
    /// ports.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public ClusterPorts(SimulatedCluster cluster, IPAddress address, int firstPort, AcceptedConnections accepted)
    {
        _cluster = cluster;
        _address = address;
        _accepted = accepted;
        var port = firstPort;
        try
        {
            foreach (var member in cluster.Members)
            {
                Bind(member.Id, port == 0 ? 0 : port++);
            }
        }
        catch
        {
            foreach (var listener in _listeners.Values)
            {
                listener.Dispose();
            }
            throw;
        }
    }

    /// <summary>scheme://host:port of each member, by node id.</summary>
    public IReadOnlyDictionary<ulong, Uri> Urls
    {
        get
        {
            lock (_gate)
            {
                return _listeners
                    .Where(l => !SimulatedCluster.IsScheduler(l.Key))
                    .ToDictionary(l => l.Key, l => new Uri($"http://{l.Value.EndPoint}"));
            }
        }
    }

    /// <summary>Opens the ports, and follows the state of the members.</summary>
    public void Open()
    {
        // After the members of all clusters, whose ports may follow each other.
        foreach (var id in _cluster.Schedulers.Keys)
        {
            Bind(id, 0).Listen();
        }
        _cluster.ListeningChanged += Follow;
        foreach (var member in _cluster.Members)
        {
            Follow(member.Id, member.Listening);
        }
    }

    /// <summary>Closes the ports and resets every connection.</summary>
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
        var listener = new MemberListener(_cluster, member, new IPEndPoint(_address, port), _accepted);
        lock (_gate)
        {
            _listeners[member] = listener;
            if (_disposed)
            {
                listener.Dispose();
            }
        }
        if (SimulatedCluster.IsScheduler(member))
        {
            // Clients cannot connect to 0.0.0.0: a server on every address also listens here.
            var host = _address.Equals(IPAddress.Any) ? IPAddress.Loopback : _address;
            _cluster.SetSchedulerHost(member, new Uri($"http://{new IPEndPoint(host, listener.EndPoint.Port)}"));
        }
        else
        {
            _cluster.SetHttpHost(member, listener.EndPoint.ToString());
        }
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
