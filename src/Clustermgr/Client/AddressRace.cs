using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Clustermgr.Client;

/// <summary>
/// Connects to a name of several addresses, of which one may drop what is sent to it: the next is tried beside it after
/// a quarter of a second, or as soon as it fails (RFC 8305, section 5), and the first that answers wins. The one that
/// worked is first the next time. The runtime's own race is between IPv4 and IPv6 alone, and members have several
/// addresses of one kind.
/// </summary>
/// <param name="connect">Connects one socket, or throws; a cancelled one leaves none open.</param>
public sealed class AddressRace(TimeProvider time, Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
{
    /// <summary>RFC 8305: Connection Attempt Delay.</summary>
    public static readonly TimeSpan Head = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, IPAddress> _worked = new(StringComparer.OrdinalIgnoreCase);

    public AddressRace()
        : this(TimeProvider.System, ConnectAsync) { }

    /// <param name="host">The name whose addresses they are.</param>
    /// <exception cref="SocketException">None of them answers: why the first did not.</exception>
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
                var ended = await FirstAsync(running.Keys, head: left.Count > 0, over.Token);
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
                _ = ended.Exception; // of all but the first nobody hears
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

    /// <returns>Null where the next is to be tried beside them.</returns>
    private async Task<Task<Stream>?> FirstAsync(IEnumerable<Task<Stream>> running, bool head, CancellationToken ct)
    {
        if (!head)
        {
            return await Task.WhenAny(running);
        }
        using var wait = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var first = await Task.WhenAny([.. running, Task.Delay(Head, time, wait.Token)]);
        await wait.CancelAsync();
        return first as Task<Stream>;
    }

    /// <summary>As the resolver ranks them, but the one that worked before all, and the kinds of address in
    /// turn.</summary>
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
            // It lost, however it ended.
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
