using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;
using Clustermgr.Admin;
using Clustermgr.Client;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Hosting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>A change that a verb requests.</summary>
/// <param name="Probe">The switch whose linearizable read checks the quorum before anything is sent.</param>
/// <param name="NeedsList">True when the leader's list of peers is needed for the checks.</param>
/// <param name="Plan">Creates the plan from the observed cluster.</param>
internal sealed record RequestedChange(string Probe, bool NeedsList, Func<ObservedCluster, Plan> Plan)
{
    /// <summary>The checks that need no answer from the cluster; null for none.</summary>
    public GuardResult? UnconditionalChecks { get; init; }
}

/// <summary>Creates the verbs about one cluster: resolves the cluster from the command line and runs the verb on
/// it.</summary>
internal static class AdminCommand
{
    private const int MaxNames = 20;

    /// <summary>Creates a verb that only reads.</summary>
    /// <param name="show">Prints the result, as JSON when the flag is true, and returns the exit code.</param>
    public static Command CreateRead(
        VerbContext context,
        string name,
        string description,
        Func<AdminSession, ClusterView, bool, CancellationToken, Task<int>> show
    )
    {
        var flags = new ReadFlags();
        return new Verb(
            name,
            description,
            flags.All,
            (parse, ct) =>
            {
                var session = context.CreateSession();
                var values = new FlagValues(parse, session.Environment);
                var json = flags.Json(values);
                return RunAsync(
                    session,
                    flags.Clusters,
                    parse,
                    values,
                    view => show(session, view, json is true, ct),
                    ct
                );
            }
        ).ToCommand();
    }

    /// <summary>Creates a verb that changes a cluster.</summary>
    /// <param name="verbFlags">Its own argument and flags.</param>
    /// <param name="read">Reads the requested change from these, and adds an error for each invalid value.</param>
    public static Command CreateWrite(
        VerbContext context,
        string name,
        string description,
        ImmutableArray<Symbol> verbFlags,
        Func<ParseResult, FlagValues, RequestedChange> read
    )
    {
        var flags = new WriteFlags();
        return new Verb(
            name,
            description,
            [.. verbFlags, .. flags.All],
            (parse, ct) =>
            {
                var session = context.CreateSession();
                var values = new FlagValues(parse, session.Environment);
                var change = read(parse, values);
                var options = flags.Read(values);
                var json = flags.Json(values);
                return json
                    ? WriteReport.PrintAsync(session, GetPath(parse), options?.DryRun is true, ActAsync)
                    : GetExitCodeAsync(ActAsync(session));

                async Task<WriteResult> ActAsync(AdminSession world)
                {
                    string? cluster = null;
                    AdminOperation? operation = null;
                    var exit = await RunAsync(
                        world,
                        flags.Clusters,
                        parse,
                        values,
                        view =>
                        {
                            cluster = view.Cluster.Name;
                            operation = new AdminOperation(
                                world,
                                options!,
                                change.Probe,
                                change.NeedsList,
                                verb => Call(parse, verb)
                            );
                            return
                                change.UnconditionalChecks is { } judgement
                                && operation.ReportUnconditionalObjections(judgement)
                                ? Task.FromResult(ExitCodes.Refused)
                                : operation.RunAsync(view, change.Plan, ct);
                        },
                        ct
                    );
                    return new(exit, cluster, operation is { WasNoOp: true });
                }
            }
        ).ToCommand();
    }

    private static async Task<int> GetExitCodeAsync(Task<WriteResult> write) => (await write).Exit;

    /// <summary>"task enable".</summary>
    private static string GetPath(ParseResult parse)
    {
        var verb = parse.CommandResult.Command;
        return $"{verb.Parents.OfType<Command>().First().Name} {verb.Name}";
    }

    /// <summary>Calls <paramref name="action"/> with the cluster, or prints why there is none.</summary>
    /// <param name="values">The values, with the errors of the verb's own flags.</param>
    private static async Task<int> RunAsync(
        AdminSession session,
        ClusterFlags flags,
        ParseResult parse,
        FlagValues values,
        Func<ClusterView, Task<int>> action,
        CancellationToken ct
    )
    {
        var loaded = await ClusterFlags.ResolveAsync(
            flags.Load(parse, session.Environment, session.MachineName),
            strict: true,
            ct
        );
        foreach (var warning in loaded.Warnings.Concat(values.Warnings))
        {
            session.Error.WriteLine($"warning: {warning}");
        }
        string[] errors = [.. values.Errors, .. loaded.Errors];
        if (loaded.Config is { Clusters: { Length: > 1 } several })
        {
            errors = [.. errors, $"{several.Length} clusters are configured; choose one: {Names(several)}"];
        }
        if (loaded.Config is not { Clusters: [var cluster] } config || errors.Length > 0)
        {
            return session.Fail(errors);
        }
        try
        {
            using var view = new ClusterView(cluster, config, session);
            return await action(view);
        }
        catch (InvalidDataException e)
        {
            return session.Fail(e.Message);
        }
        catch (OperationCanceledException)
        {
            return session.Fail("stopped before the cluster had answered");
        }
    }

    /// <summary>Returns a command line of this program for the same cluster, quoted for a shell.</summary>
    /// <param name="verb">The verb with its own flags.</param>
    public static string Call(ParseResult parse, string verb)
    {
        var source = parse
            .CommandResult.Children.OfType<OptionResult>()
            .Where(result => !result.Implicit && NamesCluster(result.Option))
            .SelectMany(result =>
                result.Tokens.Count == 0
                    ? [result.Option.Name]
                    : result.Tokens.Select(token => $"{result.Option.Name}={token.Value}")
            );
        return string.Join(' ', ["clustermgr-exporter", verb, .. source.Select(ShellWord)]);
    }

    private static bool NamesCluster(Option option) =>
        option.Name == "--cluster"
        || (
            !option.Hidden
            && (option.Name == "--config.file" || option.Name.StartsWith("--clustermgr.", StringComparison.Ordinal))
        );

    private static string ShellWord(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || "-_=./:,@%+".Contains(c))
            ? word
            : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static string Names(ImmutableArray<ClusterConfig> clusters) =>
        string.Join(", ", clusters.Take(MaxNames).Select(cluster => $"--cluster={cluster.Name}"))
        + (clusters.Length > MaxNames ? $" and {clusters.Length - MaxNames} more" : "");
}

/// <summary>Creates the session of the verbs that act on a cluster from this process' terminal, network and
/// clock.</summary>
internal static class ConsoleSession
{
    public static AdminSession Create()
    {
        LookupThreads.Reserve();
        var names = new NameResolver();
        return new AdminSession(ProgramConsole.Out, ProgramConsole.Error, ProgramConsole.Ask, ProcessEnvironment.Read())
        {
            MachineName = Environment.MachineName,
            CreateReadTransport = cluster => CollectorFactory.CreateTransport(cluster, names),
            CreateWriteTransport = cluster =>
                ClustermgrTransport.Create(CollectorFactory.CreateTlsOptions(cluster), names, proxy: cluster.ProxyUrl),
        };
    }
}
