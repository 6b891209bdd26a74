using System.Collections.Immutable;
using System.Net;
using ClustermgrSimulator;

namespace ClustermgrExporter.EndToEnd.Support;

/// <summary>A simulated cluster on real sockets of this process, which the program polls.</summary>
internal sealed class LocalCluster : IAsyncDisposable
{
    private readonly SimulatorServer _server;

    private LocalCluster(SimulatedCluster cluster, SimulatorServer server)
    {
        Simulated = cluster;
        _server = server;
    }

    public SimulatedCluster Simulated { get; }

    /// <summary>host:port of each member, in the order of their node ids.</summary>
    public ImmutableArray<string> Members =>
        [.. _server.GetUrls(Simulated).OrderBy(url => url.Key).Select(url => url.Value.Authority)];

    public IEnumerable<string> Flags => Members.Select(member => $"--clustermgr.url=http://{member}");

    public static LocalCluster Start(SimulatorOptions? options = null)
    {
        var cluster = new SimulatedCluster(options ?? new SimulatorOptions(), TimeProvider.System);
        return new LocalCluster(cluster, SimulatorServer.Start(cluster, IPAddress.Loopback, TimeProvider.System));
    }

    public string Label(ulong node) => Members[(int)node - 1];

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Simulated.Dispose();
    }
}
