using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Terminal;
using ClustermgrSimulator;
using Serilog;
using Serilog.Events;

namespace ClustermgrExporter.Commands;

/// <summary>simulate: runs a simulated cluster alone, its members on consecutive ports.</summary>
internal sealed class SimulateVerb
{
    private readonly SimulationFlags _simulation = new(severalClusters: false);

    private readonly Option<string> _listen = new("--listen")
    {
        HelpName = "ADDRESS",
        Description =
            "Of the first member, the others on the following ports; 127.0.0.1:9998 unless given. "
            + "Example: --listen=127.0.0.1:9998",
    };

    public static Command Create(VerbContext context)
    {
        var verb = new SimulateVerb();
        return new Verb(
            "simulate",
            "A simulated cluster alone, its members on consecutive ports.",
            [verb._listen, .. verb._simulation.All],
            verb.RunAsync
        ).ToCommand();
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken ct)
    {
        var values = new FlagValues(parse, ProcessEnvironment.Read());
        var stories = _simulation.Read(values);
        if (stories.Count > 1)
        {
            values.Errors.Add("--scenario is given twice; simulate runs one cluster, demo runs several");
        }
        var given = values.Text(_listen) ?? new FlagValue("127.0.0.1:9998", _listen.Name, true);
        var listen = ListenAddress.Parse(given.Text, Dns.GetHostAddresses, out var error);
        if (listen is null)
        {
            values.Errors.Add($"{given.Origin} {error}");
        }
        else if (listen.Port > 0 && listen.Port + stories[0].Options.Members - 1 is var last and > 65535)
        {
            values.Errors.Add(
                $"{given.Origin}: {stories[0].Options.Members} members need ports {listen.Port} to {last}; "
                    + $"choose a port up to {65536 - stories[0].Options.Members}"
            );
        }
        if (values.Errors.Count > 0)
        {
            return ServeVerb.PrintErrors(values.Errors, ExitCodes.Usage);
        }
        await using var log = LoggingSetup.Create(LogEventLevel.Information, LogFormat.Logfmt);
        await using var simulated = TryStart(stories, listen!, given.Text, log);
        if (simulated is null)
        {
            return ExitCodes.Failed;
        }
        StandardOutput.Write(DemoGuide.Format(stories[0].Scenario, simulated), () => ProgramConsole.Out, log);
        _ = simulated.RunCommandsAsync(answer => StandardOutput.Write(answer, () => ProgramConsole.Out, log), ct);
        await ServeVerb.WaitForShutdownAsync(ct);
        return ExitCodes.Done;
    }

    private static Simulation? TryStart(
        IReadOnlyList<(Scenario Scenario, SimulatorOptions Options)> scenarios,
        ListenAddress listen,
        string given,
        ILogger log
    )
    {
        try
        {
            return Simulation.Start(
                scenarios,
                listen.Any ? IPAddress.Any : listen.EndPoints[0].Address,
                listen.Port,
                Simulation.CreateStepLogger(log)
            );
        }
        catch (SocketException e)
        {
            ProgramConsole.Error.WriteLine(
                $"cannot listen at {given} and the ports after it: {e.Message}; choose others with "
                    + $"--listen=127.0.0.1:PORT"
            );
            return null;
        }
    }
}
