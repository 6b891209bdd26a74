using System.CommandLine;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Telemetry;
using ClustermgrExporter.Terminal;
using Microsoft.Extensions.Hosting.Systemd;
using Serilog;
using Serilog.Core;

namespace ClustermgrExporter.Commands;

/// <summary>serve: polls what the configuration names, until SIGTERM; SIGHUP reloads.</summary>
internal static class ServeVerb
{
    public const string Name = "serve";

    private const int ShortRevision = 12;

    public static Command Create(VerbContext context)
    {
        var flags = new ServeFlags();
        return new Verb(
            Name,
            $"Poll clusters and serve their metrics (the default verb).\n\n{CommandLine.ByEnvironment}",
            flags.All,
            (parse, ct) => RunAsync(flags, parse, context.Hangups, ct)
        ).ToCommand();
    }

    /// <returns>0 after a clean end, 1 for an invalid configuration or address, 2 for an invalid flag.</returns>
    public static async Task<int> RunAsync(
        ServeFlags flags,
        ParseResult parse,
        HangupSignals? hangups,
        CancellationToken ct
    )
    {
        var environment = ProcessEnvironment.Read();
        var read = flags.Read(parse, environment, Environment.MachineName);
        if (read.Options is not { Source: { } source } options)
        {
            return PrintErrors(read.Errors, ExitCodes.Usage);
        }
        if (options.CheckOnly)
        {
            var ofWeb = ConfigCheck.Web(options.Server.WebConfigFile, ProgramConsole.Out, ProgramConsole.Error);
            var ofClusters = ConfigCheck.Run(
                source,
                environment,
                DescriptorBudget.GetRequired,
                ProgramConsole.Out,
                ProgramConsole.Error
            );
            return Math.Max(ofClusters, ofWeb);
        }
        var loaded = source.Load(environment);
        if (loaded.Config is not { } config)
        {
            return PrintErrors(
                [.. loaded.Errors, $"{source.Name} is not valid; nothing was started"],
                source.File is not null ? ExitCodes.Failed : ExitCodes.Usage
            );
        }
        var web = options.Server.WebConfigFile is { } webFile
            ? WebConfigReader.Load(webFile, TimeProvider.System)
            : null;
        if (web is { Config: null })
        {
            return PrintErrors(
                [.. web.Errors, $"{options.Server.WebConfigFile} is not valid; nothing was started"],
                ExitCodes.Failed
            );
        }
        await using var log = LoggingSetup.Create(options.LogLevel, options.LogFormat);
        LogStarting(log, source.Name, config);
        foreach (var warning in read.Warnings.Concat(loaded.Warnings).Concat(web?.Warnings ?? []))
        {
            log.Warning("{Warning:l}", warning);
        }
        await using var running = await StartAsync(config, options, log, loaded.Reload, web?.Config, loaded.Alerting);
        if (running is null)
        {
            return ExitCodes.Failed;
        }
        await using var notices = new SystemdNotifications(
            new SystemdNotifier(),
            () => $"serving {Pluralizer.Count(running.Registry.Clusters.Count(), "cluster")}",
            why => log.Warning("NOTIFY_SOCKET is set, and systemd is unreachable: {Why:l}", why),
            TimeProvider.System
        );
        running.Reload = () => notices.ReloadAsync(() => running.ReloadAsync(() => source.Load(environment)));
        hangups?.OnHangup(() => _ = running.Reload());
        LogServing(log, running, options.Server, config);
        notices.Ready(
            SystemdNotifications.Watchdog(environment, Environment.ProcessId),
            new PollWatchdog(running.Registry, TimeProvider.System)
        );
        await WaitForShutdownAsync(ct);
        log.Information("stopping");
        notices.Stopping();
        return ExitCodes.Done;
    }

    /// <summary>Logs the first line: which build runs which configuration.</summary>
    public static void LogStarting(ILogger log, string source, ExporterConfig config)
    {
        var (version, revision) = BuildVersion.Current;
        log.ForContext("version", version)
            .ForContext("revision", revision.Length > ShortRevision ? revision[..ShortRevision] : revision)
            .ForContext("config", source)
            .ForContext("clusters", config.Clusters.Length)
            .ForContext("members", config.Clusters.Sum(cluster => cluster.Members.Length))
            .Information("starting");
    }

    private static void LogServing(ILogger log, RunningExporter running, ServerOptions server, ExporterConfig config) =>
        log.ForContext("clusters", config.Clusters.Length)
            .Information(
                $"serving {Pluralizer.Count(config.Clusters.Length, "cluster")} at {{Url:l}}",
                string.Join(" and ", running.Addresses.Select(address => $"{address}{server.MetricsPath}"))
            );

    /// <summary>Starts the exporter. Returns null, after logging what to do, when an address cannot be bound or the
    /// process may open too few files.</summary>
    public static async Task<RunningExporter?> StartAsync(
        ExporterConfig config,
        ServeOptions options,
        Logger log,
        Func<ConfigResult>? reload = null,
        WebConfig? web = null,
        AlertingConfig? alerting = null
    )
    {
        if (web is null && options.Server.WebConfigFile is { } file)
        {
            var read = WebConfigReader.Load(file, TimeProvider.System);
            foreach (var error in read.Errors)
            {
                log.Error("{Error:l}", error);
            }
            if ((web = read.Config) is null)
            {
                return null;
            }
        }
        var descriptors = DescriptorBudget.ReadLimit();
        if (DescriptorBudget.FindProblem(config, descriptors) is { } objection)
        {
            log.Error("{Error:l}", objection);
            return null;
        }
        try
        {
            return await RunningExporter.StartAsync(
                config,
                options.Server,
                log,
                TimeProvider.System,
                descriptors,
                reload,
                web,
                alerting
            );
        }
        catch (Exception e) when (BindFailure.Describe(e, options.Server.Listen) is { } why)
        {
            log.Error("{Error:l}", why);
            return null;
        }
    }

    /// <returns><paramref name="code"/>.</returns>
    public static int PrintErrors(IEnumerable<string> errors, int code)
    {
        foreach (var error in errors)
        {
            ProgramConsole.Error.WriteLine(error);
        }
        return code;
    }

    /// <summary>Waits until SIGTERM or Ctrl-C, which cancel the token.</summary>
    public static Task WaitForShutdownAsync(CancellationToken ct)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ct.UnsafeRegister(_ => ended.SetResult(), null);
        return ended.Task;
    }
}
