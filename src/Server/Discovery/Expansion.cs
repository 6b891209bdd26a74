using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Discovery;

/// <summary>Puts the members that DNS names stand for in the names' places.</summary>
internal static class Expansion
{
    /// <param name="known">Empty for a name that was never resolved.</param>
    /// <param name="conflicts">Gets a sentence for each member that is left out, because it is another's: polled for
    /// two clusters its figures would count twice.</param>
    public static ExporterConfig Expand(
        ExporterConfig config,
        Func<MemberSource, ImmutableArray<MemberConfig>> known,
        List<string> conflicts
    )
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var cluster in config.Clusters)
        {
            foreach (var member in cluster.Members)
            {
                taken[member.Address] = cluster.Name;
            }
        }
        return config with
        {
            Clusters =
            [
                .. config.Clusters.Select(cluster =>
                    cluster.Sources.IsEmpty ? cluster : Expand(cluster, known, taken, conflicts)
                ),
            ],
        };
    }

    /// <summary>For who asks once: every name is asked for, all together for at most
    /// <see cref="MemberDiscovery.Patience"/>.</summary>
    /// <param name="warnings">Gets a sentence for each name that did not resolve, too.</param>
    public static async Task<ExporterConfig> ResolveAsync(
        ExporterConfig config,
        DnsLookup lookup,
        List<string> warnings,
        CancellationToken ct
    )
    {
        var sources = config.Clusters.SelectMany(cluster => cluster.Sources).Distinct().ToList();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(MemberDiscovery.Patience);
        var answers = await Task.WhenAll(sources.Select(AnswerAsync));
        var known = sources.Zip(answers).ToDictionary(one => one.First, one => one.Second);
        warnings.AddRange(
            known
                .Where(one => one.Value.Failure.Length > 0)
                .Select(one => $"{one.Key} does not resolve: {one.Value.Failure}")
        );
        return Expand(config, source => known[source].Members, warnings);

        async Task<DnsAnswer> AnswerAsync(MemberSource source)
        {
            try
            {
                return await lookup.ResolveAsync(source, config.DnsServers, patience.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return DnsAnswer.Failed("no DNS server answers in time");
            }
        }
    }

    private static ClusterConfig Expand(
        ClusterConfig cluster,
        Func<MemberSource, ImmutableArray<MemberConfig>> known,
        Dictionary<string, string> taken,
        List<string> conflicts
    )
    {
        var members = cluster.Members.ToBuilder();
        var names = cluster.Members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var source in cluster.Sources)
        {
            var before = conflicts.Count;
            var found = known(source);
            foreach (var member in found)
            {
                var owner = taken.GetValueOrDefault(member.Address, cluster.Name);
                if (owner != cluster.Name)
                {
                    conflicts.Add(
                        $"{source} of {cluster.Name} leads to {member.Name}, which is a member of {owner}: not asked for both"
                    );
                }
                else if (taken.TryAdd(member.Address, cluster.Name) && !names.Add(member.Name))
                {
                    conflicts.Add(
                        $"{source} leads to {member.Name}, which is the name of another member of {cluster.Name}: not asked"
                    );
                }
                else if (!members.Any(other => other.Address == member.Address))
                {
                    members.Add(member);
                }
            }
            if (found.IsEmpty || conflicts.Count - before == found.Length)
            {
                members.Add(source.Unresolved);
            }
        }
        return cluster with { Members = members.ToImmutable(), Sources = [], Tls = Tls(cluster) };
    }

    /// <summary>Members by addresses have the certificate of the name that stands for them.</summary>
    private static TlsConfig? Tls(ClusterConfig cluster)
    {
        var whole = cluster is { Members.IsEmpty: true, Sources: [{ Port: not null } only], ProxyUrl: null };
        if (!whole || cluster.Sources[0].Scheme != Uri.UriSchemeHttps || cluster.Tls is { ServerName: not null })
        {
            return cluster.Tls;
        }
        var name = cluster.Sources[0].Name.TrimEnd('.');
        return (cluster.Tls ?? new TlsConfig(null, null, null, null, false)) with { ServerName = name };
    }
}
