using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Clustermgr.Client;

/// <summary>
/// Connects to a host name with several addresses, of which some may drop packets. The next address is tried in
/// parallel after 250 ms, or as soon as one fails (RFC 8305, section 5); the first connection wins, and its address is
/// tried first the next time. The runtime's own race is only between IPv4 and IPv6, while members have several
/// addresses of one family.
/// </summary>
/// <param name="connect">Connects one socket or throws; leaves no socket open when cancelled.</param>
public sealed class HappyEyeballsConnector(TimeProvider time, Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
{
    /// <summary>RFC 8305: Connection Attempt Delay.</summary>
    public static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, IPAddress> _worked = new(StringComparer.OrdinalIgnoreCase);

    public HappyEyeballsConnector()
        : this(TimeProvider.System, ConnectAsync) { }

    /// <param name="host">The name whose addresses they are.</param>
    /// <exception cref="SocketException">No address could be connected; the error of the first.</exception>
    public async Task<Stream> ConnectAsync(
        string host,
        IReadOnlyList<IPAddress> addresses,
        int port,
        CancellationToken ct
    )
    {
        if (addresses.Count == 1)
        {
            return await connect(new IPEndPoint(addresses[0], port), ct);
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var left = new Queue<IPAddress>(InOrder(addresses, _worked.GetValueOrDefault(host)));
        var running = new Dictionary<Task<Stream>, IPAddress>();
        Task<Stream>? failed = null;
        try
        {
            while (true)
            {
                if (left.TryDequeue(out var address))
                {
                    running.Add(connect(new IPEndPoint(address, port), over.Token), address);
                }
                else if (running.Count == 0)
                {
                    return await failed!; // which throws
                }
                var ended = await FirstAsync(running.Keys, withAttemptDelay: left.Count > 0, over.Token);
                if (ended is null || !running.Remove(ended, out var tried))
                {
                    continue;
                }
                if (ended.IsCompletedSuccessfully)
                {
                    _worked[host] = tried;
                    return await ended;
                }
                ct.ThrowIfCancellationRequested();
                failed ??= ended;
                _ = ended.Exception; // only the first failure is reported
            }
        }
        finally
        {
            await over.CancelAsync();
            foreach (var loser in running.Keys)
            {
                _ = DisposeAsync(loser);
            }
        }
    }

    /// <returns>Null when the next address is to be tried in parallel.</returns>
    private async Task<Task<Stream>?> FirstAsync(
        IEnumerable<Task<Stream>> running,
        bool withAttemptDelay,
        CancellationToken ct
    )
    {
        if (!withAttemptDelay)
        {
            return await Task.WhenAny(running);
        }
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny([.. running, Task.Delay(AttemptDelay, time, wait.Token)]);
        await wait.CancelAsync();
        return first as Task<Stream>;
    }

    /// <summary>Orders the addresses as the resolver ranks them, alternating between address families, with the one
    /// that worked last first.</summary>
    private static IEnumerable<IPAddress> InOrder(IReadOnlyList<IPAddress> addresses, IPAddress? worked)
    {
        var kinds = addresses.GroupBy(address => address.AddressFamily).ToList();
        var inTurn = kinds
            .SelectMany(kind => kind.Select((address, i) => (address, i)))
            .OrderBy(entry => entry.i)
            .Select(entry => entry.address);
        return worked is not null && addresses.Contains(worked)
            ? inTurn.OrderBy(address => !address.Equals(worked))
            : inTurn;
    }

    private static async Task DisposeAsync(Task<Stream> loser)
    {
        try
        {
            await (await loser).DisposeAsync();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or IOException)
        {
            // The attempt lost the race; its result does not matter.
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint address, CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
