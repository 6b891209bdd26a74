using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Clustermgr.Client;

/// <summary>
/// The names of members, for all clusters of the process. A lookup holds a thread until the resolver's own time is up,
/// ten seconds and more where the DNS server is dead: only a few run at once, and one for each name, so that many names
/// cannot take every thread from the members that need no name and from the scrapes.
/// </summary>
/// <param name="lookup">Takes no token: nothing can interrupt the resolver of the system.</param>
[SuppressMessage("Design", "CA1001", Justification = "A lookup may end after all else: its slot must still be there.")]
public sealed class NameResolver(Func<string, Task<IPAddress[]>> lookup)
{
    public const int MaxLookups = 8;

    private readonly SemaphoreSlim _slots = new(MaxLookups);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Task<IPAddress[]>> _running = new(StringComparer.OrdinalIgnoreCase);

    public NameResolver()
        : this(static host => Dns.GetHostAddressesAsync(host)) { }

    /// <summary>An address is its own answer, at once.</summary>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }
        // Never to be a name (RFC 6761): nobody is asked, and no slot is taken.
        if (host.TrimEnd('.').EndsWith(".invalid", StringComparison.OrdinalIgnoreCase))
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
        var addresses = await (Running(host) ?? await BeginAsync(host, ct)).WaitAsync(ct);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
    }

    private Task<IPAddress[]>? Running(string host)
    {
        lock (_gate)
        {
            return _running.GetValueOrDefault(host);
        }
    }

    private async Task<Task<IPAddress[]>> BeginAsync(string host, CancellationToken ct)
    {
        await _slots.WaitAsync(ct);
        lock (_gate)
        {
            // Somebody else may have waited for the same name.
            if (_running.TryGetValue(host, out var running))
            {
                _slots.Release();
                return running;
            }
            var begun = LookUpAsync(host);
            if (!begun.IsCompleted)
            {
                _running.Add(host, begun);
            }
            // Whoever asked may have given up: a failure that nobody hears is none of the program's.
            _ = begun.ContinueWith(
                static ended => ended.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            return begun;
        }
    }

    // The slot stands for the thread: it comes back when the resolver returns, not when the asking request gives up.
    private async Task<IPAddress[]> LookUpAsync(string host)
    {
        try
        {
            return await lookup(host);
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(host);
            }
            _slots.Release();
        }
    }
}
