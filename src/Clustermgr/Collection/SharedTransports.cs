using Clustermgr.Client;
using Clustermgr.Configuration;

namespace Clustermgr.Collection;

/// <summary>
/// The connections to all clusters that a process polls. Clusters that are asked alike share one set, since a set of
/// its own costs a cluster three handlers, each with a timer that looks for idle connections; each member has
/// connections of its own in it, so that none waits for another.
/// </summary>
/// <param name="names">Of all members.</param>
public sealed class SharedTransports(NameResolver names)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Kind, Shared> _shared = [];

    /// <summary>How many sets of connections there are for clusters that share.</summary>
    public int Sets
    {
        get
        {
            lock (_gate)
            {
                return _shared.Count;
            }
        }
    }

    /// <returns>What asks this cluster; the last of those that share a set disposes it.</returns>
    /// <exception cref="InvalidDataException">A certificate cannot be read.</exception>
    public HttpMessageHandler Of(ClusterConfig cluster, ExporterConfig config)
    {
        var idle = Idle(cluster, config);
        if (!MayShare(cluster))
        {
            return Collectors.Transport(cluster, names, idle);
        }
        lock (_gate)
        {
            var kind = new Kind(cluster.Tls, idle);
            if (!_shared.TryGetValue(kind, out var shared))
            {
                _shared.Add(kind, shared = new Shared(Collectors.Transport(cluster, names, idle)));
            }
            shared.Users++;
            return new Lease(this, kind, shared);
        }
    }

    /// <summary>
    /// Between two polls of a long interval a plain connection costs more memory, two buffers and a socket for each
    /// member, than a new one costs time. With TLS a new one is a handshake, at both ends.
    /// </summary>
    private static TimeSpan Idle(ClusterConfig cluster, ExporterConfig config) =>
        config.PollInterval >= ReadLanes.WorthClosing
        && cluster.Members.All(member => member.Url.Scheme == Uri.UriSchemeHttp)
            ? ReadLanes.IdleBriefly
            : ReadLanes.IdleLong;

    /// <summary>Behind a proxy, at one server for several members, and below a path others may be too: there a cluster
    /// has connections that are counted for it alone.</summary>
    private static bool MayShare(ClusterConfig cluster) =>
        cluster.ProxyUrl is null
        && Collectors.AtOneServer(cluster) == 1
        && cluster.Members.Select(member => member.Url).Concat(cluster.Schedulers).All(url => url.AbsolutePath == "/");

    private void Release(Kind kind, Shared shared)
    {
        lock (_gate)
        {
            if (--shared.Users > 0)
            {
                return;
            }
            _shared.Remove(kind);
        }
        shared.Lanes.Dispose();
    }

    private sealed record Kind(TlsConfig? Tls, TimeSpan Idle);

    private sealed class Shared(HttpMessageHandler lanes)
    {
        public HttpMessageInvoker Lanes { get; } = new(lanes);

        public int Users { get; set; }
    }

    private sealed class Lease(SharedTransports all, Kind kind, Shared shared) : HttpMessageHandler
    {
        private int _released;

        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => shared.Lanes.SendAsync(request, cancellationToken);

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
