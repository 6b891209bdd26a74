using System.Globalization;
using System.Net;
using System.Text;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Processes;

/// <summary>Simulated clusters of three members, each member on a real port, and the configuration that names them.
/// </summary>
internal sealed class SimulatedFleet : IAsyncDisposable
{
    private readonly List<SimulatedCluster> _clusters = [];
    private readonly List<SimulatorServer> _servers = [];

    private SimulatedFleet(string config) => Config = config;

    /// <summary>The YAML file; it goes with the fleet.</summary>
    public string Config { get; }

    public int Members => _servers.Sum(server => server.Urls.Count);

    public static async Task<SimulatedFleet> StartAsync(int clusters, string settings = "")
    {
        var fleet = new SimulatedFleet(Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.yaml"));
        var yaml = new StringBuilder(settings).Append("clusters:\n");
        for (var number = 1; number <= clusters; number++)
        {
            var cluster = new SimulatedCluster(new SimulatorOptions { Seed = (ulong)number }, TimeProvider.System);
            var server = SimulatorServer.Start(cluster, IPAddress.Loopback, TimeProvider.System);
            fleet._clusters.Add(cluster);
            fleet._servers.Add(server);
            var urls = string.Join(
                ", ",
                server.Urls.OrderBy(url => url.Key).Select(url => url.Value.GetLeftPart(UriPartial.Authority))
            );
            yaml.Append(CultureInfo.InvariantCulture, $"- name: cluster-{number:0000}\n  members: [{urls}]\n");
        }
        await File.WriteAllTextAsync(fleet.Config, yaml.ToString());
        return fleet;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
        foreach (var cluster in _clusters)
        {
            cluster.Dispose();
        }
        File.Delete(Config);
    }
}
