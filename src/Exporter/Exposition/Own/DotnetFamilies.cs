using System.Collections.Immutable;
using System.Globalization;

namespace ClustermgrExporter.Exposition.Own;

/// <summary>The runtime, under the names that users of .NET know from its Prometheus client.</summary>
internal static class DotnetFamilies
{
    public static readonly ImmutableArray<FamilyOf<OwnReading>> All =
    [
        new(new Family("dotnet_collection_count_total", MetricType.Counter, ["generation"], "Garbage collections."),
            (lines, _) =>
            {
                for (var i = 0; i <= GC.MaxGeneration; i++)
                    lines.Add(GC.CollectionCount(i), i.ToString(CultureInfo.InvariantCulture));
            }),
        Of("dotnet_total_memory_bytes", MetricType.Gauge, "Memory of managed objects that is known to be allocated.",
            () => GC.GetTotalMemory(forceFullCollection: false)),
        Of("dotnet_gc_allocated_bytes_total", MetricType.Counter, "Managed memory allocated since the start.",
            () => GC.GetTotalAllocatedBytes()),
        Of("dotnet_gc_pause_seconds_total", MetricType.Counter, "Time that garbage collections held the program up.",
            () => GC.GetTotalPauseDuration().TotalSeconds),
        Of("dotnet_threadpool_num_threads", MetricType.Gauge, "Threads of the thread pool.",
            () => ThreadPool.ThreadCount),
        Of("dotnet_threadpool_queue_length", MetricType.Gauge, "Work items that wait for a thread.",
            () => ThreadPool.PendingWorkItemCount),
    ];

    private static FamilyOf<OwnReading> Of(string name, MetricType type, string help, Func<Number> value) =>
        new(new Family(name, type, [], help), (lines, _) => lines.Add(value()));
}
