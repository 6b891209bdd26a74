using System.Net;
using System.Net.Sockets;

namespace ClustermgrSimulator;

/// <summary>One member's port. While it refuses, the port stays bound without listening, so that no other process takes
/// it.</summary>
internal sealed class MemberListener : IDisposable
{
    private const int Backlog = 128;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly SimulatedCluster _cluster;
    private readonly ulong _member;
    private readonly AcceptedConnections _accepted;
    private readonly HashSet<MemberConnection> _connections = [];
    private Socket _socket;
    private bool _listening;
    private bool _disposed;
    private Task _accepting = Task.CompletedTask;

    public MemberListener(SimulatedCluster cluster, ulong member, IPEndPoint endPoint, AcceptedConnections accepted)
    {
        _cluster = cluster;
        _member = member;
        _accepted = accepted;
        _socket = BindSocket(endPoint);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Completes once no connection is accepted any more.</summary>
    public Task Ended
    {
        get
        {
            lock (_gate)
            {
                return _accepting;
            }
        }
    }

    public void Listen()
    {
        lock (_gate)
        {
            if (_listening || _disposed)
            {
                return;
            }
            _listening = true;
            _socket.Listen(Backlog);
            _accepting = AcceptAsync(_socket, _accepting);
        }
    }

    /// <summary>Resets the connections and refuses new ones.</summary>
    public void Refuse()
    {
        lock (_gate)
        {
            if (!_listening || _disposed)
            {
                return;
            }
            Close();
            _listening = false;
            _socket = BindSocket(EndPoint);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }
            _disposed = true;
            Close();
        }
    }

    /// <summary>Disposing alone might leave it listening: a process that this one is just starting holds a copy of the
    /// socket until its own program is loaded.</summary>
    private void Close()
    {
        if (_listening)
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        _socket.Dispose();
        foreach (var connection in _connections)
        {
            connection.Reset();
        }
        _connections.Clear();
    }

    private static Socket BindSocket(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket listener, Task before)
    {
        await before;
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (!IsCurrent(listener))
                {
                    return;
                }
                await Task.Delay(RetryInterval); // no descriptor is left, or one client was gone before it was accepted
                continue;
            }
            try
            {
                Take(socket, listener);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                socket.Dispose(); // its client has gone
            }
        }
    }

    private bool IsCurrent(Socket listener)
    {
        lock (_gate)
        {
            return ReferenceEquals(listener, _socket) && _listening && !_disposed;
        }
    }

    private void Take(Socket socket, Socket listener)
    {
        var connection = new MemberConnection(socket, _cluster, _member);
        socket.NoDelay = true;
        lock (_gate)
        {
            if (!ReferenceEquals(listener, _socket) || !_listening || _disposed)
            {
                connection.Reset();
                return;
            }
            _connections.Add(connection);
        }
        _accepted.Pass(connection).UnsafeRegister(_ => Forget(connection), null);
    }

    private void Forget(MemberConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }
}

/// <summary>A connection that a member has accepted.</summary>
internal sealed record MemberConnection(Socket Socket, SimulatedCluster Cluster, ulong Member)
{
    /// <summary>Ends it as the end of a process does whose buffers were not empty: the client gets a reset.</summary>
    public void Reset()
    {
        try
        {
            Socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // it was closed from the other side
        }
        Socket.Dispose();
    }
}
