using Clustermgr.Analysis;
using Clustermgr.Client;
using Clustermgr.Configuration;
using Clustermgr.Timing;

namespace Clustermgr.Collection;

/// <summary>What asks one cluster, made of its configuration: the same for who polls on and for who asks
/// once.</summary>
/// <param name="requested">Null where nobody counts.</param>
public sealed class Collectors(TimeProvider time, RequestEnded? requested = null)
{
    public SteadyClock Clock { get; } = new(time);

    /// <summary>What is known before the first answer: nothing, or what was known of the same cluster under another
    /// configuration.</summary>
    /// <param name="before">Into which nobody folds answers any more; null where the cluster is new.</param>
    /// <param name="same">It is the same cluster, whoever its members are.</param>
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

    /// <summary>What asks the scheduler of a cluster.</summary>
    /// <param name="transport">The connections of the cluster; the caller disposes them.</param>
    /// <param name="state">Which knows who is registered, and gets what it says.</param>
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
    /// <param name="start">Null for one that knows nothing yet.</param>
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

    /// <summary>Asks one member, or somebody whom a member names, with what the cluster is asked with.</summary>
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
    /// <param name="idle">How long a connection is kept that nobody uses; null for long.</param>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public static HttpMessageHandler Transport(ClusterConfig cluster, NameResolver names, TimeSpan? idle = null) =>
        ReadLanes.Create(Tls(cluster), names, cluster.ProxyUrl, AtOneServer(cluster), idle);

    /// <summary>How many members one server stands for.</summary>
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
