using ClustermgrExporter.Clustermgr;
using ClustermgrExporter.Clusters;
using ClustermgrExporter.Config;
using ClustermgrExporter.Polling.History;
using ClustermgrExporter.Timing;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>What asks one cluster, made of its configuration: the same for who polls on and for who asks once.</summary>
/// <param name="requested">Told of every request that has ended; null where nobody counts.</param>
internal sealed class Collectors(TimeProvider time, ILogger log, RequestEnded? requested = null)
{
    private readonly SteadyClock _clock = new(time);

    /// <summary>Of all clusters together.</summary>
    public EventSequence Events { get; } = new();

    /// <summary>That knows nothing yet, or what was known of the same cluster under another configuration.</summary>
    /// <param name="transport">The connections of the cluster; the caller disposes them.</param>
    /// <param name="before">What nobody folds answers into any more.</param>
    public ClusterCollector Of(ClusterConfig cluster, ExporterConfig config, HttpMessageHandler transport, ClusterState? before = null)
    {
        var rules = new SnapshotRules(
            cluster.Sidecar, config.StaleAfter, config.TaskInterval, config.DiskInterval, config.ServiceInterval);
        var start = ClusterSnapshot.Start(
            cluster.Name, cluster.Members.Select(member => (member.Name, $"{member.Url.Host}:{member.Url.Port}")), cluster.Tasks, rules,
            _clock.Now);
        var known = before?.Snapshot.Under(start);
        var changes = new ChangeLog(log, cluster.Name, _clock);
        var history = known is null ? new ClusterHistory(cluster.Name, Events) : before!.History;
        var state = new ClusterState(known ?? start, history, changes.Tell, _clock);
        var clients = cluster.Members.Select(member => Client(member, cluster, config, transport));
        return new ClusterCollector([.. clients], state, changes, _clock, log, requested);
    }

    /// <summary>Asks one member, or somebody whom a member names, with what the cluster is asked with.</summary>
    public ClustermgrClient Client(MemberConfig member, ClusterConfig cluster, ExporterConfig config, HttpMessageHandler transport) => new(
        transport, new ClientOptions(member.Url, cluster.Secret?.Reveal(), config.Timeout, config.MaxBodyBytes), time);

    /// <param name="names">Shared by all transports of the process.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static HttpMessageHandler Transport(ClusterConfig cluster, NameResolver names) =>
        ReadLanes.Create(Tls(cluster), names);

    /// <summary>Null for the system's own trust and no client certificate.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static TlsOptions? Tls(ClusterConfig cluster) => cluster.Tls is { } tls
        ? TlsOptions.Load(tls.CaFile, tls.CertFile, tls.KeyFile, tls.ServerName, tls.InsecureSkipVerify)
        : null;
}
