using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>The registered and the live instances of each service, by service name in lower case.</summary>
public sealed record ServiceRecords
{
    public static readonly ServiceRecords None = new();

    public ImmutableSortedDictionary<string, ServiceRecord> Services { get; init; } =
        ImmutableSortedDictionary.Create<string, ServiceRecord>(StringComparer.Ordinal);

    /// <summary>Number of rows left out and texts shortened in the list of registered instances.</summary>
    public int ListCuts { get; init; }

    /// <summary>Number of services, IDCs, hosts and texts left out or shortened because they exceed a limit.</summary>
    public int Cuts => Services.IsEmpty ? 0 : ListCuts + Services.Values.Sum(service => service.Cuts);

    /// <summary>Hosts of the instances that a row counts as offline, in order; at most
    /// <see cref="Thresholds.MaxServiceRows"/> of a service.</summary>
    public IEnumerable<string> GetOfflineHosts(ServiceCount row) =>
        Services[row.Service].Offline.Where(instance => instance.Idc == row.Idc).Select(instance => instance.Host);

    /// <summary>By service, then idc.</summary>
    public IEnumerable<ServiceCount> Counts => Services.Values.SelectMany(service => service.Counts);
}

/// <summary>One service, by ascending idc.</summary>
/// <param name="Offline">By idc, then host; at most <see cref="Thresholds.MaxServiceRows"/>.</param>
public sealed record ServiceRecord(
    string Service,
    DateTimeOffset ReadAt,
    ImmutableArray<ServiceCount> Counts,
    ImmutableArray<OfflineInstance> Offline
)
{
    /// <summary>The name under which schedulers register.</summary>
    public const string Scheduler = "scheduler";

    /// <summary>For the scheduler service only: the hosts to ask, live ones first, at most
    /// <see cref="Thresholds.MaxSchedulerHosts"/>.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Number of IDCs, hosts and texts left out or shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }

    /// <summary>Converts a service name such as SCHEDULER to the lower case of metrics and pages.</summary>
    public static string ToLabel(string name) => name.ToLowerInvariant();

    /// <summary>An instance that is registered and not among the live ones is offline. Hosts are compared, since one
    /// host runs at most one instance of a service.</summary>
    public static ServiceRecord Create(
        string service,
        IEnumerable<ServiceInstance> registered,
        ServicePage live,
        DateTimeOffset at
    )
    {
        var hosts = live.Instances.Select(instance => instance.Host).ToHashSet(StringComparer.Ordinal);
        var counts = new List<ServiceCount>();
        var offline = new List<OfflineInstance>();
        foreach (
            var idc in registered
                .GroupBy(instance => instance.Idc, StringComparer.Ordinal)
                .OrderBy(idc => idc.Key, StringComparer.Ordinal)
        )
        {
            var all = idc.Select(instance => instance.Host).Distinct(StringComparer.Ordinal).ToList();
            var dead = all.Where(host => !hosts.Contains(host)).Order(StringComparer.Ordinal).ToList();
            counts.Add(new ServiceCount(service, idc.Key, all.Count - dead.Count, dead.Count));
            offline.AddRange(dead.Select(host => new OfflineInstance(service, idc.Key, host)));
        }
        return new ServiceRecord(
            service,
            at,
            [.. counts.Take(Thresholds.MaxServiceRows)],
            [.. offline.Take(Thresholds.MaxServiceRows)]
        )
        {
            Hosts =
                service != Scheduler
                    ? []
                    :
                    [
                        .. registered
                            .Select(instance => instance.Host)
                            .Distinct(StringComparer.Ordinal)
                            .OrderBy(host => !hosts.Contains(host))
                            .ThenBy(host => host, StringComparer.Ordinal)
                            .Take(Thresholds.MaxSchedulerHosts),
                    ],
            Cuts =
                live.Cuts
                + Math.Max(0, counts.Count - Thresholds.MaxServiceRows)
                + Math.Max(0, offline.Count - Thresholds.MaxServiceRows),
        };
    }
}

/// <summary>An instance that is registered and not live.</summary>
public sealed record OfflineInstance(string Service, string Idc, string Host);

/// <summary>Registered instances of one service in one IDC.</summary>
public sealed record ServiceCount(string Service, string Idc, int Online, int Offline);

/// <summary>One row of /service/list or /service/get.</summary>
public sealed record ServiceInstance(string Name, string Host, string Idc);

/// <summary>All rows of /service/list (registered, dead ones included) or /service/get (the live ones).</summary>
public sealed record ServicePage(ImmutableArray<ServiceInstance> Instances)
{
    /// <summary>Number of texts shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }
}
