using Clustermgr.Client;
using Clustermgr.Configuration;

namespace Clustermgr.Collection;

/// <summary>
/// The connections to all clusters that a process polls. Clusters with the same settings share one set, since a
/// separate set costs three handlers per cluster, each with a timer that looks for idle connections. Each member has
/// its own connections in a set, so that none waits for another.
/// </summary>
/// <param name="names">Resolves the names of all members.</param>
public sealed class SharedTransports(NameResolver names)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<PoolKey, SharedPool> _shared = [];

    /// <summary>Number of sets of connections that clusters share.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _shared.Count;
            }
        }
    }

    /// <returns>A handler for this cluster; the last user of a shared set disposes it.</returns>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public HttpMessageHandler Acquire(ClusterConfig cluster, ExporterConfig config)
    {
        var idle = GetIdleTimeout(cluster, config);
        if (!MayShare(cluster))
        {
            return CollectorFactory.CreateTransport(cluster, names, idle);
        }
        lock (_gate)
        {
            var kind = new PoolKey(cluster.Tls, idle);
            if (!_shared.TryGetValue(kind, out var shared))
            {
                _shared.Add(kind, shared = new SharedPool(CollectorFactory.CreateTransport(cluster, names, idle)));
            }
            shared.Users++;
            return new Lease(this, kind, shared);
        }
    }

    /// <summary>
    /// With a long poll interval, keeping a plain connection costs more memory (two buffers and a socket for each
    /// member) than a new one costs time. With TLS a new one costs a handshake at both ends, so it is kept.
    /// </summary>
    private static TimeSpan GetIdleTimeout(ClusterConfig cluster, ExporterConfig config) =>
        config.PollInterval >= MemberConnectionPools.MinIntervalToCloseIdle
        && cluster.Members.All(member => member.Url.Scheme == Uri.UriSchemeHttp)
            ? MemberConnectionPools.ShortIdleTimeout
            : MemberConnectionPools.LongIdleTimeout;

    /// <summary>False behind a proxy, with several members at one server, and below a path: other clusters may use the
    /// same server there, so the cluster needs connections that are counted for it alone.</summary>
    private static bool MayShare(ClusterConfig cluster) =>
        cluster.ProxyUrl is null
        && CollectorFactory.GetMaxMembersPerServer(cluster) == 1
        && cluster.Members.Select(member => member.Url).Concat(cluster.Schedulers).All(url => url.AbsolutePath == "/");

    private void Release(PoolKey kind, SharedPool shared)
    {
        lock (_gate)
        {
            if (--shared.Users > 0)
            {
                return;
            }
            _shared.Remove(kind);
        }
        shared.Pools.Dispose();
    }

    private sealed record PoolKey(TlsConfig? Tls, TimeSpan Idle);

    private sealed class SharedPool(HttpMessageHandler pools)
    {
        public HttpMessageInvoker Pools { get; } = new(pools);

        public int Users { get; set; }
    }

    private sealed class Lease(SharedTransports all, PoolKey kind, SharedPool shared) : HttpMessageHandler
    {
        private int _released;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => shared.Pools.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing && Interlocked.Exchange(ref _released, 1) == 0)
            {
                all.Release(kind, shared);
            }
            base.Dispose(disposing);
        }
    }
}
