using System.Collections.Immutable;

namespace ClustermgrExporter.Clusters;

/// <summary>The instances of each service, registered against live, by service name in lower case.</summary>
internal sealed record ServiceRecords
{
    public static readonly ServiceRecords None = new();

    public ImmutableSortedDictionary<string, ServiceRecord> Services { get; init; } =
        ImmutableSortedDictionary.Create<string, ServiceRecord>(StringComparer.Ordinal);

    /// <summary>By service, then idc.</summary>
    public IEnumerable<ServiceCount> Counts => Services.Values.SelectMany(service => service.Counts);
}

/// <summary>One service, by ascending idc.</summary>
internal sealed record ServiceRecord(string Service, DateTimeOffset ReadAt, ImmutableArray<ServiceCount> Counts)
{
    /// <summary>SCHEDULER of the answers is scheduler in metrics and pages.</summary>
    public static string Word(string name) => name.ToLowerInvariant();

    /// <summary>An instance that is registered and not among the live ones is offline. Hosts are compared, since one
    /// host runs at most one instance of a service.</summary>
    public static ServiceRecord Of(
        string service, IEnumerable<ServiceInstance> registered, IEnumerable<ServiceInstance> live, DateTimeOffset at)
    {
        var hosts = live.Select(instance => instance.Host).ToHashSet(StringComparer.Ordinal);
        var counts = registered
            .GroupBy(instance => instance.Idc, StringComparer.Ordinal)
            .OrderBy(idc => idc.Key, StringComparer.Ordinal)
            .Select(idc =>
            {
                var all = idc.Select(instance => instance.Host).Distinct(StringComparer.Ordinal).ToList();
                var online = all.Count(hosts.Contains);
                return new ServiceCount(service, idc.Key, online, all.Count - online);
            });
        return new ServiceRecord(service, at, [.. counts]);
    }
}

/// <summary>Registered instances of one service in one IDC.</summary>
internal sealed record ServiceCount(string Service, string Idc, int Online, int Offline);
