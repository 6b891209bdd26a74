using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ClustermgrSimulator;

/// <summary>
/// The members of clusters on real sockets, one port each, behind one Kestrel, since a thousand Kestrels would have a
/// thousand timers. A killed member's connections are reset and new ones refused; started again it listens on the same
/// port.
/// </summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private const int MaxBodyBytes = 1 << 20;

    private static readonly TimeSpan NeverTimeout = TimeSpan.FromDays(1);

    private readonly AcceptedConnections _accepted = new();
    private readonly Dictionary<SimulatedCluster, ClusterPorts> _ports = [];
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().BuildServiceProvider();
    private readonly KestrelServer _kestrel;
    private readonly Task _started;

    private SimulatorServer(TimeProvider clock)
    {
        _kestrel = new KestrelServer(Options.Create(KestrelOptions()), _accepted, NullLoggerFactory.Instance);
        _started = _kestrel.StartAsync(new MemberApplication(clock), CancellationToken.None);
    }

    /// <summary>Binds every member and begins to serve.</summary>
    /// <param name="firstPort">Port of the first member, the others use the following ones; 0 for any free
    /// ports.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public static SimulatorServer Start(
        IReadOnlyList<SimulatedCluster> clusters,
        IPAddress address,
        TimeProvider clock,
        int firstPort = 0
    )
    {
        var server = new SimulatorServer(clock);
        try
        {
            foreach (var cluster in clusters)
            {
                server._ports[cluster] = new ClusterPorts(cluster, address, firstPort, server._accepted);
                firstPort += firstPort == 0 ? 0 : cluster.Members.Count;
            }
        }
        catch
        {
            _ = server.DisposeAsync().AsTask(); // nothing is served: it ends soon, and cannot fail
            throw;
        }
        foreach (var ports in server._ports.Values)
        {
            ports.Open();
        }
        return server;
    }

    /// <inheritdoc cref="Start(IReadOnlyList{SimulatedCluster}, IPAddress, TimeProvider, int)"/>
    public static SimulatorServer Start(
        SimulatedCluster cluster,
        IPAddress address,
        TimeProvider clock,
        int firstPort = 0
    ) => Start([cluster], address, clock, firstPort);

    /// <summary>scheme://host:port of each member of a cluster, by node id.</summary>
    public IReadOnlyDictionary<ulong, Uri> GetUrls(SimulatedCluster cluster) => _ports[cluster].Urls;

    /// <summary>Resets every connection; ends when nothing is served any more.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var ports in _ports.Values)
        {
            await ports.DisposeAsync();
        }
        await _started;
        await _kestrel.StopAsync(CancellationToken.None);
        _kestrel.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>No timeouts: a member waits as long as its client does, and a body may trickle.</summary>
    private KestrelServerOptions KestrelOptions()
    {
        var options = new KestrelServerOptions { ApplicationServices = _services, AddServerHeader = false };
        options.Limits.MaxRequestBodySize = MaxBodyBytes;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.KeepAliveTimeout = NeverTimeout;
        options.Limits.RequestHeadersTimeout = NeverTimeout;
        options.Listen(_accepted.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        return options;
    }
}
