using System.CommandLine;
using System.Text.RegularExpressions;
using Clustermgr.Admin;

namespace ClustermgrExporter.Commands;

/// <summary>
/// completion values: prints the values of a flag that only a configuration or a cluster knows, one per line. The
/// scripts of the shells call it during completion: it prints nothing on an error, and waits at most two seconds for a
/// cluster.
/// </summary>
internal static partial class CompletionValues
{
    private const int MaxValues = 200;

    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(2);

    /// <summary>The flags whose values are looked up: --cluster in the file, --peer in the cluster's list.</summary>
    public static readonly string[] Flags = ["--cluster", "--peer"];

    public static Command Create(VerbContext context)
    {
        var typed = new Argument<string[]>("WORDS") { Arity = ArgumentArity.ZeroOrMore };
        var verb = new Verb(
            "values",
            "What a flag may be, for completion scripts. Example: completion values -- --cluster --config.file=exporter.yaml",
            [typed],
            (parse, ct) =>
                RunAsync(
                    (RootCommand)parse.RootCommandResult.Command,
                    parse.GetValue(typed) ?? [],
                    context.CreateSession(),
                    ct
                )
        ).ToCommand();
        verb.Hidden = true;
        return verb;
    }

    /// <param name="words">The flag, then the line as it is typed so far.</param>
    private static async Task<int> RunAsync(
        RootCommand root,
        string[] words,
        AdminSession session,
        CancellationToken ct
    )
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(LookupTimeout);
        try
        {
            var values =
                words is [var flag, .. var line] && Flags.Contains(flag)
                    ? await ValuesAsync(flag, Source(line), root, session, patience.Token)
                    : [];
            // A shell expands completions, so only words without special characters are printed.
            foreach (var value in values.Where(value => Plain().IsMatch(value)).Take(MaxValues))
            {
                session.Out.WriteLine(value);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or InvalidDataException or HttpRequestException)
        {
            // errors are not shown during completion
        }
        return ExitCodes.Done;
    }

    private static async Task<IEnumerable<string>> ValuesAsync(
        string flag,
        List<string> source,
        RootCommand root,
        AdminSession session,
        CancellationToken ct
    )
    {
        var flags = new ClusterFlags();
        var verb = new RootCommand();
        foreach (var option in flags.All)
        {
            verb.Add(option);
        }
        // The incomplete name must not select a cluster.
        var parse = verb.Parse(
            flag == "--cluster" ? [.. source.Where(word => !word.StartsWith("--cluster="))] : source
        );
        var loaded = flags.Load(parse, session.Environment, session.MachineName);
        if (flag == "--cluster")
        {
            return loaded.Config?.Clusters.Select(cluster => cluster.Name) ?? [];
        }
        loaded = await ClusterFlags.ResolveAsync(loaded, strict: false, ct);
        if (loaded.Config is not { Clusters: [var cluster] } config)
        {
            return [];
        }
        using var view = new ClusterView(cluster, config, session);
        var analysis = await view.RefreshAsync(ct);
        return analysis.Peers.Select(peer => $"{peer.Row.Id}");
    }

    /// <summary>The words that name clusters, each as --flag=value.</summary>
    private static List<string> Source(string[] line)
    {
        var source = new List<string>();
        for (var i = 0; i < line.Length; i++)
        {
            if (!line[i].StartsWith("--c", StringComparison.Ordinal))
            {
                continue;
            }
            if (line[i].Contains('='))
            {
                source.Add(line[i]);
            }
            else if (i + 1 < line.Length)
            {
                source.Add($"{line[i]}={line[i + 1]}");
                i++;
            }
        }
        return source;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._@%+][A-Za-z0-9._:/@%+-]*\z")]
    private static partial Regex Plain();
}
