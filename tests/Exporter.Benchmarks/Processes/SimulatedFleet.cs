using System.Globalization;
using System.Net;
using System.Text;
using ClustermgrSimulator;

namespace ClustermgrExporter.Benchmarks.Processes;

/// <summary>Simulated clusters of three members, each member on a real port, and the configuration that names them.
/// </summary>
internal sealed class SimulatedFleet : IAsyncDisposable
{
    private readonly IReadOnlyList<SimulatedCluster> _clusters;
    private readonly SimulatorServer _server;

    private SimulatedFleet(IReadOnlyList<SimulatedCluster> clusters, SimulatorServer server, string config)
    {
        _clusters = clusters;
        _server = server;
        Config = config;
    }

    /// <summary>The YAML file; it is deleted with the fleet.</summary>
    public string Config { get; }

    public int Members => _clusters.Sum(cluster => cluster.Members.Count);

    /// <param name="settings">Lines at the head of the configuration.</param>
    /// <param name="shape">Changes the options of each cluster; null for the default.</param>
    public static async Task<SimulatedFleet> StartAsync(
        int clusters,
        string settings = "",
        Func<SimulatorOptions, SimulatorOptions>? shape = null
    )
    {
        SimulatedCluster[] simulated =
        [
            .. Enumerable
                .Range(1, clusters)
                .Select(seed => new SimulatorOptions { Seed = (ulong)seed })
                .Select(options => new SimulatedCluster(shape?.Invoke(options) ?? options, TimeProvider.System)),
        ];
        var server = SimulatorServer.Start(simulated, IPAddress.Loopback, TimeProvider.System);
        var yaml = new StringBuilder(settings).Append("clusters:\n");
        foreach (var (index, cluster) in simulated.Index())
        {
            var urls = string.Join(
                ", ",
                server
                    .GetUrls(cluster)
                    .OrderBy(url => url.Key)
                    .Select(url => url.Value.GetLeftPart(UriPartial.Authority))
            );
            yaml.Append(CultureInfo.InvariantCulture, $"- name: cluster-{index + 1:0000}\n  members: [{urls}]\n");
        }
        var config = Path.Combine(Path.GetTempPath(), $"{Path.GetRandomFileName()}.yaml");
        await File.WriteAllTextAsync(config, yaml.ToString());
        return new SimulatedFleet(simulated, server, config);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var cluster in _clusters)
        {
            cluster.Dispose();
        }
        File.Delete(Config);
    }
}
