using System.Collections.Immutable;
using System.Net;
using Clustermgr.Configuration;
using Serilog;

namespace ClustermgrExporter.Discovery;

/// <summary>Keeps the members behind DNS names up to date: each name is resolved again when the TTL of its records
/// expires.</summary>
/// <param name="resolve">Resolves a name with the configured servers, or with the system's if there are none. Throws
/// only if its token is cancelled.</param>
/// <param name="onChanged">Applies the configuration again, with <see cref="ExpandAsync"/>; called at most once a
/// second.</param>
internal sealed class MemberDiscovery(
    Func<MemberSource, ImmutableArray<IPEndPoint>, string?, CancellationToken, Task<DnsAnswer>> resolve,
    Func<Task> onChanged,
    TimeProvider time,
    ILogger log
) : IAsyncDisposable
{
    /// <summary>Shortest time between two lookups of a name, whatever its TTL.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(30);

    /// <summary>Longest time between two lookups of a name.</summary>
    public static readonly TimeSpan MaxInterval = TimeSpan.FromHours(1);

    /// <summary>How long a start or a reload waits for names that were never resolved.</summary>
    public static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ApplyDelay = TimeSpan.FromSeconds(1);

    /// <summary>Limit of concurrent lookups, of two sockets each.</summary>
    private const int MaxLookups = 16;

    private readonly SemaphoreSlim _lookups = new(MaxLookups);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<MemberSource, WatchedName> _watched = [];
    private List<MemberConflict> _loggedConflicts = [];
    private bool _applying;

    /// <summary>Number of names whose last lookup failed; null if there are no names.</summary>
    public int? Failing
    {
        get
        {
            lock (_gate)
            {
                return _watched.Count == 0 ? null : _watched.Values.Count(one => one.Failure.Length > 0);
            }
        }
    }

    /// <summary>The configuration with every DNS name replaced by its known members. Waits for new names, for
    /// <see cref="ResolveTimeout"/> in total.</summary>
    public async Task<ExporterConfig> ExpandAsync(ExporterConfig config)
    {
        var sources = Sources(config);
        if (sources.Count == 0)
        {
            return config;
        }
        var first = sources.Select(source => Watch(source, config.DnsServers)).ToList();
        try
        {
            await Task.WhenAll(first).WaitAsync(ResolveTimeout, time);
        }
        catch (TimeoutException)
        {
            // Later answers are applied when they arrive.
        }
        return ExpandKnown(config);
    }

    /// <summary>Resolves the names of the current configuration, with its servers, and stops resolving
    /// others.</summary>
    public void RetainOnly(ExporterConfig config)
    {
        var kept = Sources(config);
        foreach (var source in kept)
        {
            _ = Watch(source, config.DnsServers);
        }
        lock (_gate)
        {
            foreach (var (source, watched) in _watched.Where(one => !kept.Contains(one.Key)).ToList())
            {
                _watched.Remove(source);
                watched.Stop.Cancel();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        List<Task> running;
        lock (_gate)
        {
            running = [.. _watched.Values.Select(one => one.Running)];
        }
        await Task.WhenAll(running);
        _stop.Dispose();
    }

    /// <summary>Stops all lookups, and all waiting for them.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    private static HashSet<MemberSource> Sources(ExporterConfig config) =>
        [.. config.Clusters.SelectMany(cluster => cluster.Sources)];

    private ExporterConfig ExpandKnown(ExporterConfig config)
    {
        lock (_gate)
        {
            var conflicts = new List<MemberConflict>();
            var expanded = MemberExpansion.Expand(config, GetKnown, conflicts);
            foreach (var conflict in conflicts.Except(_loggedConflicts))
            {
                log.Warning("{Conflict:l}", conflict.Sentence);
            }
            _loggedConflicts = conflicts;
            return expanded;
        }
    }

    private KnownMembers GetKnown(MemberSource source)
    {
        if (!_watched.TryGetValue(source, out var watched))
        {
            return new([], Fresh: false);
        }
        watched.IsApplied = true;
        return new(watched.Members, watched.Failure.Length == 0);
    }

    /// <returns>Completes after the first lookup.</returns>
    private Task Watch(MemberSource source, ImmutableArray<IPEndPoint> servers)
    {
        lock (_gate)
        {
            if (_watched.TryGetValue(source, out var before) && before.Servers.SequenceEqual(servers))
            {
                return before.FirstLookup.Task;
            }
            before?.Stop.Cancel();
            // The answer of other servers stays until these have answered.
            var watched = new WatchedName(CancellationTokenSource.CreateLinkedTokenSource(_stop.Token), servers)
            {
                Members = before?.Members ?? [],
                IsApplied = before?.IsApplied ?? false,
            };
            _watched[source] = watched;
            watched.Running = RunAsync(source, watched, watched.Stop.Token);
            return watched.FirstLookup.Task;
        }
    }

    private async Task RunAsync(MemberSource source, WatchedName watched, CancellationToken ct)
    {
        await Task.Yield(); // nothing is looked up under the lock
        try
        {
            while (true)
            {
                DnsAnswer answer;
                await _lookups.WaitAsync(ct);
                try
                {
                    answer = await resolve(source, watched.Servers, watched.Name, ct);
                }
                finally
                {
                    _lookups.Release();
                }
                ApplyAnswer(source, watched, answer);
                watched.FirstLookup.TrySetResult();
                await Task.Delay(
                    TimeSpan.FromTicks(Math.Clamp(answer.Ttl.Ticks, MinInterval.Ticks, MaxInterval.Ticks)),
                    time,
                    ct
                );
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            watched.FirstLookup.TrySetResult();
        }
        finally
        {
            watched.Stop.Dispose();
        }
    }

    private void ApplyAnswer(MemberSource source, WatchedName watched, DnsAnswer answer)
    {
        lock (_gate)
        {
            ApplyAnswerLocked(source, watched, answer);
        }
    }

    private void ApplyAnswerLocked(MemberSource source, WatchedName watched, DnsAnswer answer)
    {
        if (answer.Failure.Length > 0)
        {
            if (watched.Failure != answer.Failure)
            {
                log.Warning(
                    "{Source:l} does not resolve: {Failure:l}; {Kept:l}, and it is asked again every {Every} s",
                    $"{source}",
                    answer.Failure,
                    watched.Members.IsEmpty
                        ? "none of its members is known, and they are shown as one that is down"
                        : $"the members that it stood for stay: {Names(watched.Members)}",
                    (int)MinInterval.TotalSeconds
                );
            }
            var failsSince = watched.Failure.Length == 0;
            watched.Failure = answer.Failure;
            if (failsSince && _loggedConflicts.Count > 0 && watched.IsApplied)
            {
                _ = ApplyAsync(); // the owner of an address depends on which answers are current
            }
            return;
        }
        if (watched.Failure.Length > 0)
        {
            log.Information("{Source:l} resolves again", $"{source}");
        }
        var changed = watched.Failure.Length > 0 && _loggedConflicts.Count > 0;
        (watched.Failure, watched.Name) = ("", answer.Name);
        if (!answer.Members.SequenceEqual(watched.Members))
        {
            log.Information("{Source:l} stands for {Members:l}", $"{source}", Names(answer.Members));
            watched.Members = answer.Members;
            changed = true;
        }
        if (changed && watched.IsApplied)
        {
            _ = ApplyAsync();
        }
    }

    /// <summary>Applies changes after a second, so that changes within it are applied together.</summary>
    private async Task ApplyAsync()
    {
        await Task.Yield(); // nothing is applied under the lock
        lock (_gate)
        {
            if (_applying)
            {
                return;
            }
            _applying = true;
        }
        try
        {
            await Task.Delay(ApplyDelay, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        lock (_gate)
        {
            _applying = false;
        }
        await onChanged();
    }

    private static string Names(IEnumerable<MemberConfig> members) =>
        string.Join(", ", members.Select(member => member.Name));

    private sealed class WatchedName(CancellationTokenSource stop, ImmutableArray<IPEndPoint> servers)
    {
        public CancellationTokenSource Stop { get; } = stop;

        public ImmutableArray<IPEndPoint> Servers { get; } = servers;

        /// <summary>Whether the current configuration contains this name, so that its changes must be
        /// applied.</summary>
        public bool IsApplied { get; set; }

        /// <summary>The fully qualified name that was resolved; null before the first answer.</summary>
        public string? Name { get; set; }

        public TaskCompletionSource FirstLookup { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Running { get; set; } = Task.CompletedTask;

        /// <summary>Members of the last answer; empty before the first.</summary>
        public ImmutableArray<MemberConfig> Members { get; set; } = [];

        /// <summary>Failure of the last lookup; empty if it succeeded.</summary>
        public string Failure { get; set; } = "";
    }
}
