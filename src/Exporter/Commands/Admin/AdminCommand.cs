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

/// <summary>From a command line to the one cluster that it means.</summary>
internal static class AdminCommand
{
    private const int MostNames = 20;

    /// <summary>Calls <paramref name="act"/> with the cluster, or says why there is none.</summary>
    /// <param name="values">With the errors of the verb's own flags.</param>
    public static async Task<int> RunAsync(
        AdminSession session,
        ClusterFlags flags,
        ParseResult parse,
        FlagValues values,
        Func<ClusterView, Task<int>> act
    )
    {
        var loaded = flags.Load(parse, session.Environment, session.MachineName);
        foreach (var warning in loaded.Warnings.Concat(values.Warnings))
        {
            session.Error.WriteLine($"warning: {warning}");
        }
        string[] errors = [.. values.Errors, .. loaded.Errors];
        if (loaded.Config is { Clusters: { Length: > 1 } several })
        {
            errors =
            [
                .. errors,
                $"{several.Length} clusters are configured; name the one that is meant: {Names(several)}",
            ];
        }
        if (loaded.Config is not { Clusters: [var cluster] } config || errors.Length > 0)
        {
            return session.CannotTell(errors);
        }
        try
        {
            using var view = new ClusterView(cluster, config, session);
            return await act(view);
        }
        catch (InvalidDataException e)
        {
            return session.CannotTell(e.Message);
        }
        catch (OperationCanceledException)
        {
            return session.CannotTell("stopped before the cluster had answered");
        }
    }

    /// <summary>A call of this program for the same cluster, to be pasted into a shell.</summary>
    /// <param name="verb">With its own flags.</param>
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
        string.Join(", ", clusters.Take(MostNames).Select(cluster => $"--cluster={cluster.Name}"))
        + (clusters.Length > MostNames ? $" and {clusters.Length - MostNames} more" : "");
}

/// <summary>The world of the verbs that act on a cluster: this process' terminal, network and clock.</summary>
internal static class ConsoleSession
{
    public static AdminSession OfConsole()
    {
        RunningExporter.SetThreads();
        var names = new NameResolver();
        return new AdminSession(ProgramConsole.Out, ProgramConsole.Error, ProgramConsole.Ask, ProcessEnvironment.Read())
        {
            MachineName = Environment.MachineName,
            Reads = cluster => Collectors.Transport(cluster, names),
            Writes = cluster => ClustermgrTransport.Create(Collectors.Tls(cluster), names),
        };
    }
}
