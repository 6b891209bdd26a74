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
    private readonly List<(string Name, SimulatedCluster Cluster, SimulatorServer Server)> _clusters = [];

    /// <param name="firstPort">Of the first member, the others on the following ones; 0 for any free ports.</param>
    /// <param name="told">Gets each step as it happens, with the cluster's name.</param>
    /// <param name="name">Of a cluster that is the only one.</param>
    /// <exception cref="System.Net.Sockets.SocketException">A port is taken.</exception>
    public static Simulation Start(
        IReadOnlyList<(Scenario Scenario, SimulatorOptions Options)> stories,
        IPAddress address,
        int firstPort,
        Action<string, ScenarioStep> told,
        string name = "demo"
    )
    {
        var simulation = new Simulation();
        foreach (var (scenario, options) in stories)
        {
            var own = stories.Count == 1 ? name : $"{name}-{options.ClusterId}";
            var cluster = new SimulatedCluster(options, TimeProvider.System);
            simulation._clusters.Add(
                (own, cluster, SimulatorServer.Start(cluster, address, TimeProvider.System, firstPort))
            );
            scenario.Play(cluster, step => told(own, step));
        }
        return simulation;
    }

    /// <summary>A line in the log for each step.</summary>
    public static Action<string, ScenarioStep> InLog(ILogger log) =>
        (cluster, step) => log.ForContext("cluster", cluster).Information("{Told:l}", $"simulated: {step.What}");

    /// <summary>Undoes what the stories did.</summary>
    public void Mend()
    {
        foreach (var (_, cluster, _) in _clusters)
        {
            Scenario.Mend(cluster);
        }
    }

    /// <summary>What the exporter is told to poll.</summary>
    public ImmutableArray<ClusterConfig> Clusters =>
        [
            .. _clusters.Select(entry => new ClusterConfig
            {
                Name = entry.Name,
                Members = [.. Urls(entry.Server).Select(url => new MemberConfig($"{url.Host}:{url.Port}", url))],
            }),
        ];

    /// <summary>Each cluster's name and the URLs of its members, in the order of their ids.</summary>
    public IEnumerable<(string Name, ImmutableArray<Uri> Members)> Addresses =>
        _clusters.Select(entry => (entry.Name, Urls(entry.Server)));

    /// <summary>Does what the lines typed say, until they end; with several clusters a line begins with the cluster's
    /// name.</summary>
    /// <param name="answer">Gets what each line brought, with its line end.</param>
    public async Task ObeyAsync(Action<string> answer, CancellationToken ct)
    {
        using var input = ProgramConsole.OpenIn();
        try
        {
            while (await input.ReadLineAsync(ct) is { } line)
            {
                var said = Obey(line.Trim());
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
        foreach (var (_, cluster, server) in _clusters)
        {
            await server.DisposeAsync();
            cluster.Dispose();
        }
    }

    /// <summary>Does what one line says.</summary>
    public string Obey(string line)
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
            : $"there is no cluster {name}; begin with one of "
                + $"{string.Join(", ", _clusters.Take(5).Select(entry => entry.Name))}";
    }

    // Nothing can be asked of 0.0.0.0: what listens everywhere also listens here.
    private static ImmutableArray<Uri> Urls(SimulatorServer server) =>
        [
            .. server
                .Urls.OrderBy(url => url.Key)
                .Select(url => url.Value)
                .Select(url => url.Host == "0.0.0.0" ? new Uri($"http://127.0.0.1:{url.Port}") : url),
        ];
}
