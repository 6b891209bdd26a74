using System.Net.Sockets;

namespace Clustermgr.Client;

/// <summary>
/// Three sets of connections to members: for /stat, for the switches, and for disks and services, so
/// that none waits for another. The linearizable reads, ten keys at once, share a few: a connection each would be ten
/// idle ones for every cluster, and for a thousand clusters most of the memory. Who waits for a connection does so
/// within its own deadline, so no more is asked at once than there are connections.
/// </summary>
internal sealed class ReadLanes(HttpMessageHandler stat, HttpMessageHandler config, HttpMessageHandler lists)
    : HttpMessageHandler
{
    /// <summary>Of each kind of linearizable read to one member. Two, so that one read that hangs holds back no other.
    /// </summary>
    public const int LinearizableConnections = 2;

    /// <summary>From this interval of polls on, plain connections are not kept from one to the next.</summary>
    public static readonly TimeSpan WorthClosing = TimeSpan.FromSeconds(10);

    /// <summary>Long enough for the requests of one round.</summary>
    public static readonly TimeSpan IdleBriefly = TimeSpan.FromSeconds(2);

    /// <summary>Long enough to be reused by the slowest schedule, short enough to follow a name that moves.</summary>
    public static readonly TimeSpan IdleLong = TimeSpan.FromMinutes(2);

    /// <summary>Disks and services are read in one go a minute: between two of them their connections are not worth
    /// their memory, which for a thousand clusters is a tenth of all.</summary>
    private static readonly TimeSpan s_listsIdle = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker _stat = new(stat),
        _config = new(config),
        _lists = new(lists);

    /// <param name="tls">Null for the system's own trust and no client certificate.</param>
    /// <param name="names">Shared by all transports of the process.</param>
    /// <param name="proxy">By which members are asked; null for directly.</param>
    /// <param name="members">How many of them one server stands for: a proxy that has them below its paths, or by which
    /// they are asked. Each has connections of its own there, so that one that hangs holds up no other.</param>
    /// <param name="idle">How long a connection is kept that nobody uses; null for <see cref="IdleLong"/>.</param>
    public static ReadLanes Create(
        TlsOptions? tls,
        NameResolver names,
        Uri? proxy = null,
        int members = 1,
        TimeSpan? idle = null
    )
    {
        var race = new AddressRace();
        var (stat, switches, lists) = (Lane(idle ?? IdleLong), Lane(idle ?? IdleLong), Lane(idle ?? s_listsIdle));
        switches.MaxConnectionsPerServer = lists.MaxConnectionsPerServer = LinearizableConnections * members;
        if (lists.PooledConnectionIdleTimeout > s_listsIdle)
        {
            lists.PooledConnectionIdleTimeout = s_listsIdle;
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
        // Exporters read. A test of the source says that nothing here writes; this holds it when it runs, too.
        if (request.Method != HttpMethod.Get)
        {
            throw new InvalidOperationException($"members are only asked with GET, never with {request.Method}");
        }
        var path = request.RequestUri!.AbsolutePath;
        // A proxy may have the member below a path.
        var lane =
            path.EndsWith("/stat", StringComparison.Ordinal) ? _stat
            : path.EndsWith("/config/get", StringComparison.Ordinal) ? _config
            : _lists;
        return SendAsync(lane, request, cancellationToken);
    }

    /// <summary>
    /// A connection that was kept may be dead without a sign: a member restarted, or a firewall forgot it. What ends it
    /// by its end the runtime asks again by itself; what ends it by a reset is asked again here, until the answer comes
    /// from a new connection.
    /// </summary>
    private static async Task<HttpResponseMessage> SendAsync(
        HttpMessageInvoker lane,
        HttpRequestMessage request,
        CancellationToken ct
    )
    {
        for (var kept = 1; ; kept++)
        {
            try
            {
                return await lane.SendAsync(request, ct);
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
                // The next that is kept may be dead too, and after the last of them comes a new one.
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
