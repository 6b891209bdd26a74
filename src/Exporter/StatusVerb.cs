using System.CommandLine;
using ClustermgrExporter.Cli;
using ClustermgrExporter.Clustermgr;
using ClustermgrExporter.Config;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Polling;
using Serilog.Events;

namespace ClustermgrExporter;

/// <summary>status: asks every member once and says in words what is wrong.</summary>
internal sealed class StatusVerb
{
    public const string Help = """
        Ask every member once, and say in words what is wrong: page or ticket, by the names of the alerts.

        Exit code: 0 healthy, 1 findings, 2 cannot tell (no member answers, or the command line or the file is no good);
        of several clusters the highest. What only several polls can show, as a peer that stays silent, is left to serve.

        Example: clustermgr-exporter status --config.file=exporter.yaml --cluster=prod-z0
        """;

    private readonly ClusterFlags _clusters = new();

    public void AddTo(Command command)
    {
        _clusters.AddTo(command);
        command.SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken ct)
    {
        var loaded = _clusters.Load(parse, EnvironmentNames.Read(), Environment.MachineName);
        foreach (var warning in loaded.Warnings) Console.Error.WriteLine($"warning: {warning}");
        if (loaded.Config is not { } config) return CannotTell([.. loaded.Errors]);

        // What serve logs of a cluster is what is printed here: only faults of the program are left to tell.
        await using var log = LoggingSetup.Create(LogEventLevel.Error, LogFormat.Logfmt);
        Running.SetThreads();
        var names = new NameResolver();
        var poll = new StatusPoll(config, cluster => Collectors.Transport(cluster, names), TimeProvider.System, log);
        try
        {
            var judged = await poll.AskAsync(ct);
            return Screen.Refusal(StatusText.Of(judged), () => Console.Out) is { } reason
                ? CannotTell($"stdout takes nothing: {reason}")
                : judged.Max(StatusVerdict.ExitCode);
        }
        catch (InvalidDataException e)
        {
            return CannotTell(e.Message);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return CannotTell("stopped before every member had answered");
        }
        catch (Exception e)
        {
            // Left alone it would end with 1, which is a finding.
            log.Error(e, "a fault of this program; please report it");
            return StatusVerdict.CannotTell;
        }
    }

    private static int CannotTell(params string[] errors)
    {
        ServeVerb.Refuse(errors);
        return StatusVerdict.CannotTell;
    }
}
