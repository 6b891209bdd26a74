using System.Collections.Immutable;
using System.Net;
using Clustermgr.Configuration;
using Serilog;

namespace ClustermgrExporter.Discovery;

/// <summary>The members that DNS names stand for, over time: asked again when their records' time is up, each for
/// itself.</summary>
/// <param name="resolve">Asks the servers of the configuration, or with none those of the system. Throws nothing but
/// what its token makes it throw.</param>
/// <param name="changed">Applies the configuration anew, by <see cref="ExpandAsync"/>; called at most once a
/// second.</param>
internal sealed class MemberDiscovery(
    Func<MemberSource, ImmutableArray<IPEndPoint>, CancellationToken, Task<DnsAnswer>> resolve,
    Func<Task> changed,
    TimeProvider time,
    ILogger log
) : IAsyncDisposable
{
    /// <summary>Names are not asked for more often, whatever their records say.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(30);

    /// <summary>Nor is a name believed for longer.</summary>
    public static readonly TimeSpan Most = TimeSpan.FromHours(1);

    /// <summary>How long a start or a reload waits for names that were never resolved.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_together = TimeSpan.FromSeconds(1);

    private const int MostLookups = 64;

    private readonly SemaphoreSlim _lookups = new(MostLookups);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<MemberSource, Watched> _watched = [];
    private List<string> _told = [];
    private ImmutableArray<IPEndPoint> _servers = [];
    private bool _applying;

    /// <summary>How many names have no answer that is in time; null where there are no names.</summary>
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

    /// <summary>The configuration with every name's members in its place, as they are known now. Names that are new are
    /// waited for, all together for <see cref="Patience"/>.</summary>
    public async Task<ExporterConfig> ExpandAsync(ExporterConfig config)
    {
        _servers = config.DnsServers;
        var sources = config.Clusters.SelectMany(cluster => cluster.Sources).Distinct().ToList();
        if (sources.Count == 0)
        {
            return config;
        }
        var first = sources.Select(Watch).ToList();
        try
        {
            await Task.WhenAll(first).WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            // What comes later is taken over then.
        }
        return Expanded(config);
    }

    /// <summary>Asks no more for names that a configuration which is in force now does not have.</summary>
    public void Keep(ExporterConfig config)
    {
        var kept = config.Clusters.SelectMany(cluster => cluster.Sources).ToHashSet();
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
        await _stop.CancelAsync();
        List<Task> running;
        lock (_gate)
        {
            running = [.. _watched.Values.Select(one => one.Running)];
        }
        await Task.WhenAll(running);
        _stop.Dispose();
    }

    private ExporterConfig Expanded(ExporterConfig config)
    {
        lock (_gate)
        {
            var conflicts = new List<string>();
            var expanded = Expansion.Expand(
                config,
                source => _watched.TryGetValue(source, out var one) ? one.Members : [],
                conflicts
            );
            foreach (var conflict in conflicts.Except(_told))
            {
                log.Warning("{Conflict:l}", conflict);
            }
            _told = conflicts;
            return expanded;
        }
    }

    /// <returns>Completes when it was asked for once.</returns>
    private Task Watch(MemberSource source)
    {
        lock (_gate)
        {
            if (!_watched.TryGetValue(source, out var watched))
            {
                watched = new(CancellationTokenSource.CreateLinkedTokenSource(_stop.Token));
                _watched.Add(source, watched);
                watched.Running = RunAsync(source, watched, watched.Stop.Token);
            }
            return watched.First.Task;
        }
    }

    private async Task RunAsync(MemberSource source, Watched watched, CancellationToken ct)
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
                    answer = await resolve(source, _servers, ct);
                }
                finally
                {
                    _lookups.Release();
                }
                Take(source, watched, answer);
                watched.First.TrySetResult();
                await Task.Delay(TimeSpan.FromTicks(Math.Clamp(answer.Ttl.Ticks, Least.Ticks, Most.Ticks)), time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            watched.First.TrySetResult();
        }
        finally
        {
            watched.Stop.Dispose();
        }
    }

    private void Take(MemberSource source, Watched watched, DnsAnswer answer)
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
                    (int)Least.TotalSeconds
                );
            }
            watched.Failure = answer.Failure;
            return;
        }
        if (watched.Failure.Length > 0)
        {
            log.Information("{Source:l} resolves again", $"{source}");
        }
        watched.Failure = "";
        if (answer.Members.SequenceEqual(watched.Members))
        {
            return;
        }
        log.Information("{Source:l} stands for {Members:l}", $"{source}", Names(answer.Members));
        watched.Members = answer.Members;
        if (watched.First.Task.IsCompleted)
        {
            _ = ApplyAsync();
        }
    }

    /// <summary>Soon: what changes within a second is applied together.</summary>
    private async Task ApplyAsync()
    {
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
            await Task.Delay(s_together, time, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        lock (_gate)
        {
            _applying = false;
        }
        await changed();
    }

    private static string Names(IEnumerable<MemberConfig> members) =>
        string.Join(", ", members.Select(member => member.Name));

    private sealed class Watched(CancellationTokenSource stop)
    {
        public CancellationTokenSource Stop { get; } = stop;

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Running { get; set; } = Task.CompletedTask;

        /// <summary>Of the last answer; empty before the first.</summary>
        public ImmutableArray<MemberConfig> Members { get; set; } = [];

        /// <summary>Of the last lookup; empty where it had an answer.</summary>
        public string Failure { get; set; } = "";
    }
}
