using System.Collections.Immutable;
using System.CommandLine;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using ClustermgrExporter.Configuration;
using ClustermgrExporter.Discovery;

namespace ClustermgrExporter.Commands;

/// <summary>The flags that select the clusters of a verb: a source, as serve has it, and one of its clusters.</summary>
internal sealed class ClusterFlags
{
    private const int MaxNames = 20;

    private const string NoSource =
        "no cluster is named; give --config.file=exporter.yaml, "
        + "or --clustermgr.url=http://10.0.0.1:9998 for each member of one cluster";

    private readonly SourceFlags _source = new(asksOnce: true);

    private readonly Option<string> _cluster = new("--cluster")
    {
        HelpName = "NAME",
        Description = "Only the cluster of that name; all clusters unless given. Example: --cluster=prod-z0",
    };

    /// <summary>In the order of the help.</summary>
    public ImmutableArray<Option> All => [.. _source.All, _cluster];

    /// <summary>Loads the configuration with the selected clusters only.</summary>
    /// <param name="parse">A result without parse errors.</param>
    /// <param name="environment">Environment variables of the process.</param>
    /// <param name="machineName">Stands for a loopback host in the member label of a single URL.</param>
    public ConfigResult Load(ParseResult parse, IReadOnlyDictionary<string, string> environment, string machineName)
    {
        var values = new FlagValues(parse, environment);
        var source = _source.Read(values, machineName);
        if (source is null && values.Errors.Count == 0)
        {
            values.Errors.Add(NoSource);
        }
        values.Warnings.AddRange(EnvironmentNames.FindUnknown(parse.RootCommandResult.Command, environment));
        var loaded =
            source is null || values.Errors.Count > 0 ? new ConfigResult(null, [], []) : source.Load(environment);
        values.Errors.AddRange(loaded.Errors);
        // A one-time read skips no poll, so the warning about a long timeout does not apply.
        var slow = loaded.Config is { } valid ? RootReader.FindTimeoutWarning(valid) : null;
        values.Warnings.AddRange(
            loaded.Warnings.Where(warning => slow is null || !warning.EndsWith(slow, StringComparison.Ordinal))
        );
        if (loaded.Errors.Length > 0)
        {
            values.Errors.Add($"{source!.Name} is not valid; nothing was asked");
        }
        var chosen = loaded.Config is { } config ? SelectCluster(config, values) : null;
        return new ConfigResult(chosen, [.. values.Errors], [.. values.Warnings]) { AllClusters = loaded.Config };
    }

    /// <summary>Resolves DNS names to members, with a warning for each name without an address.</summary>
    /// <param name="strict">True when a member that also belongs to another cluster is an error, because the cluster
    /// may be written to.</param>
    public static async Task<ConfigResult> ResolveAsync(ConfigResult loaded, bool strict, CancellationToken ct)
    {
        if (loaded.Config is not { } config || config.Clusters.All(cluster => cluster.Sources.IsEmpty))
        {
            return loaded;
        }
        var failures = new List<string>();
        var conflicts = new List<MemberConflict>();
        var lookup = new DnsLookup(ResolverSettings.ReadSystem, new NameResolver().ResolveAsync);
        var whole = await MemberExpansion.ResolveAsync(loaded.AllClusters ?? config, lookup, failures, conflicts, ct);
        var names = config.Clusters.Select(cluster => cluster.Name).ToHashSet(StringComparer.Ordinal);
        var told = conflicts.Where(one => names.Contains(one.Cluster)).Select(one => one.Sentence);
        return loaded with
        {
            Config = config with { Clusters = [.. whole.Clusters.Where(cluster => names.Contains(cluster.Name))] },
            Warnings = [.. loaded.Warnings, .. failures, .. strict ? [] : told],
            Errors = [.. loaded.Errors, .. strict ? told : []],
        };
    }

    private ExporterConfig? SelectCluster(ExporterConfig config, FlagValues values)
    {
        if (values.Text(_cluster) is not { } wanted)
        {
            return config;
        }
        if (config.Clusters.FirstOrDefault(cluster => cluster.Name == wanted.Text) is { } one)
        {
            return config with { Clusters = [one] };
        }
        var names = config.Clusters.Select(cluster => cluster.Name).ToList();
        var nearest = WordSuggestion.Find(wanted.Text, names) is { } meant
            ? $"did you mean {Quoted.From(meant)}? "
            : "";
        var more = names.Count > MaxNames ? $" and {names.Count - MaxNames} more" : "";
        values.Errors.Add(
            $"{wanted.Origin} {Quoted.From(wanted.Text)} is not a configured cluster; "
                + $"{nearest}known: {string.Join(", ", names.Take(MaxNames))}{more}"
        );
        return null;
    }
}
