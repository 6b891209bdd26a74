using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Collection;
using Clustermgr.Configuration;
using ClustermgrExporter.Exposition;
using Prometheus;
using PrometheusGauge = Prometheus.Gauge;

namespace ClustermgrExporter.Telemetry;

/// <summary>The configuration in force.</summary>
/// <param name="LastReloadSuccessful">Whether the last attempt to load it succeeded. The load at the start
/// counts.</param>
/// <param name="LastReloadSuccess">Time of the last successful load.</param>
/// <param name="Clusters">How many clusters it names.</param>
internal sealed record ConfigState(bool LastReloadSuccessful, DateTimeOffset LastReloadSuccess, int Clusters)
{
    /// <summary>How long a cluster that is no longer watched is reported.</summary>
    private static readonly TimeSpan UnwatchedRetention = TimeSpan.FromDays(1);

    /// <summary>Clusters that a reload removed while they had findings, with the time of removal.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Unwatched { get; init; } =
        ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    /// <summary>The state after a successful load.</summary>
    /// <param name="before">The previous state.</param>
    /// <param name="unwatched">Removed clusters that had findings.</param>
    /// <param name="names">Clusters that are watched now.</param>
    public ConfigState WithRemoved(ConfigState before, IEnumerable<string> unwatched, IEnumerable<string> names) =>
        this with
        {
            Unwatched = before
                .WithoutExpired(LastReloadSuccess)
                .Unwatched.SetItems(unwatched.Select(name => KeyValuePair.Create(name, LastReloadSuccess)))
                .RemoveRange(names),
        };

    /// <summary>This exporter's share of all clusters; null if it polls all of them.</summary>
    public ClusterShare? Share { get; init; }

    /// <summary>Number of DNS names whose last lookup failed; null if no DNS names are configured.</summary>
    public int? NamesFailing { get; init; }

    /// <summary>The state without entries that are no longer reported.</summary>
    public ConfigState WithoutExpired(DateTimeOffset now) =>
        this with
        {
            Unwatched = Unwatched.RemoveRange(
                Unwatched.Where(gone => now - gone.Value > UnwatchedRetention).Select(gone => gone.Key)
            ),
        };
}

/// <summary>
/// The exporter's own metrics, in their own registry. The series of clusters are rendered elsewhere: a scrape between
/// two gauge updates would see half of a poll.
/// </summary>
[SuppressMessage(
    "Design",
    "CA1001",
    Justification = "It lives as long as the process, and a request may end after all else."
)]
internal sealed class ExporterTelemetry
{
    private static readonly double[] RequestBuckets =
    [
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ];

    /// <summary>Limit of ended requests that wait to be counted while nobody scrapes.</summary>
    private const int MaxWaiting = 1024;

    private readonly ConcurrentQueue<(Endpoint Endpoint, Outcome Outcome, TimeSpan Took)> _ended = new();
    private readonly SemaphoreSlim _collecting = new(1);
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly MetricFactory _factory;
    private readonly Histogram.Child?[] _requests = new Histogram.Child?[
        LabelNames.Endpoints.Length * LabelNames.Outcomes.Length
    ];
    private readonly Histogram _requestDuration;
    private readonly PrometheusGauge _lastScrape;

    /// <param name="config">The configuration in force; called at each collection, one at a time.</param>
    /// <param name="process">Reads this process; null if it cannot be read.</param>
    public ExporterTelemetry(Func<ConfigState> config, Func<ProcessReading?> process)
    {
        _factory = Metrics.WithCustomRegistry(_registry);
        _factory.ExemplarBehavior = ExemplarBehavior.NoExemplars();
        var (version, revision) = BuildVersion.Current;
        CreateGauge(ExporterSeries.BuildInfo).WithLabels(version, revision, Environment.Version.ToString()).Set(1);
        AddConfig(config);
        Alerting = new AlertingTelemetry(_factory);
        _lastScrape = CreateGauge(ExporterSeries.LastScrape);
        _requestDuration = CreateHistogram(ExporterSeries.RequestDuration, RequestBuckets);
        HttpDuration = CreateHistogram(ExporterSeries.HttpDuration, RequestBuckets);
        HttpInProgress = CreateGauge(ExporterSeries.HttpInProgress);
        AddProcess(process);
        AddRuntime();
    }

    /// <summary>Metrics about the alerts that the exporter sends itself.</summary>
    public AlertingTelemetry Alerting { get; }

    /// <summary>For the middleware that measures this exporter's own server.</summary>
    public Histogram HttpDuration { get; }

    /// <inheritdoc cref="HttpDuration"/>
    public PrometheusGauge HttpInProgress { get; }

    /// <summary>Records a request to a member that has ended. It is counted outside of collections: the library reads
    /// the buckets and the count of a histogram one after the other, and an observation between the two would make them
    /// differ.</summary>
    public void RecordRequest(in CompletedRequest request)
    {
        _ended.Enqueue((request.Endpoint, request.Outcome, request.Took));
        // Without scrapes nothing else counts them.
        if (_ended.Count < MaxWaiting || !_collecting.Wait(0))
        {
            return;
        }
        CountRequests();
        _collecting.Release();
    }

    private void CountRequests()
    {
        // Only those queued now: new ones may arrive as fast as these are counted.
        for (var left = _ended.Count; left > 0 && _ended.TryDequeue(out var request); left--)
        {
            ref var child = ref _requests[((int)request.Endpoint * LabelNames.Outcomes.Length) + (int)request.Outcome];
            (
                child ??= _requestDuration.WithLabels(
                    LabelNames.ToLabel(request.Endpoint),
                    LabelNames.ToLabel(request.Outcome)
                )
            ).Observe(request.Took.TotalSeconds);
        }
    }

    /// <summary>Records the time of a scrape.</summary>
    public void RecordScrape(DateTimeOffset at) => _lastScrape.Set(at.ToUnixTimeMilliseconds() / 1000.0);

    /// <summary>All series in one format; OpenMetrics includes its EOF marker.</summary>
    public async Task<byte[]> CollectAsync(MetricsFormat format)
    {
        await _collecting.WaitAsync();
        try
        {
            CountRequests();
            using var target = new MemoryStream(16 << 10);
            await _registry.CollectAndExportAsTextAsync(
                target,
                format == MetricsFormat.OpenMetrics1
                    ? ExpositionFormat.OpenMetricsText
                    : ExpositionFormat.PrometheusText
            );
            return target.ToArray();
        }
        finally
        {
            _collecting.Release();
        }
    }

    private void AddConfig(Func<ConfigState> config)
    {
        var clusters = CreateGauge(ExporterSeries.Clusters);
        var successful = CreateGauge(ExporterSeries.ReloadSuccessful);
        var time = CreateGauge(ExporterSeries.ReloadTime);
        var unwatched = CreateGauge(ExporterSeries.Unwatched);
        var failing = CreateGauge(ExporterSeries.NamesFailing);
        var shard = CreateGauge(ExporterSeries.ShardInfo);
        var configured = CreateGauge(ExporterSeries.ClustersConfigured);
        _registry.AddBeforeCollectCallback(() =>
        {
            var state = config();
            clusters.Set(state.Clusters);
            successful.Set(state.LastReloadSuccessful ? 1 : 0);
            Set(failing, state.NamesFailing);
            Set(configured, state.Share?.Clusters);
            if (state.Share is { } share)
            {
                shard.WithLabels($"{share.Shard}", $"{share.Count}").Set(1);
            }
            time.Set(state.LastReloadSuccess.ToUnixTimeMilliseconds() / 1000.0);
            var gone = state.Unwatched;
            foreach (var told in unwatched.GetAllLabelValues())
            {
                if (!gone.ContainsKey(told[0]))
                {
                    unwatched.RemoveLabelled(told);
                }
            }
            foreach (var (cluster, at) in gone)
            {
                unwatched.WithLabels(cluster).Set(at.ToUnixTimeMilliseconds() / 1000.0);
            }
        });
    }

    private void AddProcess(Func<ProcessReading?> process)
    {
        var cpu = CreateCounter(ExporterSeries.CpuSeconds);
        var resident = CreateGauge(ExporterSeries.ResidentBytes);
        var virtualBytes = CreateGauge(ExporterSeries.VirtualBytes);
        var open = CreateGauge(ExporterSeries.OpenFds);
        var most = CreateGauge(ExporterSeries.MaxFds);
        var threads = CreateGauge(ExporterSeries.Threads);
        var start = CreateGauge(ExporterSeries.StartTime);
        _registry.AddBeforeCollectCallback(() =>
        {
            var reading = process();
            if (reading?.CpuSeconds is { } seconds)
            {
                cpu.IncTo(seconds);
            }
            else
            {
                cpu.Unpublish();
            }
            Set(resident, reading?.ResidentBytes);
            Set(virtualBytes, reading?.VirtualBytes);
            Set(open, reading?.OpenFds);
            Set(most, reading?.MaxFds);
            Set(threads, reading?.Threads);
            Set(start, reading?.StartTimeSeconds);
        });
    }

    private void AddRuntime()
    {
        var collections = CreateCounter(ExporterSeries.Collections);
        var heap = CreateGauge(ExporterSeries.HeapBytes);
        var allocated = CreateCounter(ExporterSeries.AllocatedBytes);
        var pause = CreateCounter(ExporterSeries.PauseSeconds);
        var threads = CreateGauge(ExporterSeries.PoolThreads);
        var queue = CreateGauge(ExporterSeries.PoolQueue);
        _registry.AddBeforeCollectCallback(() =>
        {
            for (var i = 0; i <= GC.MaxGeneration; i++)
            {
                collections.WithLabels(i.ToString(CultureInfo.InvariantCulture)).IncTo(GC.CollectionCount(i));
            }
            heap.Set(GC.GetTotalMemory(forceFullCollection: false));
            allocated.IncTo(GC.GetTotalAllocatedBytes());
            pause.IncTo(GC.GetTotalPauseDuration().TotalSeconds);
            threads.Set(ThreadPool.ThreadCount);
            queue.Set(ThreadPool.PendingWorkItemCount);
        });
    }

    /// <summary>What cannot be read is absent, not 0.</summary>
    private static void Set(PrometheusGauge gauge, double? value)
    {
        if (value is { } known)
        {
            gauge.Set(known);
        }
        else
        {
            gauge.Unpublish();
        }
    }

    private PrometheusGauge CreateGauge(FamilyDescriptor series) => _factory.CreateGauge(series);

    private Counter CreateCounter(FamilyDescriptor series) => _factory.CreateCounter(series);

    private Histogram CreateHistogram(FamilyDescriptor series, double[] buckets) =>
        _factory.CreateHistogram(
            series.Name,
            series.Help,
            [.. series.Labels],
            new HistogramConfiguration { SuppressInitialValue = true, Buckets = buckets }
        );
}
