using System.Collections.Immutable;
using System.Net;
using Clustermgr.Configuration;
using ClustermgrExporter.Terminal;
using ClustermgrSimulator;
using Serilog;

namespace ClustermgrExporter.Commands;

/// <summary>Simulated clusters on loopback, playing their scenarios.</summary>
internal sealed class Simulation : IAsyncDisposable
{
    private readonly ImmutableArray<(string Name, SimulatedCluster Cluster)> _clusters;
    private readonly SimulatorServer _server;

    private Simulation(ImmutableArray<(string Name, SimulatedCluster Cluster)> clusters, SimulatorServer server)
    {
        _clusters = clusters;
        _server = server;
    }

    /// <param name="firstPort">Port of the first member, the others use the following ones; 0 for any free
    /// ports.</param>
    /// <param name="onStep">Called with the cluster's name and each step as it happens.</param>
    /// <param name="name">Name of the cluster when there is only one.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public static Simulation Start(
        IReadOnlyList<(Scenario Scenario, SimulatorOptions Options)> scenarios,
        IPAddress address,
        int firstPort,
        Action<string, ScenarioStep> onStep,
        string name = "demo"
    )
    {
        ImmutableArray<(string Name, SimulatedCluster Cluster)> clusters =
        [
            .. scenarios.Select(story =>
                (
                    scenarios.Count == 1 ? name : $"{name}-{story.Options.ClusterId}",
                    new SimulatedCluster(story.Options, TimeProvider.System)
                )
            ),
        ];
        var server = SimulatorServer.Start(
            [.. clusters.Select(entry => entry.Cluster)],
            address,
            TimeProvider.System,
            firstPort
        );
        foreach (var ((scenario, _), (own, cluster)) in scenarios.Zip(clusters))
        {
            scenario.Play(cluster, step => onStep(own, step));
        }
        return new Simulation(clusters, server);
    }

    /// <summary>Logs each step.</summary>
    public static Action<string, ScenarioStep> CreateStepLogger(ILogger log) =>
        (cluster, step) => log.ForContext("cluster", cluster).Information("{Told:l}", $"simulated: {step.Description}");

    /// <summary>Undoes the effects of the scenarios.</summary>
    public void Restore()
    {
        foreach (var (_, cluster) in _clusters)
        {
            Scenario.Restore(cluster);
        }
    }

    /// <summary>The configuration with which the exporter polls these clusters.</summary>
    public ImmutableArray<ClusterConfig> Clusters =>
        [
            .. _clusters.Select(entry => new ClusterConfig
            {
                Name = entry.Name,
                Members = [.. GetUrls(entry.Cluster).Select(url => new MemberConfig($"{url.Host}:{url.Port}", url))],
            }),
        ];

    /// <summary>Each cluster's name and the URLs of its members, in the order of their ids.</summary>
    public IEnumerable<(string Name, ImmutableArray<Uri> Members)> Addresses =>
        _clusters.Select(entry => (entry.Name, GetUrls(entry.Cluster)));

    /// <summary>Executes the commands on stdin until it ends; with several clusters each line starts with the cluster's
    /// name.</summary>
    /// <param name="answer">Receives the output of each line, with its line feed.</param>
    public async Task RunCommandsAsync(Action<string> answer, CancellationToken ct)
    {
        using var input = ProgramConsole.OpenIn();
        try
        {
            while (await input.ReadLineAsync(ct) is { } line)
            {
                var said = Execute(line.Trim());
                if (said.Length > 0)
                {
                    answer($"{said}\n");
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // stopping
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        foreach (var (_, cluster) in _clusters)
        {
            cluster.Dispose();
        }
    }

    /// <summary>Executes one line and returns its output.</summary>
    public string Execute(string line)
    {
        var (name, rest) = line.Split(' ', 2) is [var first, var second] ? (first, second) : (line, "");
        if (_clusters is [var only])
        {
            return SimulatorCommands.Execute(only.Cluster, name == only.Name ? rest : line);
        }
        if (name is "" or "help" or "?")
        {
            return name.Length == 0
                ? ""
                : $"begin with a cluster's name, as {_clusters[0].Name}\n{SimulatorCommands.Help}";
        }
        return _clusters.FirstOrDefault(entry => entry.Name == name).Cluster is { } cluster
                ? SimulatorCommands.Execute(cluster, rest)
            : SimulatorCommands.Knows(name)
                ? $"there are {_clusters.Length} clusters: say which one, as {_clusters[0].Name} {line}"
            : $"there is no cluster {name}; begin with one of "
                + $"{string.Join(", ", _clusters.Take(5).Select(entry => entry.Name))}";
    }

    // Clients cannot connect to 0.0.0.0: a server on every address also listens here.
    private ImmutableArray<Uri> GetUrls(SimulatedCluster cluster) =>
        [
            .. _server
                .GetUrls(cluster)
                .OrderBy(url => url.Key)
                .Select(url => url.Value)
                .Select(url => url.Host == "0.0.0.0" ? new Uri($"http://127.0.0.1:{url.Port}") : url),
        ];
}
