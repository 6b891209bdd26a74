using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Clustermgr.Configuration;
using Clustermgr.Formatting;
using DnsClient;
using DnsClient.Protocol;

namespace ClustermgrExporter.Discovery;

/// <summary>The DNS answer for one source.</summary>
/// <param name="Members">Sorted by address, whatever order the server sent; empty after a failure.</param>
/// <param name="Ttl">Shortest TTL of all records.</param>
/// <param name="Failure">Empty if there is an answer. A missing answer never means "no members".</param>
internal sealed record DnsAnswer(ImmutableArray<MemberConfig> Members, TimeSpan Ttl, string Failure = "")
{
    /// <summary>The fully qualified name that was resolved. Later lookups use this name only, and never try another
    /// search domain.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether the name does not exist, or has no records of the requested kind.</summary>
    public bool IsNameNotFound { get; init; }

    public static DnsAnswer FromFailure(string why) => new([], TimeSpan.Zero, why);
}

/// <summary>Resolves a source to its members by DNS.</summary>
/// <param name="settings">Reads the system's resolver settings; called before each lookup.</param>
/// <param name="system">The system's own resolver, which also reads /etc/hosts; used for names that DNS does not
/// know.</param>
internal sealed class DnsLookup(
    Func<ResolverSettings> settings,
    Func<string, CancellationToken, Task<IPAddress[]>> system
)
{
    /// <summary>Limit of members per source; a raft cluster has few.</summary>
    public const int MaxMembers = 64;

    /// <summary>Marks an answer of the system's resolver instead of a DNS server.</summary>
    private const string Hosts = "/etc/hosts";

    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private (ImmutableArray<IPEndPoint> Servers, LookupClient Client)? _client;

    /// <summary>Throws only if <paramref name="ct"/> is cancelled.</summary>
    /// <param name="servers">DNS servers to use instead of the system's; empty for the system's.</param>
    /// <param name="known">The <see cref="DnsAnswer.Name"/> of the last answer; null before the first.</param>
    public async Task<DnsAnswer> ResolveAsync(
        MemberSource source,
        ImmutableArray<IPEndPoint> servers,
        string? known,
        CancellationToken ct
    )
    {
        try
        {
            var resolver = settings();
            var nobody = DnsAnswer.FromFailure("no name is tried");
            var client = GetClient(servers.IsEmpty ? resolver.Servers : servers);
            foreach (var name in known is null ? resolver.Candidates(source.Name) : [known])
            {
                if (name == Hosts)
                {
                    break;
                }
                var answer = source.Port is { } port
                    ? await AddressesAsync(client, name, source, port, ct)
                    : await ServicesAsync(client, name, source, ct);
                if (!answer.IsNameNotFound)
                {
                    return answer with { Name = name };
                }
                nobody = answer;
            }
            // If servers are configured, no other resolver is used.
            return source.Port is { } fixedPort && servers.IsEmpty && known is null or Hosts
                ? await ResolveBySystemAsync(source, fixedPort, ct) ?? nobody
                : nobody;
        }
        catch (Exception e)
        {
            ct.ThrowIfCancellationRequested(); // the library reports a cancellation as a timeout
            // A malformed answer may throw anything. The other search domains are not tried then: the name could belong
            // to another cluster there.
            return DnsAnswer.FromFailure(Describe(e));
        }
    }

    private static async Task<DnsAnswer> AddressesAsync(
        LookupClient client,
        string name,
        MemberSource source,
        int port,
        CancellationToken ct
    )
    {
        var queries = await Task.WhenAll(
            client.QueryAsync(name, QueryType.A, cancellationToken: ct),
            client.QueryAsync(name, QueryType.AAAA, cancellationToken: ct)
        );
        ThrowIfServerFailed(queries[0]);
        // Old servers do not support AAAA; their error says nothing about the A records.
        if (
            queries[1].Header.ResponseCode
            is not (DnsHeaderResponseCode.NotImplemented or DnsHeaderResponseCode.Refused)
        )
        {
            ThrowIfServerFailed(queries[1]);
        }
        var addresses = queries
            .SelectMany(query => query.Answers.AddressRecords())
            .Select(record => record.Address.IsIPv4MappedToIPv6 ? record.Address.MapToIPv4() : record.Address)
            .Distinct()
            .OrderBy(address => address.AddressFamily)
            .ThenBy(address => address, AddressComparer.Instance);
        return CreateAnswer(name, source, addresses.Select(address => ($"{address}", port)), queries);
    }

    private static async Task<DnsAnswer> ServicesAsync(
        LookupClient client,
        string name,
        MemberSource source,
        CancellationToken ct
    )
    {
        var query = await client.QueryAsync(name, QueryType.SRV, cancellationToken: ct);
        ThrowIfServerFailed(query);
        var services = query
            .Answers.SrvRecords()
            .Select(record => (Host: record.Target.Value.TrimEnd('.'), Port: (int)record.Port))
            .Where(service => service.Host.Length > 0) // a target "." says: not here (RFC 2782)
            .Distinct()
            .OrderBy(service => service.Host, StringComparer.Ordinal)
            .ThenBy(service => service.Port);
        return CreateAnswer(name, source, services, [query]);
    }

    private static DnsAnswer CreateAnswer(
        string name,
        MemberSource source,
        IEnumerable<(string Host, int Port)> found,
        IDnsQueryResponse[] queries
    )
    {
        var hosts = found.ToList();
        if (hosts.Count == 0)
        {
            var kind = source.Port is null ? "SRV records" : "addresses";
            return DnsAnswer.FromFailure(
                $"{Printable(name)} has no {kind} ({DescribeResponseCode(queries[0].Header.ResponseCode)})"
            ) with
            {
                IsNameNotFound = true,
            };
        }
        var ttl = queries.SelectMany(query => query.Answers).Min(record => record.InitialTimeToLive);
        return CreateMembers(name, source, hosts, TimeSpan.FromSeconds(Math.Max(0, ttl)));
    }

    private static DnsAnswer CreateMembers(
        string name,
        MemberSource source,
        IEnumerable<(string Host, int Port)> found,
        TimeSpan ttl
    )
    {
        var hosts = found.Take(MaxMembers + 1).ToList();
        if (hosts.Count > MaxMembers)
        {
            return DnsAnswer.FromFailure($"{Printable(name)} stands for more than {MaxMembers} members");
        }
        var members = hosts.Select(host => source.CreateMember(host.Host, host.Port)).ToList();
        if (members.IndexOf(null) is var odd and >= 0)
        {
            return DnsAnswer.FromFailure(
                $"{Printable(name)} leads to {Quoted.From($"{hosts[odd].Host}:{hosts[odd].Port}")}, which is not a member's address"
            );
        }
        return new([.. members.Select(member => member!)], ttl);
    }

    /// <summary>Returns null if it does not know the name either.</summary>
    private async Task<DnsAnswer?> ResolveBySystemAsync(MemberSource source, int port, CancellationToken ct)
    {
        try
        {
            var addresses = (await system(source.Name, ct))
                .Distinct()
                .OrderBy(address => address, AddressComparer.Instance);
            return CreateMembers(
                source.Name,
                source,
                addresses.Select(address => ($"{address}", port)),
                TimeSpan.Zero
            ) with
            {
                Name = Hosts,
            };
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <exception cref="DnsResponseException">The server failed: it sent neither records nor a statement that there are
    /// none.</exception>
    private static void ThrowIfServerFailed(IDnsQueryResponse query)
    {
        if (query.Header.ResponseCode is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain))
        {
            throw new DnsResponseException((DnsResponseCode)query.Header.ResponseCode);
        }
    }

    private static string Describe(Exception e) =>
        e switch
        {
            DnsResponseException { Code: DnsResponseCode.ConnectionTimeout } => "no DNS server answers in time",
            DnsResponseException { InnerException: SocketException socket } =>
                $"no DNS server answers: {socket.Message}",
            DnsResponseException failed => $"the DNS server fails: {failed.Code}",
            SocketException socket => $"no DNS server answers: {socket.Message}",
            OperationCanceledException => "no DNS server answers in time",
            _ => $"the DNS server's answer cannot be read: {e.GetType().Name}",
        };

    private static string DescribeResponseCode(DnsHeaderResponseCode code) =>
        code == DnsHeaderResponseCode.NotExistentDomain ? "no such name" : "none of that kind";

    private static string Printable(string name) => Quoted.From(name.TrimEnd('.'));

    private LookupClient GetClient(ImmutableArray<IPEndPoint> servers)
    {
        lock (_gate)
        {
            if (_client is { } made && made.Servers.SequenceEqual(servers))
            {
                return made.Client;
            }
            var options = new LookupClientOptions([.. servers.Select(server => new NameServer(server))])
            {
                UseCache = false, // the caller keeps the answers
                UseRandomNameServer = false, // the first is preferred, the others are fallbacks
                Timeout = QueryTimeout,
                Retries = 1,
                ContinueOnEmptyResponse = false,
                EnableAuditTrail = false,
            };
            _client = (servers, new LookupClient(options));
            return _client.Value.Client;
        }
    }

    private sealed class AddressComparer : IComparer<IPAddress>
    {
        public static readonly AddressComparer Instance = new();

        public int Compare(IPAddress? x, IPAddress? y) =>
            x!.GetAddressBytes().AsSpan().SequenceCompareTo(y!.GetAddressBytes());
    }
}
