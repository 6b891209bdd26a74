using System.Collections.Immutable;
using System.Net;

namespace Clustermgr.Configuration;

/// <summary>What to poll, and how. Complete and validated.</summary>
public sealed record ExporterConfig
{
    /// <summary>Poll interval of /stat.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Deadline of one request: connect, headers and body together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Read interval of the task switches; each key is one linearizable read.</summary>
    public TimeSpan TaskInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Read interval of the disks that are not normal.</summary>
    public TimeSpan DiskInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Read interval of the registered and live services.</summary>
    public TimeSpan ServiceInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Read interval of the scheduler's progress of repairs and drops; zero to ask no scheduler.</summary>
    public TimeSpan SchedulerInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Interval of volume scans; zero for none.</summary>
    public TimeSpan VolumeScanInterval { get; init; }

    /// <summary>Number of failed polls in a row after which a member's series are dropped.</summary>
    public int StaleAfter { get; init; } = 3;

    /// <summary>Maximum size of a response body, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 8 << 20;

    public required ImmutableArray<ClusterConfig> Clusters { get; init; }

    /// <summary>Servers that resolve DNS names; empty for those of the system.</summary>
    public ImmutableArray<IPEndPoint> DnsServers { get; init; } = [];

    /// <summary>Absolute paths and path patterns of further files with clusters.</summary>
    public ImmutableArray<string> ClusterFiles { get; init; } = [];

    /// <summary>Null when all clusters are polled here.</summary>
    public ClusterShare? Share { get; init; }

    /// <summary>Links that the status page shows.</summary>
    public PageLinks Links { get; init; } = new();

    /// <summary>The files of all secrets and certificates, each once.</summary>
    public IEnumerable<string> SecretFiles() =>
        Clusters
            .SelectMany(cluster =>
                (string?[])[cluster.Secret?.File, cluster.Tls?.CaFile, cluster.Tls?.CertFile, cluster.Tls?.KeyFile]
            )
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);
}

/// <summary>The part of all clusters that is polled here, when several exporters divide them.</summary>
/// <param name="Shard">Index of this shard, from 0.</param>
/// <param name="Count">Number of shards.</param>
/// <param name="Clusters">Number of clusters over all shards.</param>
public sealed record ClusterShare(int Shard, int Count, int Clusters);

/// <summary>URLs of related programs; null for one that does not exist.</summary>
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

    /// <summary>Includes those of <see cref="Sources"/> once they are resolved.</summary>
    public required ImmutableArray<MemberConfig> Members { get; init; }

    /// <summary>DNS names that stand for further members.</summary>
    public ImmutableArray<MemberSource> Sources { get; init; } = [];

    /// <summary>True when <see cref="Members"/> includes the members of <see cref="Sources"/>.</summary>
    public bool Resolved { get; init; }

    /// <summary>Null when the cluster requires no token.</summary>
    public Secret? Secret { get; init; }

    /// <summary>Null for the system's own trust and no client certificate.</summary>
    public TlsConfig? Tls { get; init; }

    /// <summary>Proxy for requests to members; null for direct connections.</summary>
    public Uri? ProxyUrl { get; init; }

    /// <summary>Schedulers to ask instead of the registered ones; empty to ask the registered ones.</summary>
    public ImmutableArray<Uri> Schedulers { get; init; } = [];

    /// <summary>By switch key: whether the operator wants it enabled.</summary>
    public ImmutableSortedDictionary<string, bool> Tasks { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;

    /// <summary>Labels of the operator, on clustermgr_cluster_info and in /sd.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>One URL given by flag: the other members are unknown by design.</summary>
    public bool Sidecar { get; init; }

    /// <summary>True when every setting is equal: compares arrays and secrets by their contents, which records compare
    /// by reference.</summary>
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
/// <param name="Url">scheme://host:port, with a path when a proxy serves the member below one.</param>
public sealed record MemberConfig(string Name, Uri Url)
{
    /// <inheritdoc cref="MemberUrl.FormatAddress"/>
    public string Address => MemberUrl.FormatAddress(Url);
}

/// <summary>TLS settings as in Prometheus' tls_config; paths of PEM files.</summary>
public sealed record TlsConfig(
    string? CaFile,
    string? CertFile,
    string? KeyFile,
    string? ServerName,
    bool InsecureSkipVerify
)
{
    /// <summary>Digest of the files' contents when they were checked: a renewed certificate keeps its path.</summary>
    public string Digest { get; init; } = "";
}

/// <summary>A secret that no log, error text or debugger shows by accident.</summary>
public sealed class Secret(string value)
{
    /// <summary>The file it was read from; null for an environment variable.</summary>
    public string? File { get; init; }

    public string Reveal() => value;

    public override string ToString() => "(secret)";
}
