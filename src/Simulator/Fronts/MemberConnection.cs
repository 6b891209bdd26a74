using System.Net.Sockets;

namespace ClustermgrSimulator;

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
