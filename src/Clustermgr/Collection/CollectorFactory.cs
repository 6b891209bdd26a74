using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Creates the collectors of a cluster from its configuration, for continuous polling and for one-time reads
/// alike.</summary>
/// <param name="requestObserver">Called for each completed request; null for no callback.</param>
public sealed class CollectorFactory(TimeProvider time, RequestObserver? requestObserver = null)
{
    public SteadyClock Clock { get; } = new(time);

    /// <summary>Creates the snapshot before the first answer: empty, or carried over from the same cluster under
    /// another configuration.</summary>
    /// <param name="before">The last snapshot of the cluster, which is no longer updated; null when the cluster is
    /// new.</param>
    /// <param name="isSameCluster">True when it is the same cluster even if its members changed.</param>
    /// <param name="continues">Whether anything of <paramref name="before"/> is kept.</param>
    public ClusterSnapshot CreateSnapshot(
        ClusterConfig cluster,
        ExporterConfig config,
        ClusterSnapshot? before,
        out bool continues,
        bool isSameCluster = false
    )
    {
        var rules = new AnalysisSettings(
            cluster.Sidecar,
            config.StaleAfter,
            config.TaskInterval,
            config.DiskInterval,
            config.ServiceInterval
        )
        {
            Labels = cluster.Labels,
            SchedulerInterval = config.SchedulerInterval,
            VolumeScanInterval = config.VolumeScanInterval,
        };
        var start = ClusterSnapshot.CreateInitial(
            cluster.Name,
            cluster.Members.Select(member => (member.Name, member.Address)),
            cluster.Tasks,
            rules,
            Clock.Now
        );
        var known = before?.CarryOverTo(start, isSameCluster);
        continues = known is not null;
        return known ?? start;
    }

    /// <summary>Creates the collector of a cluster's scheduler.</summary>
    /// <param name="transport">The connections of the cluster; the caller disposes them.</param>
    /// <param name="state">Provides the registered schedulers and receives the answers.</param>
    public SchedulerCollector CreateSchedulerCollector(
        ClusterConfig cluster,
        ExporterConfig config,
        HttpMessageHandler transport,
        ClusterState state
    ) =>
        new(
            cluster,
            config,
            host => new SchedulerClient(transport, host, config.Timeout, config.MaxBodyBytes, time),
            state,
            Clock,
            requestObserver
        );

    /// <param name="transport">The connections of the cluster; the caller disposes them.</param>
    /// <param name="initial">The initial snapshot; null for an empty one.</param>
    public ClusterCollector CreateCollector(
        ClusterConfig cluster,
        ExporterConfig config,
        HttpMessageHandler transport,
        ClusterSnapshot? initial = null,
        AnalysisObserver? analysisObserver = null
    )
    {
        var state = new ClusterState(initial ?? CreateSnapshot(cluster, config, null, out _), Clock, analysisObserver);
        var clients = cluster.Members.Select(member => CreateClient(member, cluster, config, transport));
        return new ClusterCollector([.. clients], state, Clock, requestObserver);
    }

    /// <summary>Creates the client of a member, or of a leader that a member names, with the secret and the
    /// certificates of the cluster.</summary>
    public ClustermgrClient CreateClient(
        MemberConfig member,
        ClusterConfig cluster,
        ExporterConfig config,
        HttpMessageHandler transport
    ) =>
        new(
            transport,
            new ClientOptions(member.Url, cluster.Secret?.Reveal(), config.Timeout, config.MaxBodyBytes),
            time
        );

    /// <param name="names">Shared by all transports of the process.</param>
    /// <param name="idle">How long an unused connection is kept; null for the default.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static HttpMessageHandler CreateTransport(
        ClusterConfig cluster,
        NameResolver names,
        TimeSpan? idle = null
    ) =>
        MemberConnectionPools.Create(
            CreateTlsOptions(cluster),
            names,
            cluster.ProxyUrl,
            GetMaxMembersPerServer(cluster),
            idle
        );

    /// <summary>Maximum number of members that share one server.</summary>
    internal static int GetMaxMembersPerServer(ClusterConfig cluster) =>
        cluster.ProxyUrl is null
            ? cluster.Members.GroupBy(member => member.Url.Authority).Max(server => server.Count())
            : cluster.Members.Length;

    /// <summary>Null for the system's own trust and no client certificate.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static TlsOptions? CreateTlsOptions(ClusterConfig cluster) => CreateTlsOptions(cluster.Tls);

    /// <inheritdoc cref="CreateTlsOptions(ClusterConfig)"/>
    public static TlsOptions? CreateTlsOptions(TlsConfig? tls) =>
        tls is null
            ? null
            : TlsOptions.Load(tls.CaFile, tls.CertFile, tls.KeyFile, tls.ServerName, tls.InsecureSkipVerify);
}
