using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Polling;
using ClustermgrExporter.Terminal;
using ClustermgrSimulator;
using Serilog.Core;
using Serilog.Events;

namespace ClustermgrExporter.Commands;

/// <summary>rehearse: plays a simulated incident under a name of the user's choice, so that a team can test its
/// paging.</summary>
internal sealed class RehearseVerb
{
    private const string Help = """
        Play a simulated incident, to test paging before it is needed. No real cluster is asked or touched.

        Without --alertmanager.url it serves the metrics of the incident, for a Prometheus with the bundled rules to scrape.
        With it, it sends the alerts that the rules would fire, with the label rehearsal="true", and ends them at the end.
        Either way it says which alerts will fire, and when each should reach its receiver.

        Exit code: 0 when it is over or was stopped, 1 when Alertmanager did not take all alerts or their ends, or nothing began,
        2 when the command line is invalid.

        Example: clustermgr-exporter rehearse quorum-lost --cluster=prod-z0 --alertmanager.url=http://127.0.0.1:9093
        """;

    /// <summary>Longer than the time that any rule for pages requires, and what comes before it.</summary>
    private static readonly TimeSpan MinHorizon = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan ExtraDuration = TimeSpan.FromMinutes(1);

    private readonly RehearseFlags _flags = new();
    private readonly ServeFlags _serve = new(isDemo: true);

    public static Command Create(VerbContext context)
    {
        var verb = new RehearseVerb();
        return new Verb("rehearse", Help, [.. verb._flags.All, .. verb._serve.All], verb.RunAsync).ToCommand();
    }

    private async Task<int> RunAsync(ParseResult parse, CancellationToken ct)
    {
        var environment = ProcessEnvironment.Read();
        var serve = _serve.Read(parse, environment, Environment.MachineName);
        var values = new FlagValues(parse, environment);
        var plan = _flags.Read(parse, values);
        if (serve.Options is { CheckOnly: true })
        {
            values.Errors.Add("--config.check has no place here: the clusters are simulated");
        }
        if (plan is { Alertmanager: not null })
        {
            values.Errors.AddRange(
                _serve
                    .GetServingFlags(parse)
                    .Select(flag =>
                        $"{flag} has no place beside --alertmanager.url: nothing is served then, and only faults "
                        + $"are logged"
                    )
            );
        }
        if (plan is null || serve.Options is not { } options || values.Errors.Count > 0)
        {
            return ServeVerb.PrintErrors([.. values.Errors, .. serve.Errors], ExitCodes.Usage);
        }
        await using var log = plan.Alertmanager is null
            ? LoggingSetup.Create(options.LogLevel, options.LogFormat)
            : LoggingSetup.Create(LogEventLevel.Error, LogFormat.Logfmt);
        return await new RehearsalRun(plan, log).RunAsync(options, ct);
    }

    /// <summary>One run of a rehearsal.</summary>
    private sealed class RehearsalRun(RehearsalPlan plan, Logger log)
    {
        private readonly Scenario _scenario = plan.Scenario.WithoutRecovery;
        private readonly ImmutableDictionary<string, AlertRule> _rules = AlertRule.LoadShipped();

        public async Task<int> RunAsync(ServeOptions options, CancellationToken ct)
        {
            using var transport = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false };
            var alertmanager = plan.Alertmanager is { } url
                ? new AlertmanagerClient(transport, url, TimeProvider.System)
                : null;
            if (alertmanager is not null && await FindProblemAsync(alertmanager, ct) is { } objection)
            {
                return ServeVerb.PrintErrors([objection], ExitCodes.Failed);
            }
            var simulator = SimulationFlags.CreateOptions(_scenario);
            var horizon = plan.Duration > MinHorizon ? plan.Duration.Value : MinHorizon;
            var fired = await Forecast.PredictAsync(_scenario, simulator, plan.Cluster, _rules, horizon);
            var routes = AlertmanagerRouting.LoadShipped();
            var foreseen = Expected(_ => true);
            var duration = plan.Duration ?? GetDefaultDuration(foreseen);
            var expected = Expected(at => at <= duration);

            // Steps after the end are left out.
            var played = _scenario with
            {
                Steps = [.. _scenario.Steps.Where(step => step.At < duration)],
            };
            await using var simulated = Simulation.Start(
                [(played, simulator)],
                IPAddress.Loopback,
                firstPort: 0,
                Say,
                plan.Cluster
            );
            Write(
                RehearsalText.Plan(
                    $"{_scenario.Name}: {_scenario.Description}",
                    plan.Cluster,
                    plan.Alertmanager,
                    played.Describe(),
                    duration,
                    expected,
                    [.. foreseen.Where(alert => alert.FiresAt > duration)],
                    _rules["ExporterAbsent"]
                )
            );
            return alertmanager is null
                ? await ServeAsync(simulated, options, duration, expected, ct)
                : await SendAsync(simulated, alertmanager, duration, expected, ct);

            ImmutableArray<ExpectedAlert> Expected(Func<TimeSpan, bool> within) =>
                ExpectedAlert.FromFirings(
                    fired.Where(alert => within(alert.At)).Select(alert => (alert.Alert.Rule, alert.At)),
                    routes
                );

            void Say(string cluster, ScenarioStep step) => Write($"{Rehearsal.Clock(step.At)}  {step.Description}\n");
        }

        /// <summary>The time until all pages have fired, or else all tickets, or else all steps are done.</summary>
        private TimeSpan GetDefaultDuration(ImmutableArray<ExpectedAlert> foreseen)
        {
            var pages = foreseen
                .Where(alert => alert.Rule.Severity == "page")
                .Select(alert => alert.InhibitedBy is null ? alert.NotifiedAt : alert.FiresAt)
                .ToList();
            var tickets = foreseen.Select(alert => alert.FiresAt);
            return (
                    pages.Count > 0
                        ? pages.Max()
                        : tickets.Concat(_scenario.Steps.Select(step => step.At)).DefaultIfEmpty().Max()
                ) + ExtraDuration;
        }

        private async Task<string?> FindProblemAsync(AlertmanagerClient alertmanager, CancellationToken ct)
        {
            try
            {
                var real = await alertmanager.RealAlertsAsync(plan.Cluster, ct);
                return real.Count == 0 || plan.Force
                    ? null
                    : $"{plan.Cluster} has alerts not from a rehearsal: {string.Join(", ", real)}. Who answers "
                        + $"them needs no second incident; --force rehearses anyway";
            }
            catch (HttpRequestException e)
            {
                return $"nothing was started: {e.Message}; see --alertmanager.url";
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return "stopped; nothing was started";
            }
        }

        private async Task<int> SendAsync(
            Simulation simulated,
            AlertmanagerClient alertmanager,
            TimeSpan duration,
            ImmutableArray<ExpectedAlert> expected,
            CancellationToken ct
        )
        {
            var names = new NameResolver();
            var registry = new ClusterRegistry(new SharedTransports(names).Acquire, TimeProvider.System, log);
            await registry.ApplyAsync(new ExporterConfig { Clusters = simulated.Clusters });
            var rehearsal = CreateRehearsal(registry, alertmanager);
            await rehearsal.RunAsync(_scenario.Name, duration, ct);
            await registry.StopAsync();
            Write(RehearsalText.Summary(rehearsal, expected, sent: true));
            return rehearsal.Delivered ? ExitCodes.Done : ExitCodes.Failed;
        }

        private async Task<int> ServeAsync(
            Simulation simulated,
            ServeOptions options,
            TimeSpan duration,
            ImmutableArray<ExpectedAlert> expected,
            CancellationToken ct
        )
        {
            await using var running = await ServeVerb.StartAsync(
                new ExporterConfig { Clusters = simulated.Clusters },
                options,
                log
            );
            if (running is null)
            {
                return ExitCodes.Failed;
            }
            Write($"metrics      {new Uri(running.Url, options.Server.MetricsPath)}\n\n");
            var rehearsal = CreateRehearsal(running.Registry, null);
            await rehearsal.RunAsync(_scenario.Name, duration, ct);
            Write(RehearsalText.Summary(rehearsal, expected, sent: false));
            if (ct.IsCancellationRequested)
            {
                return ExitCodes.Done;
            }
            simulated.Restore();
            Write("All is restored; served until Ctrl-C so that the alerts end.\n");
            await ServeVerb.WaitForShutdownAsync(ct);
            return ExitCodes.Done;
        }

        private Rehearsal CreateRehearsal(ClusterRegistry registry, AlertmanagerClient? alertmanager) =>
            new(
                () => registry.Clusters.Single().Publication.Analysis,
                new AlertTracker(_rules, plan.Cluster),
                alertmanager,
                line => Write($"{line}\n"),
                TimeProvider.System
            );

        private void Write(string text) => StandardOutput.Write(text, () => ProgramConsole.Out, log);
    }
}
