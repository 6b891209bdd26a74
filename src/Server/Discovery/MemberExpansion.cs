using System.Collections.Immutable;
using Clustermgr.Configuration;

namespace ClustermgrExporter.Discovery;

/// <summary>The known members behind a DNS name.</summary>
/// <param name="Fresh">Whether they are from the last lookup. False if that failed, and they are from an older
/// one.</param>
internal readonly record struct KnownMembers(ImmutableArray<MemberConfig> Members, bool Fresh);

/// <summary>A member that is left out, and why.</summary>
internal sealed record MemberConflict(string Cluster, string Sentence);

/// <summary>Replaces DNS names with the members that they resolve to.</summary>
internal static class MemberExpansion
{
    /// <param name="known">The members of a name; none if it was never resolved.</param>
    /// <param name="conflicts">Receives a sentence for each member that is left out because it belongs to another
    /// cluster: polled for both, its figures would count twice.</param>
    public static ExporterConfig Expand(
        ExporterConfig config,
        Func<MemberSource, KnownMembers> known,
        List<MemberConflict> conflicts
    )
    {
        // An address belongs first to the cluster that lists its URL, then to one with a current DNS answer for it,
        // then to one with an outdated answer: the address of a deleted pod may belong to another cluster by now.
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var cluster in config.Clusters)
        {
            foreach (var member in cluster.Members)
            {
                owners[member.Address] = cluster.Name;
            }
        }
        foreach (var fresh in (bool[])[true, false])
        {
            foreach (var cluster in config.Clusters)
            {
                foreach (var found in cluster.Sources.Select(known).Where(found => found.Fresh == fresh))
                {
                    foreach (var member in found.Members)
                    {
                        owners.TryAdd(member.Address, cluster.Name);
                    }
                }
            }
        }
        return config with
        {
            Clusters =
            [
                .. config.Clusters.Select(cluster =>
                    cluster.Sources.IsEmpty ? cluster : Expand(cluster, known, owners, conflicts)
                ),
            ],
        };
    }

    /// <summary>Resolves all names once, within <see cref="MemberDiscovery.ResolveTimeout"/> in total.</summary>
    /// <param name="failures">Receives a sentence for each name that did not resolve.</param>
    public static async Task<ExporterConfig> ResolveAsync(
        ExporterConfig config,
        DnsLookup lookup,
        List<string> failures,
        List<MemberConflict> conflicts,
        CancellationToken ct
    )
    {
        var sources = config.Clusters.SelectMany(cluster => cluster.Sources).Distinct().ToList();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(MemberDiscovery.ResolveTimeout);
        var answers = await Task.WhenAll(sources.Select(AnswerAsync));
        var known = sources.Zip(answers).ToDictionary(one => one.First, one => one.Second);
        failures.AddRange(
            known
                .Where(one => one.Value.Failure.Length > 0)
                .Select(one => $"{one.Key} does not resolve: {one.Value.Failure}")
        );
        return Expand(config, source => new(known[source].Members, Fresh: true), conflicts);

        async Task<DnsAnswer> AnswerAsync(MemberSource source)
        {
            try
            {
                return await lookup.ResolveAsync(source, config.DnsServers, null, patience.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                return DnsAnswer.FromFailure("no DNS server answers in time");
            }
        }
    }

    private static ClusterConfig Expand(
        ClusterConfig cluster,
        Func<MemberSource, KnownMembers> known,
        Dictionary<string, string> owners,
        List<MemberConflict> conflicts
    )
    {
        var members = cluster.Members.ToBuilder();
        foreach (var source in cluster.Sources)
        {
            var stands = false;
            foreach (var member in known(source).Members)
            {
                var owner = owners.GetValueOrDefault(member.Address, cluster.Name);
                if (owner != cluster.Name)
                {
                    conflicts.Add(
                        new(
                            cluster.Name,
                            $"{source} of {cluster.Name} leads to {member.Name}, which is a member of {owner}: not asked "
                                + "for both"
                        )
                    );
                    continue;
                }
                stands = true;
                if (members.All(other => other.Address != member.Address))
                {
                    members.Add(member with { Name = FreeName(member.Name, member.Address, members) });
                }
            }
            if (!stands)
            {
                var down = source.Placeholder;
                members.Add(down with { Name = FreeName(down.Name, $"{source}", members) });
            }
        }
        return cluster with { Members = members.ToImmutable(), Resolved = true, Tls = Tls(cluster) };
    }

    /// <summary>Makes the name unique: two members of one name would share their series.</summary>
    private static string FreeName(string name, string other, IEnumerable<MemberConfig> members)
    {
        var taken = members.Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        var free = taken.Contains(name) ? other : name;
        for (var i = 2; taken.Contains(free); i++)
        {
            free = $"{other} ({i})";
        }
        return free;
    }

    /// <summary>Members found by address present the certificate of the DNS name.</summary>
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
