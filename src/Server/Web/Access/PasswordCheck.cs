using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ClustermgrExporter.Configuration;

namespace ClustermgrExporter.Web.Access;

/// <summary>The result of a login.</summary>
internal enum LoginResult
{
    Accepted,
    Refused,

    /// <summary>Too many logins of this client already wait; it may retry.</summary>
    Busy,
}

/// <summary>
/// Checks passwords against bcrypt hashes, one at a time: a check takes a core for a tenth of a second, and a flood of
/// wrong passwords must not take the cores from the polls. Clients take turns by address, so that one that floods
/// delays only itself. Accepted logins are remembered by a keyed hash, so that a scrape needs no second check; rejected
/// ones are not, so that nobody can fill the memory or learn from it.
/// </summary>
internal sealed class PasswordCheck
{
    /// <summary>Limit of remembered logins; one exporter has fewer users.</summary>
    private const int MaxRemembered = 256;

    /// <summary>Limit per address; a browser requests several files at once.</summary>
    private const int MaxPendingPerClient = 16;

    private const int MaxPending = 256;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, bool> _accepted = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, List<PendingLogin>> _pending = [];
    private readonly Queue<IPAddress> _turns = new();
    private bool _working;
    private int _pendingCount;

    /// <summary>Number of bcrypt checks so far.</summary>
    public long Checks { get; private set; }

    /// <param name="users">Current hashes by user name.</param>
    /// <param name="client">Address of the connection.</param>
    public ValueTask<LoginResult> CheckAsync(
        ImmutableDictionary<string, string> users,
        string user,
        string password,
        IPAddress client,
        CancellationToken ct
    )
    {
        var known = users.TryGetValue(user, out var hash);
        // Checking an unknown user takes as long as checking a known one.
        hash ??= BcryptHash.CreateUnmatchable(CostFor(users, user));
        var mark = ComputeKey(user, hash, password);
        if (known && _accepted.ContainsKey(mark))
        {
            return ValueTask.FromResult(LoginResult.Accepted);
        }
        return new(WaitAsync(new PendingLogin(known, hash, password, mark, ct), Network(client)));
    }

    private Task<LoginResult> WaitAsync(PendingLogin login, IPAddress client)
    {
        lock (_gate)
        {
            if (!_pending.TryGetValue(client, out var own))
            {
                own = [];
            }
            // If the queue is full, the client with the most waiting logins loses one to a client with none.
            if (own.Count >= MaxPendingPerClient || (_pendingCount >= MaxPending && (own.Count > 0 || !TryEvictOne())))
            {
                return Task.FromResult(LoginResult.Busy);
            }
            if (own.Count == 0)
            {
                _pending[client] = own;
                _turns.Enqueue(client);
            }
            own.Add(login);
            _pendingCount++;
            if (!_working)
            {
                _working = true;
                _ = WorkAsync();
            }
        }
        return login.Result.Task;
    }

    private bool TryEvictOne()
    {
        var longest = _pending.Values.MaxBy(waiting => waiting.Count)!;
        if (longest.Count < 2)
        {
            return false; // every client has just one login waiting
        }
        longest[^1].Result.SetResult(LoginResult.Busy);
        longest.RemoveAt(longest.Count - 1);
        _pendingCount--;
        return true;
    }

    /// <summary>Checks waiting logins one after the other, until none is left.</summary>
    private async Task WorkAsync()
    {
        await Task.Yield(); // off the thread of the request, and out of the lock
        while (Next() is { } waiting)
        {
            if (waiting.Ct.IsCancellationRequested)
            {
                waiting.Result.SetResult(LoginResult.Refused); // the client has left
                continue;
            }
            try
            {
                var right = Verify(waiting.Password, waiting.Hash) && waiting.Known;
                if (right)
                {
                    Remember(waiting.Key);
                }
                waiting.Result.SetResult(right ? LoginResult.Accepted : LoginResult.Refused);
            }
            catch (Exception e)
            {
                waiting.Result.SetException(e); // a bug in this program fails this login, and not all later ones
            }
        }
    }

    private PendingLogin? Next()
    {
        lock (_gate)
        {
            if (!_turns.TryDequeue(out var client))
            {
                _working = false;
                return null;
            }
            var own = _pending[client];
            var next = own[0];
            own.RemoveAt(0);
            if (own.Count > 0)
            {
                _turns.Enqueue(client); // its next one comes after those of all others
            }
            else
            {
                _pending.Remove(client);
            }
            _pendingCount--;
            return next;
        }
    }

    /// <summary>The address by which clients take turns: for IPv6 the /64 prefix, which one client has for
    /// itself.</summary>
    private static IPAddress Network(IPAddress client)
    {
        if (client.IsIPv4MappedToIPv6)
        {
            return client.MapToIPv4();
        }
        if (client.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return client;
        }
        var bytes = client.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private bool Verify(string password, string hash)
    {
        Checks++;
        try
        {
            return BCrypt.Net.BCrypt.Verify(password, hash);
        }
        catch (Exception e) when (e is BCrypt.Net.SaltParseException or ArgumentException)
        {
            return false; // a password that bcrypt cannot take, as one with a NUL
        }
    }

    private void Remember(string key)
    {
        if (_accepted.Count >= MaxRemembered)
        {
            _accepted.Clear(); // all are checked once more
        }
        _accepted[key] = true;
    }

    /// <summary>The keyed hash of a login. It covers the length of each part, so that no two logins share
    /// one.</summary>
    private string ComputeKey(string user, string hash, string password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in (string[])[user, hash, password])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hmac.AppendData(BitConverter.GetBytes(bytes.Length));
            hmac.AppendData(bytes);
        }
        return Convert.ToHexString(hmac.GetHashAndReset());
    }

    /// <summary>The bcrypt cost for an unknown user: that of some known user, always the same for a name. Otherwise the
    /// time of a check would reveal which names exist.</summary>
    private int CostFor(ImmutableDictionary<string, string> users, string user)
    {
        var costs = users.Values.Select(hash => BcryptHash.ParseCost(hash)!.Value).Order().ToList();
        var spot = BitConverter.ToUInt32(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(user)));
        return costs[(int)(spot % (uint)costs.Count)];
    }

    private sealed record PendingLogin(bool Known, string Hash, string Password, string Key, CancellationToken Ct)
    {
        public TaskCompletionSource<LoginResult> Result { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
