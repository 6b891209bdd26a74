using System.Net.Sockets;

namespace Clustermgr.Client;

/// <summary>
/// Three connection pools: for /stat, for the switches, and for disks and services, so that none waits for another. The
/// linearizable reads, of ten keys at once, share a few connections: one each would be ten idle ones for every cluster,
/// most of the memory of a thousand clusters. Waiting for a connection counts against the request's deadline, so no
/// more requests run at once than there are connections.
/// </summary>
internal sealed class MemberConnectionPools(
    HttpMessageHandler stat,
    HttpMessageHandler config,
    HttpMessageHandler lists
) : HttpMessageHandler
{
    /// <summary>Connections to one member for each kind of linearizable read. Two, so that one hanging read does not
    /// block the others.</summary>
    public const int LinearizableConnections = 2;

    /// <summary>From this poll interval on, plain HTTP connections are closed between polls.</summary>
    public static readonly TimeSpan MinIntervalToCloseIdle = TimeSpan.FromSeconds(10);

    /// <summary>Long enough for the requests of one round.</summary>
    public static readonly TimeSpan ShortIdleTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Long enough to be reused by the slowest schedule, short enough to follow a name that moves.</summary>
    public static readonly TimeSpan LongIdleTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Disks and services are read once a minute; between two rounds their connections would be a tenth of the
    /// memory of a thousand clusters.</summary>
    private static readonly TimeSpan ListsIdleTimeout = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _stat = new(stat),
        _config = new(config),
        _lists = new(lists);

    /// <param name="tls">Null for the system's own trust and no client certificate.</param>
    /// <param name="names">Shared by all transports of the process.</param>
    /// <param name="proxy">Proxy for requests to members; null for direct connections.</param>
    /// <param name="members">How many members share one server: a proxy that serves them below paths, or through which
    /// they are reached. Each has its own connections there, so that one that hangs does not block the others.</param>
    /// <param name="idle">How long an unused connection is kept; null for <see cref="LongIdleTimeout"/>.</param>
    public static MemberConnectionPools Create(
        TlsOptions? tls,
        NameResolver names,
        Uri? proxy = null,
        int members = 1,
        TimeSpan? idle = null
    )
    {
        var race = new HappyEyeballsConnector();
        var stat = Lane(idle ?? LongIdleTimeout);
        var switches = Lane(idle ?? LongIdleTimeout);
        var lists = Lane(idle ?? ListsIdleTimeout);
        switches.MaxConnectionsPerServer = lists.MaxConnectionsPerServer = LinearizableConnections * members;
        if (lists.PooledConnectionIdleTimeout > ListsIdleTimeout)
        {
            lists.PooledConnectionIdleTimeout = ListsIdleTimeout;
        }
        return new(stat, switches, lists);

        SocketsHttpHandler Lane(TimeSpan kept)
        {
            var lane = ClustermgrTransport.Create(tls, names, race, proxy);
            lane.PooledConnectionIdleTimeout = kept;
            return lane;
        }
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        // Exporters only read. This enforces it at run time too.
        if (request.Method != HttpMethod.Get)
        {
            throw new InvalidOperationException($"members are only asked with GET, never with {request.Method}");
        }
        var path = request.RequestUri!.AbsolutePath;
        // A proxy may serve the member below a path.
        var lane =
            path.EndsWith("/stat", StringComparison.Ordinal) ? _stat
            : path.EndsWith("/config/get", StringComparison.Ordinal) ? _config
            : _lists;
        return SendAsync(lane, request, cancellationToken);
    }

    /// <summary>
    /// An idle connection may be dead without notice: a member restarted, or a firewall dropped its state. After an
    /// orderly close the runtime retries by itself; after a reset the request is retried here, until it runs on a new
    /// connection.
    /// </summary>
    private static async Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker pool,
        HttpRequestMessage request,
        CancellationToken ct
    )
    {
        for (var kept = 1; ; kept++)
        {
            try
            {
                return await pool.SendAsync(request, ct);
            }
            catch (HttpRequestException e)
                when (e.InnerException
                        is IOException
                        {
                            InnerException: SocketException { SocketErrorCode: SocketError.ConnectionReset }
                        }
                    && !ClustermgrTransport.WasConnectedFor(request)
                    && kept <= LinearizableConnections
                )
            {
                // The next idle connection may be dead too; after the last of them a new one is opened.
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stat.Dispose();
            _config.Dispose();
            _lists.Dispose();
        }
        base.Dispose(disposing);
    }
}
