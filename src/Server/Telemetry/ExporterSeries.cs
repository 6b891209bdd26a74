using System.Collections.Immutable;
using ClustermgrExporter.Exposition;

namespace ClustermgrExporter.Telemetry;

/// <summary>Every series of the exporter itself, in the order of the page.</summary>
internal static class ExporterSeries
{
    private const string NoProc = "Absent without /proc.";

    public static readonly FamilyDescriptor BuildInfo = new(
        "clustermgr_exporter_build_info",
        MetricType.Gauge,
        ["version", "revision", "dotnet_version"],
        "Version of the exporter, the revision it was built from, and the runtime it runs on.",
        "Always 1."
    );

    public static readonly FamilyDescriptor Clusters = Gauge(
        "clustermgr_exporter_clusters",
        "Clusters that this exporter polls: those of the configuration in force, or its share of them."
    );

    public static readonly FamilyDescriptor ShardInfo = new(
        "clustermgr_exporter_shard_info",
        MetricType.Gauge,
        ["shard", "total_shards"],
        "Which part of the clusters this exporter polls, from 0, and of how many parts.",
        "Always 1. Absent without --total-shards."
    );

    public static readonly FamilyDescriptor ClustersConfigured = Gauge(
        "clustermgr_exporter_clusters_configured",
        "Clusters that the configuration in force names, over all shards.",
        "Absent without --total-shards."
    );

    public static readonly FamilyDescriptor ReloadSuccessful = Gauge(
        "clustermgr_exporter_config_last_reload_successful",
        "1 if the last attempt to load the configuration succeeded.",
        "0: the last valid one stays in use."
    );

    public static readonly FamilyDescriptor ReloadTime = Gauge(
        "clustermgr_exporter_config_last_reload_success_timestamp_seconds",
        "Unix time of the last successful load of the configuration."
    );

    public static readonly FamilyDescriptor Unwatched = new(
        "clustermgr_exporter_cluster_unwatched_timestamp_seconds",
        MetricType.Gauge,
        ["cluster"],
        "Unix time at which a reload took away a cluster that had findings.",
        "Its alerts ended then, although nothing is known to be fixed. Present for a day, or until the cluster is "
            + "watched again."
    );

    public static readonly FamilyDescriptor NamesFailing = Gauge(
        "clustermgr_exporter_dns_names_failing",
        "DNS names of members whose last lookup brought no answer.",
        "Their last known members are polled on. Absent if no member is configured by dns+http:// or dns+srv+http://."
    );

    public static readonly FamilyDescriptor AlertingSends = Gauge(
        "clustermgr_exporter_alerting_sends",
        "1 if this exporter sends alerts to Alertmanager itself, 0 if it stands by.",
        "It stands by while somebody scrapes, unless when: always. Absent without alerting in its configuration."
    );

    public static readonly FamilyDescriptor Alerts = new(
        "clustermgr_exporter_alerts",
        MetricType.Gauge,
        ["state"],
        "Alerts that this exporter itself evaluates to be pending or firing.",
        "The watchdog is left out. Absent without alerting in its configuration."
    );

    public static readonly FamilyDescriptor Notifications = new(
        "clustermgr_exporter_notifications_total",
        MetricType.Counter,
        ["alertmanager", "outcome"],
        "Alerts sent to an Alertmanager, by how that ended.",
        "Each resend counts. Absent until it first occurs."
    );

    public static readonly FamilyDescriptor NotificationsDropped = new(
        "clustermgr_exporter_notifications_dropped_total",
        MetricType.Counter,
        ["alertmanager"],
        "Alerts that were not sent, because too many waited.",
        "Absent until it first occurs."
    );

    public static readonly FamilyDescriptor NotificationQueue = new(
        "clustermgr_exporter_notification_queue_length",
        MetricType.Gauge,
        ["alertmanager"],
        "Alerts that wait to be sent to an Alertmanager.",
        "Absent without alerting in its configuration."
    );

    public static readonly FamilyDescriptor LastScrape = Gauge(
        "clustermgr_exporter_last_scrape_timestamp_seconds",
        "Unix time of the last scrape before this one.",
        "Absent before the first."
    );

    public static readonly FamilyDescriptor RequestDuration = new(
        "clustermgr_request_duration_seconds",
        MetricType.Histogram,
        ["endpoint", "outcome"],
        "How long the requests to members took, over all clusters, by how they ended.",
        "Each pair of endpoint and outcome is absent until it first occurs. Its _count is the number of such requests."
    );

    public static readonly FamilyDescriptor HttpDuration = new(
        "http_request_duration_seconds",
        MetricType.Histogram,
        ["code", "endpoint"],
        "How long this exporter took to answer requests.",
        "endpoint is one of its pages, login for refused requests (401, 429), or other. Scrapes are not included: "
            + "Prometheus has scrape_duration_seconds. Each pair is absent until it first occurs."
    );

    public static readonly FamilyDescriptor HttpInProgress = new(
        "http_requests_in_progress",
        MetricType.Gauge,
        ["endpoint"],
        "Requests that this exporter is answering now.",
        "Scrapes are left out. Absent until the endpoint is first asked for."
    );

    public static readonly FamilyDescriptor CpuSeconds = Process(
            "process_cpu_seconds_total",
            MetricType.Counter,
            "User and system CPU time spent."
        ),
        ResidentBytes = Process("process_resident_memory_bytes", MetricType.Gauge, "Resident memory size."),
        VirtualBytes = Process("process_virtual_memory_bytes", MetricType.Gauge, "Virtual memory size."),
        OpenFds = Process("process_open_fds", MetricType.Gauge, "Open file descriptors."),
        MaxFds = Process(
            "process_max_fds",
            MetricType.Gauge,
            "Limit of open file descriptors.",
            "Absent also where there is no limit."
        ),
        Threads = Process("process_threads", MetricType.Gauge, "Threads of the operating system."),
        StartTime = Process("process_start_time_seconds", MetricType.Gauge, "Unix time at which the process started.");

    public static readonly FamilyDescriptor Collections =
            new("dotnet_collection_count_total", MetricType.Counter, ["generation"], "Garbage collections.", ""),
        HeapBytes = Gauge("dotnet_total_memory_bytes", "Memory of managed objects that is known to be allocated."),
        AllocatedBytes = Counter("dotnet_gc_allocated_bytes_total", "Managed memory allocated since the start."),
        PauseSeconds = Counter("dotnet_gc_pause_seconds_total", "Time that garbage collections paused the program."),
        PoolThreads = Gauge("dotnet_threadpool_num_threads", "Threads of the thread pool."),
        PoolQueue = Gauge("dotnet_threadpool_queue_length", "Work items that wait for a thread.");

    public static readonly ImmutableArray<FamilyDescriptor> All =
    [
        BuildInfo,
        Clusters,
        ShardInfo,
        ClustersConfigured,
        ReloadSuccessful,
        ReloadTime,
        Unwatched,
        NamesFailing,
        AlertingSends,
        Alerts,
        Notifications,
        NotificationsDropped,
        NotificationQueue,
        LastScrape,
        RequestDuration,
        HttpDuration,
        HttpInProgress,
        CpuSeconds,
        ResidentBytes,
        VirtualBytes,
        OpenFds,
        MaxFds,
        Threads,
        StartTime,
        Collections,
        HeapBytes,
        AllocatedBytes,
        PauseSeconds,
        PoolThreads,
        PoolQueue,
    ];

    private static FamilyDescriptor Gauge(string name, string help, string notes = "") =>
        new(name, MetricType.Gauge, [], help, notes);

    private static FamilyDescriptor Counter(string name, string help) => new(name, MetricType.Counter, [], help, "");

    private static FamilyDescriptor Process(string name, MetricType type, string help, string notes = "") =>
        new(name, type, [], help, $"{notes} {NoProc}".TrimStart());
}
