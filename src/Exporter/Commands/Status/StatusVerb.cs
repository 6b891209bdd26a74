using System.CommandLine;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Terminal;
using Serilog.Core;
using Serilog.Events;

namespace ClustermgrExporter.Commands;

/// <summary>status: asks every member once and says in words what is wrong.</summary>
internal sealed class StatusVerb
{
    private const string Help = """
        Ask every member once, and say in words what is wrong: page or ticket, by the names of the alerts.

        Exit code: 0 healthy, 1 findings, 2 cannot tell (no member answers, or the command line or the file is invalid);
        of several clusters the highest. What only several polls can show, as a peer that stays silent, is left to serve.
        Given one member by --clustermgr.url it asks the leader too, and says whom it could not ask.

        Example: clustermgr-exporter status --config.file=exporter.yaml --cluster=prod-z0
        """;

    private readonly ClusterFlags _clusters = new();
    private readonly StatusFlags _flags = new();

    public static Command Create(VerbContext context)
    {
        var verb = new StatusVerb();
        return new Verb("status", Help, [.. verb._clusters.All, .. verb._flags.All], verb.RunAsync).ToCommand();
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken ct)
    {
        var environment = ProcessEnvironment.Read();
        var loaded = await ClusterFlags.ResolveAsync(
            _clusters.Load(parse, environment, Environment.MachineName),
            strict: false,
            ct
        );
        foreach (var warning in loaded.Warnings)
        {
            ProgramConsole.Error.WriteLine($"warning: {warning}");
        }
        var values = new FlagValues(parse, environment);
        var view = _flags.Read(values);
        if (loaded.Config is not { } config || values.Errors.Count > 0)
        {
            return Fail([.. values.Errors, .. loaded.Errors]);
        }
        // The report replaces what serve would log, so only internal errors are logged.
        await using var log = LoggingSetup.Create(LogEventLevel.Error, LogFormat.Logfmt);
        LookupThreads.Reserve();
        try
        {
            return await PollAsync(config, view, new StatusScreen(view, ProgramConsole.Size, environment), log, ct);
        }
        catch (InvalidDataException e)
        {
            return Fail(e.Message);
        }
        catch (Exception e)
        {
            // Unhandled it would exit with 1, which is a finding.
            log.Error(e, "a bug in this program; please report it");
            return ExitCodes.CannotTell;
        }
    }

    /// <returns>The exit code of the last state that was shown.</returns>
    private static async Task<int> PollAsync(
        ExporterConfig config,
        StatusOptions view,
        StatusScreen screen,
        Logger log,
        CancellationToken ct
    )
    {
        var names = new NameResolver();
        var poll = new StatusPoll(
            config,
            cluster => CollectorFactory.CreateTransport(cluster, names),
            TimeProvider.System,
            log
        )
        {
            Volumes = view.Volumes,
            SimulatedRemoval = view.SimulatedRemoval,
            Progress = text => ProgramConsole.Error.WriteLine(text),
        };
        int? last = null;
        try
        {
            while (true)
            {
                var alerts = view.Exporter is { } exporter ? ExporterAlerts.FetchAsync(exporter, ct) : null;
                var reports = await poll.PollAsync(ct);
                if (alerts is not null)
                {
                    reports = [.. reports.Select(AddAlerts(await alerts))];
                }
                if (StandardOutput.WriteAndGetError(screen.Next(reports), () => ProgramConsole.Out) is { } reason)
                {
                    return Fail(OutputLostException.FormatMessage(reason));
                }
                last = StatusVerdict.ExitCode(reports, view.FailOn);
                if (view.Watch is not { } interval)
                {
                    return last.Value;
                }
                await Task.Delay(interval, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return last ?? Fail("stopped before every member had answered");
        }
    }

    private static Func<StatusReport, StatusReport> AddAlerts(ExporterAlerts alerts) =>
        report =>
        {
            var own = alerts.ForCluster(report.Analysis.Snapshot.Cluster);
            return report with { Alerts = own, Notes = own.Note is { } note ? report.Notes.Add(note) : report.Notes };
        };

    private static int Fail(params string[] errors) => ServeVerb.PrintErrors(errors, ExitCodes.CannotTell);
}
