using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The writable disks of one blobnode.</summary>
/// <param name="Host">Its URL.</param>
/// <param name="Free">Free chunks on all its writable disks.</param>
public sealed record HostSpace(string Host, string Idc, int Disks, long Free);

/// <summary>Free chunks by host, from one listing of all normal disks. Disks that accept no writes (read-only or
/// dropping) do not count, since their chunks cannot be used.</summary>
/// <param name="BeganAt">When the first page was requested.</param>
/// <param name="At">When the last page arrived.</param>
public sealed record HostChunks(DateTimeOffset BeganAt, DateTimeOffset At) : IListScan<DiskPage, HostChunks>
{
    /// <summary>With a smaller median, a tenth of it would be less than one chunk.</summary>
    private const int MinMedian = 10;

    public int Pages { get; init; }

    /// <summary>Number of disks listed.</summary>
    public long Disks { get; init; }

    /// <summary>Hosts by URL; hosts without a writable disk are absent.</summary>
    public ImmutableDictionary<string, HostSpace> Hosts { get; init; } =
        ImmutableDictionary.Create<string, HostSpace>(StringComparer.Ordinal);

    public bool IsWithinLimits => Hosts.Count <= Thresholds.MaxHosts;

    /// <summary>Median of free chunks per host; null without hosts.</summary>
    public long? Median { get; private init; }

    /// <summary>Hosts with less than a tenth of the median, the fullest first.</summary>
    public ImmutableArray<HostSpace> Sparse { get; private init; } = [];

    public HostChunks Add(DiskPage page, DateTimeOffset at)
    {
        var hosts = Hosts.ToBuilder();
        foreach (var disk in page.Disks)
        {
            if (disk.Readonly || disk.FreeChunks is not { } free)
            {
                continue;
            }
            var host = hosts.GetValueOrDefault(disk.Host) ?? new HostSpace(disk.Host, disk.Idc, 0, 0);
            hosts[disk.Host] = host with { Disks = host.Disks + 1, Free = AddSaturating(host.Free, free) };
        }
        return this with { At = at, Pages = Pages + 1, Disks = Disks + page.Disks.Length, Hosts = hosts.ToImmutable() };
    }

    public HostChunks Complete(DateTimeOffset at)
    {
        if (Hosts.IsEmpty)
        {
            return this with { At = at };
        }
        var free = Hosts.Values.Select(host => host.Free).Order().ToList();
        var median = free[(free.Count - 1) / 2];
        return this with
        {
            At = at,
            Median = median,
            Sparse =
            [
                .. Hosts
                    .Values.Where(host => median >= MinMedian && host.Free < median * Thresholds.SparseHostShare)
                    .OrderBy(host => host.Free)
                    .ThenBy(host => host.Host, StringComparer.Ordinal),
            ],
        };
    }

    /// <summary>Normal disks are those in no other state, whether or not they send heartbeats.</summary>
    public bool IsComplete(ClusterAnalysis analysis)
    {
        double Normal(IdcReading idc) =>
            (double)(idc.Total ?? 0)
            - (idc.Broken ?? 0)
            - (idc.Repairing ?? 0)
            - (idc.Repaired ?? 0)
            - (idc.Dropped ?? 0);
        var normal = analysis.Leader?.Reading?.Blobnodes?.Idcs.Sum(Normal) ?? 0;
        return Disks >= normal * IListScan<DiskPage, HostChunks>.MinShareOfTotal;
    }

    /// <summary>Adds with saturation, so that absurd values cannot overflow.</summary>
    private static long AddSaturating(long sum, long more) => more > long.MaxValue - sum ? long.MaxValue : sum + more;
}
