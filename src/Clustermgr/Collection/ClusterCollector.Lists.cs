using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Client;

namespace Clustermgr.Collection;

/// <summary>Reads of lists, page by page: disks and services.</summary>
public sealed partial class ClusterCollector
{
    /// <summary>Maximum number of hosts that are checked for replaced disks in one round.</summary>
    private const int MaxHosts = 8;

    private static readonly TimeSpan ReplacementRecheckInterval = TimeSpan.FromMinutes(10);

    /// <summary>When a host was last checked for replaced disks, by its URL.</summary>
    private readonly Dictionary<string, DateTimeOffset> _askedFor = new(StringComparer.Ordinal);

    /// <returns>True when every list was read.</returns>
    public async Task<bool> CollectDisksAsync(CancellationToken ct)
    {
        var lists = new Dictionary<DiskListKind, DiskList>();
        var round = new ReadRound();
        var kinds = Enum.GetValues<DiskListKind>();
        foreach (var kind in kinds)
        {
            var (outcome, list) = await ReadDiskListAsync(kind, round, ct);
            if (list is not null)
            {
                lists.Add(kind, list);
            }
            // Without a quorum every list would hang as this one did; a list that the cluster does not support does not
            // affect the others.
            if (outcome is not (Outcome.Ok or Outcome.HttpError) && state.Snapshot.LinearizableReadUp is not true)
            {
                break;
            }
        }
        state.Apply(before => before.Apply(lists));
        if (lists.Count == kinds.Length)
        {
            await CollectReplacedAsync(round, ct);
        }
        return lists.Count == kinds.Length;
    }

    /// <summary>
    /// Checks whether repaired disks were replaced. A repaired disk stays registered forever; its replacement is a
    /// normal disk at its path. One read for each host, of few hosts per round; a disk that was replaced is not checked
    /// again.
    /// </summary>
    private async Task CollectReplacedAsync(ReadRound round, CancellationToken ct)
    {
        var disks = state.Snapshot.Disks;
        // A disk that was registered later at the same place is the replacement, whatever its state is now.
        var newest = disks
            .Disks.GroupBy(disk => (disk.Disk.Host, disk.Disk.Path))
            .ToDictionary(place => place.Key, place => place.Max(disk => disk.Disk.Id));
        var followed = disks
            .Disks.Where(disk => disk.IsRepaired && disk.Disk.Id < newest[(disk.Disk.Host, disk.Disk.Path)])
            .Select(disk => KeyValuePair.Create(disk.Disk.Id, true))
            .ToList();
        if (followed.Exists(disk => !disks.Replaced.GetValueOrDefault(disk.Key)))
        {
            state.Apply(before => before.ApplyReplaced(followed));
            disks = state.Snapshot.Disks;
        }
        var open = disks.Disks.Where(disk => disk.IsRepaired && !disks.Replaced.GetValueOrDefault(disk.Disk.Id));
        var hosts = open.GroupBy(disk => disk.Disk.Host, StringComparer.Ordinal)
            .Where(host => clock.Now - _askedFor.GetValueOrDefault(host.Key) >= ReplacementRecheckInterval)
            .OrderBy(host => _askedFor.GetValueOrDefault(host.Key))
            .Take(MaxHosts)
            .ToList();
        foreach (var host in hosts)
        {
            _askedFor[host.Key] = clock.Now;
            await AskAsync(
                Endpoint.Disks,
                round,
                client => client.ListNormalDisksAsync(host.Key, ct),
                (before, page, _) =>
                {
                    var paths = page
                        .Disks.Where(disk => disk.Host == host.Key)
                        .Select(disk => disk.Path)
                        .ToHashSet(StringComparer.Ordinal);
                    return before.ApplyReplaced(
                        host.Select(disk => KeyValuePair.Create(disk.Disk.Id, paths.Contains(disk.Disk.Path)))
                    );
                }
            );
        }
    }

    /// <summary>Reads the registered instances and, for each service that has some, the live ones; one after another,
    /// since these reads share their connections with the disks.</summary>
    /// <returns>True when all was read.</returns>
    public async Task<bool> CollectServicesAsync(CancellationToken ct)
    {
        var round = new ReadRound();
        var all = true;
        var registered = await AskAsync(
            Endpoint.Services,
            round,
            client => client.ListServicesAsync(ct),
            (before, list, _) =>
            {
                var names = list
                    .Instances.Select(instance => ServiceRecord.ToLabel(instance.Name))
                    .ToImmutableHashSet(StringComparer.Ordinal);
                return before.ApplyRegistered(names, list.Cuts + Math.Max(0, names.Count - Thresholds.MaxServices));
            }
        );
        if (registered?.Value is not { } page)
        {
            return false;
        }
        // One read per service: an unbounded number of registered names must not cause an unbounded number of reads.
        var services = page.Instances.GroupBy(instance => instance.Name, StringComparer.Ordinal);
        foreach (var service in services.Take(Thresholds.MaxServices))
        {
            all &= await CollectServiceAsync(service.Key, service, round, ct);
        }
        return all;
    }

    private async Task<(Outcome?, DiskList?)> ReadDiskListAsync(
        DiskListKind kind,
        ReadRound round,
        CancellationToken ct
    )
    {
        var rows = ImmutableArray.CreateBuilder<DiskReading>();
        ulong marker = 0;
        var cuts = 0;
        while (true)
        {
            var from = marker;
            var answer = await AskAsync(
                Endpoint.Disks,
                round,
                client =>
                    DiskRecords.ToDiskStatus(kind) is { } status
                        ? client.ListDisksAsync(status, from, ct)
                        : client.ListDroppingDisksAsync(ct)
            );
            if (answer is not { Value: { } page, At: var at })
            {
                return (answer?.Outcome, null);
            }
            rows.AddRange(page.Disks);
            cuts += page.Cuts;
            // The last page still has a marker: only an empty page ends the list. A marker that does not advance would
            // return the same page forever, and the rest of the list cannot be read.
            var count = rows.Count;
            var ended = kind == DiskListKind.Dropping || page.Disks.IsEmpty;
            if (ended || count > Thresholds.MaxDiskRows || page.Marker <= marker)
            {
                return (
                    Outcome.Ok,
                    new DiskList(at, rows.DrainToImmutable(), !ended || count > Thresholds.MaxDiskRows) { Cuts = cuts }
                );
            }
            marker = page.Marker;
        }
    }

    private async Task<bool> CollectServiceAsync(
        string name,
        IEnumerable<ServiceInstance> registered,
        ReadRound round,
        CancellationToken ct
    )
    {
        var live = await AskAsync(
            Endpoint.Services,
            round,
            client => client.GetServiceAsync(name, ct),
            (before, page, at) =>
            {
                var record = ServiceRecord.Create(ServiceRecord.ToLabel(name), registered, page, at);
                return before.Apply(record.Service, record);
            }
        );
        return live?.Value is not null;
    }
}
