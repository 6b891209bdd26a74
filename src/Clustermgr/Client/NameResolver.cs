using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Clustermgr.Client;

/// <summary>
/// Resolves the names of members, for all clusters of the process. A lookup blocks a thread until the system's resolver
/// times out, after ten seconds or more when the DNS server is dead. Therefore only a few run at once, one for each
/// name, so that they do not take the threads of other polls and of scrapes.
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

    /// <summary>Returns an IP address at once, without a lookup.</summary>
    /// <exception cref="SocketException">The name does not resolve.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host, out var address))
        {
            return [address];
        }
        // Never resolves (RFC 6761): no lookup, and no slot is taken.
        if (host.TrimEnd('.').EndsWith(".invalid", StringComparison.OrdinalIgnoreCase))
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }
        var addresses = await (FindRunning(host) ?? await BeginAsync(host, ct)).WaitAsync(ct);
        return addresses.Length > 0 ? addresses : throw new SocketException((int)SocketError.HostNotFound);
    }

    private Task<IPAddress[]>? FindRunning(string host)
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
            // Another caller may have waited for the same name.
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
            // The caller may have given up: observe the exception, so that it is not reported as unobserved.
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
