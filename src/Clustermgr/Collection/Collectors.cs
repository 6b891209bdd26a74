using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>Creates the collectors of a cluster from its configuration, for continuous polling and for one-time reads
/// alike.</summary>
/// <param name="requested">Called for each completed request; null for no callback.</param>
public sealed class Collectors(TimeProvider time, RequestEnded? requested = null)
{
    public SteadyClock Clock { get; } = new(time);

    /// <summary>Creates the snapshot before the first answer: empty, or carried over from the same cluster under
    /// another configuration.</summary>
    /// <param name="before">The last snapshot of the cluster, which is no longer updated; null when the cluster is
    /// new.</param>
    /// <param name="same">True when it is the same cluster even if its members changed.</param>
    /// <param name="continues">Whether anything of <paramref name="before"/> is kept.</param>
    public ClusterSnapshot Start(
        ClusterConfig cluster,
        ExporterConfig config,
        ClusterSnapshot? before,
        out bool continues,
        bool same = false
    )
    {
        var rules = new SnapshotRules(
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
        var start = ClusterSnapshot.Start(
            cluster.Name,
            cluster.Members.Select(member => (member.Name, member.Address)),
            cluster.Tasks,
            rules,
            Clock.Now
        );
        var known = before?.Under(start, same);
        continues = known is not null;
        return known ?? start;
    }

    /// <summary>Creates the collector of a cluster's scheduler.</summary>
    /// <param name="transport">The connections of the cluster; the caller disposes them.</param>
    /// <param name="state">Provides the registered schedulers and receives the answers.</param>
    public SchedulerCollector SchedulerOf(
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
            requested
        );

    /// <param name="transport">The connections of the cluster; the caller disposes them.</param>
    /// <param name="start">The initial snapshot; null for an empty one.</param>
    public ClusterCollector Of(
        ClusterConfig cluster,
        ExporterConfig config,
        HttpMessageHandler transport,
        ClusterSnapshot? start = null,
        Judged? judged = null
    )
    {
        var state = new ClusterState(start ?? Start(cluster, config, null, out _), Clock, judged);
        var clients = cluster.Members.Select(member => Client(member, cluster, config, transport));
        return new ClusterCollector([.. clients], state, Clock, requested);
    }

    /// <summary>Creates the client of a member, or of a leader that a member names, with the secret and the
    /// certificates of the cluster.</summary>
    public ClustermgrClient Client(
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
    public static HttpMessageHandler Transport(ClusterConfig cluster, NameResolver names, TimeSpan? idle = null) =>
        ReadLanes.Create(Tls(cluster), names, cluster.ProxyUrl, AtOneServer(cluster), idle);

    /// <summary>Maximum number of members that share one server.</summary>
    internal static int AtOneServer(ClusterConfig cluster) =>
        cluster.ProxyUrl is null
            ? cluster.Members.GroupBy(member => member.Url.Authority).Max(server => server.Count())
            : cluster.Members.Length;

    /// <summary>Null for the system's own trust and no client certificate.</summary>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static TlsOptions? Tls(ClusterConfig cluster) => Tls(cluster.Tls);

    /// <inheritdoc cref="Tls(ClusterConfig)"/>
    public static TlsOptions? Tls(TlsConfig? tls) =>
        tls is null
            ? null
            : TlsOptions.Load(tls.CaFile, tls.CertFile, tls.KeyFile, tls.ServerName, tls.InsecureSkipVerify);
}
