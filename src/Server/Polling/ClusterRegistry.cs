using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Clustermgr.Analysis;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Exposition;
using ClustermgrExporter.Logging;
using ClustermgrExporter.Polling.History;
using Serilog;

namespace ClustermgrExporter.Polling;

/// <summary>All clusters that are polled now. A new configuration touches only the clusters that it changes.</summary>
/// <param name="transport">Creates the transport of a cluster. The registry disposes it with the cluster.</param>
/// <param name="requestObserver">Called after every request; null for none.</param>
internal sealed class ClusterRegistry(
    Func<ClusterConfig, ExporterConfig, HttpMessageHandler> transport,
    TimeProvider time,
    ILogger log,
    RequestObserver? requestObserver = null
)
{
    /// <summary>Time between the first polls of two members, so that a thousand clusters are not polled at the same
    /// moment.</summary>
    private static readonly TimeSpan MemberSpacing = TimeSpan.FromMilliseconds(5);

    /// <summary>Granularity of the phases. Of a thousand clusters about twenty share a step: their answers then wake
    /// this program once, where each answer alone would wake it several times.</summary>
    private static readonly TimeSpan PhaseStep = TimeSpan.FromMilliseconds(100);

    private readonly PollScheduler _scheduler = new(time, log);
    private readonly CollectorFactory _collectors = new(time, requestObserver + RequestLog.CreateObserver(log));
    private readonly EventSequence _events = new();
    private volatile RunningPoller[] _pollers = [];
    private volatile Dictionary<string, ClusterPoller> _byName = [];

    /// <summary>In the order of the configuration.</summary>
    public IEnumerable<ClusterPoller> Clusters => _pollers.Select(polled => polled.Poller);

    /// <summary>The longest poll interval of all clusters. Reading more often shows nothing new.</summary>
    public TimeSpan Interval =>
        _pollers
            .Select(polled => polled.Poller.Interval)
            .DefaultIfEmpty(new ExporterConfig { Clusters = [] }.PollInterval)
            .Max();

    /// <summary>Links of the current configuration.</summary>
    public PageLinks Links { get; private set; } = new();

    /// <summary>The cluster of that name; null where none is configured.</summary>
    public ClusterPoller? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The newest sample lines of every cluster, in the order of the configuration.</summary>
    public ImmutableArray<ClusterPage> Pages
    {
        get
        {
            var polled = _pollers;
            var pages = new ClusterPage[polled.Length]; // an array, since every scrape reads this
            for (var i = 0; i < pages.Length; i++)
            {
                pages[i] = polled[i].Poller.Publication.Page;
            }
            return ImmutableCollectionsMarshal.AsImmutableArray(pages);
        }
    }

    /// <summary>The newest events of one cluster, or of all clusters, after a given event ID; newest first.</summary>
    public ImmutableArray<ClusterEvent> Events(ClusterPoller? one, ulong after, int limit) =>
        EventFeed.Newest(
            (one is null ? Clusters : [one]).Select(poller => poller.Publication.History),
            _events,
            after,
            limit
        );

    /// <summary>Starts new clusters, stops removed ones, and leaves unchanged ones alone. A cluster that keeps its name
    /// and most of its members keeps its state.</summary>
    /// <returns>Completes with the changes once the new clusters are being polled.</returns>
    /// <exception cref="InvalidDataException">A certificate cannot be read; then nothing has changed.</exception>
    public async Task<RegistryChange> ApplyAsync(ExporterConfig config)
    {
        var old = _pollers.ToDictionary(polled => polled.Poller.Cluster.Name, StringComparer.Ordinal);
        var kept = config
            .Clusters.Where(cluster =>
                old.TryGetValue(cluster.Name, out var polled) && polled.Poller.Matches(cluster, config)
            )
            .Select(cluster => cluster.Name)
            .ToHashSet(StringComparer.Ordinal);
        var transports = CreateTransports(config, config.Clusters.Where(cluster => !kept.Contains(cluster.Name)));
        var members = config.Clusters.Sum(cluster => cluster.Members.Length);
        var spread = TimeSpan.FromTicks(Math.Min(config.PollInterval.Ticks, MemberSpacing.Ticks * members));
        // Stop changed and removed clusters first, then start their successors from the last state, so that no answer
        // is folded into two states. Meanwhile scrapes see the last known state.
        var ended = old.Values.Where(polled => !kept.Contains(polled.Poller.Cluster.Name)).ToList();
        await Task.WhenAll(ended.Select(polled => polled.StopAsync()));
        var since = time.GetTimestamp();
        _pollers =
        [
            .. config.Clusters.Select(cluster =>
                kept.Contains(cluster.Name)
                    ? old[cluster.Name]
                    : StartPoller(
                        cluster,
                        config,
                        transports[cluster.Name],
                        ComputePhase(cluster.Name, spread),
                        since,
                        old.GetValueOrDefault(cluster.Name)?.Poller
                    )
            ),
        ];
        _byName = _pollers.ToDictionary(
            polled => polled.Poller.Cluster.Name,
            polled => polled.Poller,
            StringComparer.Ordinal
        );
        Links = config.Links;
        var change = RegistryChange.Between(old.Keys, config.Clusters.Select(cluster => cluster.Name), kept);
        var unwatched = change
            .Removed.Select(gone => old[gone].Poller.Publication.Analysis)
            .Where(last => !last.Findings.IsEmpty)
            .ToList();
        unwatched.ForEach(LogUnwatched);
        return change with { Unwatched = [.. unwatched.Select(last => last.Snapshot.Cluster)] };
    }

    public Task StopAsync() => Task.WhenAll(_pollers.Select(polled => polled.StopAsync()));

    /// <summary>All or none: a certificate that cannot be read must not leave half a configuration running.</summary>
    private Dictionary<string, HttpMessageHandler> CreateTransports(
        ExporterConfig config,
        IEnumerable<ClusterConfig> clusters
    )
    {
        var made = new Dictionary<string, HttpMessageHandler>(StringComparer.Ordinal);
        try
        {
            foreach (var cluster in clusters)
            {
                made.Add(cluster.Name, transport(cluster, config));
            }
            return made;
        }
        catch
        {
            foreach (var connections in made.Values)
            {
                connections.Dispose();
            }
            throw;
        }
    }

    /// <summary>The findings of a removed cluster end although nothing was fixed. The warning says so.</summary>
    private void LogUnwatched(ClusterAnalysis last)
    {
        log.ForContext("cluster", last.Snapshot.Cluster)
            .Warning(
                "no longer watched, by the new configuration, with {Findings:l}; their alerts end, and nothing of "
                    + "it is known to be fixed",
                string.Join(", ", last.Findings.Select(finding => finding.Name).Distinct(StringComparer.Ordinal))
            );
    }

    /// <param name="before">Previous poller of the cluster; null if the cluster is new.</param>
    private RunningPoller StartPoller(
        ClusterConfig cluster,
        ExporterConfig config,
        HttpMessageHandler connections,
        TimeSpan phase,
        long since,
        ClusterPoller? before
    )
    {
        var same = !cluster.Sources.IsEmpty && before?.Cluster.Sources.SequenceEqual(cluster.Sources) is true;
        var start = _collectors.CreateSnapshot(cluster, config, before?.Publication.Snapshot, out var continues, same);
        var history = continues ? before!.Publication.History : new ClusterHistory(cluster.Name, _events);
        var publication = new ClusterPublication(
            ClusterAnalysis.FromSnapshot(start),
            history,
            new ChangeLog(log, cluster.Name, _collectors.Clock)
        );
        var collector = _collectors.CreateCollector(cluster, config, connections, start, publication.Publish);
        var schedulers =
            config.SchedulerInterval > TimeSpan.Zero
                ? _collectors.CreateSchedulerCollector(cluster, config, connections, collector.State)
                : null;
        var poller = new ClusterPoller(cluster, config, collector, schedulers, publication, _scheduler, time);
        var stop = new CancellationTokenSource();
        return new RunningPoller(poller, connections, stop, poller.RunAsync(phase, since, stop.Token));
    }

    /// <summary>Offset of a cluster's ticks within the spread. It depends on the name only, so it is the same after
    /// every restart.</summary>
    private static TimeSpan ComputePhase(string cluster, TimeSpan spread)
    {
        var hash = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(cluster)));
        var phase = spread * ((hash >> 11) / (double)(1UL << 53));
        return spread > PhaseStep * 10 ? PhaseStep * Math.Floor(phase / PhaseStep) : phase;
    }

    private sealed record RunningPoller(
        ClusterPoller Poller,
        HttpMessageHandler Connections,
        CancellationTokenSource Stop,
        Task Running
    )
    {
        public async Task StopAsync()
        {
            await Stop.CancelAsync();
            await Running;
            Poller.Publication.Close();
            Connections.Dispose();
            Stop.Dispose();
        }
    }
}
