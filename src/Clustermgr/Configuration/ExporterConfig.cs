using System.Collections.Immutable;
using System.Net;

namespace Clustermgr.Configuration;

/// <summary>What the program was told to poll, and how. Complete and valid: nothing checks it again.</summary>
public sealed record ExporterConfig
{
    /// <summary>Of /stat of every member.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Per request: connect, headers and body together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Of the task switches, one quorum read a key.</summary>
    public TimeSpan TaskInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of the disks that are not normal.</summary>
    public TimeSpan DiskInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Of the registered and live services.</summary>
    public TimeSpan ServiceInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Of the scheduler's progress of repairs and drops; zero to ask none.</summary>
    public TimeSpan SchedulerInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Of all volumes, by how many units each may still lose; zero for never.</summary>
    public TimeSpan VolumeScanInterval { get; init; }

    /// <summary>Failed polls in a row before a member's series go.</summary>
    public int StaleAfter { get; init; } = 3;

    /// <summary>The largest answer that is read, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 8 << 20;

    public required ImmutableArray<ClusterConfig> Clusters { get; init; }

    /// <summary>That are asked for DNS names; empty for those of the system.</summary>
    public ImmutableArray<IPEndPoint> DnsServers { get; init; } = [];

    /// <summary>Absolute paths, and patterns of paths, of the files from which clusters were read too.</summary>
    public ImmutableArray<string> ClusterFiles { get; init; } = [];

    /// <summary>Null where all clusters are polled here.</summary>
    public ClusterShare? Share { get; init; }

    /// <summary>Where people look next; the status page leads there.</summary>
    public PageLinks Links { get; init; } = new();

    /// <summary>Of all secrets and certificates, each once.</summary>
    public IEnumerable<string> SecretFiles() =>
        Clusters
            .SelectMany(cluster =>
                (string?[])[cluster.Secret?.File, cluster.Tls?.CaFile, cluster.Tls?.CertFile, cluster.Tls?.KeyFile]
            )
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
}

/// <summary>Which part of all clusters is polled here, where several exporters share them out.</summary>
/// <param name="Shard">From 0.</param>
/// <param name="Shards">How many there are.</param>
/// <param name="Clusters">How many clusters all of them poll together.</param>
public sealed record ClusterShare(int Shard, int Shards, int Clusters);

/// <summary>The programs beside this one, as people reach them; null for one that is not there.</summary>
public sealed record PageLinks
{
    public Uri? Grafana { get; init; }
    public Uri? Prometheus { get; init; }
    public Uri? Alertmanager { get; init; }
}

/// <summary>One cluster.</summary>
public sealed record ClusterConfig
{
    public required string Name { get; init; }

    /// <summary>Those of <see cref="Sources"/> too, once these were resolved.</summary>
    public required ImmutableArray<MemberConfig> Members { get; init; }

    /// <summary>DNS names that stand for further members.</summary>
    public ImmutableArray<MemberSource> Sources { get; init; } = [];

    /// <summary>The members of <see cref="Sources"/> are among <see cref="Members"/>.</summary>
    public bool Resolved { get; init; }

    /// <summary>Null where the cluster asks for no token.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Null for the system's own trust and no client certificate.</summary>
    public TlsConfig? Tls { get; init; }

    /// <summary>By which members are asked; null for directly.</summary>
    public Uri? ProxyUrl { get; init; }

    /// <summary>Whom to ask instead of those that are registered; empty for these.</summary>
    public ImmutableArray<Uri> Schedulers { get; init; } = [];

    /// <summary>By switch key: whether the operator wants it enabled.</summary>
    public ImmutableSortedDictionary<string, bool> Tasks { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;

    /// <summary>Of the operator, on clustermgr_cluster_info and in /sd.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>One URL given by flag: the other members are unknown by design.</summary>
    public bool Sidecar { get; init; }

    /// <summary>Equal in every setting: arrays and secrets by their contents, which records compare by reference.
    /// </summary>
    public bool Matches(ClusterConfig other) =>
        Name == other.Name
        && Members.SequenceEqual(other.Members)
        && Secret?.Reveal() == other.Secret?.Reveal()
        && Tls == other.Tls
        && Tasks.SequenceEqual(other.Tasks)
        && Labels.SequenceEqual(other.Labels)
        && ProxyUrl == other.ProxyUrl
        && Schedulers.SequenceEqual(other.Schedulers)
        && Sources.SequenceEqual(other.Sources)
        && Sidecar == other.Sidecar;
}

/// <param name="Name">The member label: host:port as configured, or the name given to it.</param>
/// <param name="Url">scheme://host:port, and the path below which a proxy has the member.</param>
public sealed record MemberConfig(string Name, Uri Url)
{
    /// <inheritdoc cref="MemberUrl.AddressOf"/>
    public string Address => MemberUrl.AddressOf(Url);
}

/// <summary>As Prometheus' tls_config; paths of PEM files.</summary>
public sealed record TlsConfig(
    string? CaFile,
    string? CertFile,
    string? KeyFile,
    string? ServerName,
    bool InsecureSkipVerify
)
{
    /// <summary>Of what the files held when they were checked: a certificate that is renewed keeps its path.</summary>
    public string Digest { get; init; } = "";
}

/// <summary>A secret that no log, error text or debugger shows by accident.</summary>
public sealed class Secret(string value)
{
    /// <summary>Where it was read; null for an environment variable.</summary>
    public string? File { get; init; }

    public string Reveal() => value;

    public override string ToString() => "(secret)";
}
