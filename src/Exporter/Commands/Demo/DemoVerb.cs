using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Terminal;
using ClustermgrSimulator;
using Serilog;

namespace ClustermgrExporter.Commands;

/// <summary>demo: runs simulated clusters and the exporter in one process.</summary>
internal static class DemoVerb
{
    public static Command Create(VerbContext context)
    {
        var serve = new ServeFlags(isDemo: true);
        var simulation = new SimulationFlags(severalClusters: true);
        return new Verb(
            "demo",
            "Simulated clusters and the exporter in one process: break them and see what shows.",
            [.. serve.All, .. simulation.All],
            (parse, ct) => RunAsync(serve, simulation, parse, ct)
        ).ToCommand();
    }

    private static async Task<int> RunAsync(
        ServeFlags serve,
        SimulationFlags simulation,
        ParseResult parse,
        CancellationToken ct
    )
    {
        var environment = ProcessEnvironment.Read();
        var read = serve.Read(parse, environment, Environment.MachineName);
        var values = new FlagValues(parse, environment);
        var stories = simulation.Read(values);
        List<string> errors = [.. read.Errors, .. values.Errors];
        if (read.Options is { CheckOnly: true })
        {
            errors.Add("--config.check has no place here: the clusters are simulated");
        }
        if (read.Options is not { } options || errors.Count > 0)
        {
            return ServeVerb.PrintErrors(errors, ExitCodes.Usage);
        }
        await using var log = LoggingSetup.Create(options.LogLevel, options.LogFormat);
        await using var simulated = TryStart(stories, log);
        if (simulated is null)
        {
            return ExitCodes.Failed;
        }
        var config = new ExporterConfig
        {
            Clusters = simulated.Clusters,
            VolumeScanInterval = TimeSpan.FromMinutes(1), // a scan of a hundred volumes costs little
        };
        ServeVerb.LogStarting(log, "demo", config);
        foreach (var warning in read.Warnings)
        {
            log.Warning("{Warning:l}", warning);
        }
        await using var running = await ServeVerb.StartAsync(config, options, log);
        if (running is null)
        {
            return ExitCodes.Failed;
        }
        StandardOutput.Write(
            DemoGuide.Format(stories, simulated, running.Url, options.Server),
            () => ProgramConsole.Out,
            log
        );
        _ = simulated.RunCommandsAsync(answer => StandardOutput.Write(answer, () => ProgramConsole.Out, log), ct);
        await ServeVerb.WaitForShutdownAsync(ct);
        log.Information("stopping");
        return ExitCodes.Done;
    }

    private static Simulation? TryStart(
        IReadOnlyList<(Scenario Scenario, SimulatorOptions Options)> scenarios,
        ILogger log
    )
    {
        try
        {
            return Simulation.Start(scenarios, IPAddress.Loopback, firstPort: 0, Simulation.CreateStepLogger(log));
        }
        catch (SocketException e)
        {
            log.Error(
                "the simulated members cannot listen: {Reason:l}; ask for fewer with --clusters and --members, or "
                    + "raise ulimit -n",
                e.Message
            );
            return null;
        }
    }
}
