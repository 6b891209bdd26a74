using System.Collections.Immutable;

namespace ClustermgrExporter.Exposition.Own;

/// <summary>The process, under the names that the Prometheus clients gave them.</summary>
internal static class ProcessFamilies
{
    public static readonly ImmutableArray<FamilyOf<OwnReading>> All =
    [
        Of("process_cpu_seconds_total", MetricType.Counter, "User and system CPU time spent.",
            process => process.CpuSeconds),
        Of("process_resident_memory_bytes", MetricType.Gauge, "Resident memory size.",
            process => process.ResidentBytes),
        Of("process_virtual_memory_bytes", MetricType.Gauge, "Virtual memory size.", process => process.VirtualBytes),
        Of("process_open_fds", MetricType.Gauge, "Open file descriptors.", process => process.OpenFds),
        Of("process_max_fds", MetricType.Gauge,
            "Limit of open file descriptors. Absent also where there is no limit.", process => process.MaxFds),
        Of("process_threads", MetricType.Gauge, "Threads of the operating system.", process => process.Threads),
        Of("process_start_time_seconds", MetricType.Gauge, "Unix time at which the process started.",
            process => process.StartTimeSeconds),
    ];

    private static FamilyOf<OwnReading> Of(
        string name, MetricType type, string help, Func<ProcessReading, Number> value) =>
        new(new Family(name, type, [], help + " Absent without /proc."),
            (lines, own) => lines.Add(own.Process is { } process ? value(process) : default));
}
