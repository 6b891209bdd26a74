using Clustermgr.Analysis;

namespace Clustermgr.Collection;

/// <summary>Scans of all volumes and all normal disks, page by page.</summary>
public sealed partial class ClusterCollector
{
    /// <summary>Share of a member's time that a background scan may use.</summary>
    private const double GentleShare = 0.02;

    /// <summary>Maximum number of hosts of an IDC.</summary>
    private const int MaxRemovedHosts = 1000;

    /// <summary>Failures after which the disk list is given up, so that it does not delay the scans of the
    /// volumes.</summary>
    private const int MaxDiskFailures = 3;

    /// <returns>False when the list did not end.</returns>
    public async Task<bool> CollectVolumesAsync(CancellationToken ct)
    {
        if (await CreateVolumeScanner(units: false, GentleShare).ScanAsync(null, ct) is not { } scan)
        {
            return false;
        }
        state.Apply(before => before.Apply(scan));
        if (await CreateHostScanner(GentleShare).ScanAsync(null, ct) is { } hosts)
        {
            state.Apply(before => before.Apply(hosts));
        }
        return true;
    }

    /// <summary>Returns the URLs of the registered blobnodes of IDCs; null when they cannot be read.</summary>
    public async Task<IReadOnlyList<string>?> ListBlobnodesAsync(IReadOnlyCollection<string> idcs, CancellationToken ct)
    {
        var listed = await AskAsync(Endpoint.Services, new ReadRound(), client => client.ListServicesAsync(ct));
        return listed
            ?.Value?.Instances.Where(instance =>
                instance.Name.Equals("BLOBNODE", StringComparison.OrdinalIgnoreCase) && idcs.Contains(instance.Idc)
            )
            .Select(instance => instance.Host)
            .ToList();
    }

    /// <summary>Returns the ids of the normal disks of blobnodes that accept no writes, without the disks of hosts that
    /// cannot be read.</summary>
    /// <param name="hosts">URLs, or host:port.</param>
    public async Task<IReadOnlyList<ulong>> ListReadonlyDisksAsync(IEnumerable<string> hosts, CancellationToken ct)
    {
        var round = new ReadRound();
        var found = new List<ulong>();
        foreach (var host in hosts.Take(MaxRemovedHosts))
        {
            var url = host.Contains("://", StringComparison.Ordinal) ? host.TrimEnd('/') : $"http://{host}";
            var listed = await AskAsync(Endpoint.Disks, round, client => client.ListNormalDisksAsync(url, ct));
            found.AddRange(listed?.Value?.Disks.Where(disk => disk.Readonly).Select(disk => disk.Id) ?? []);
        }
        return found;
    }

    /// <param name="units">True to read the units as well.</param>
    /// <param name="share">Share of a member's time that the scan may use, from 0 to 1.</param>
    public ListScanner<VolumePage, VolumeScan> CreateVolumeScanner(bool units, double share) =>
        new(
            (member, marker, ct) =>
                AskAsync<VolumePage>(
                    member,
                    Endpoint.Volumes,
                    client => client.ListVolumesAsync(marker, units, ct),
                    null
                ),
            at => new VolumeScan(at, at),
            state,
            clock,
            share
        );

    /// <param name="share">Share of a member's time that the scan may use, from 0 to 1.</param>
    public ListScanner<DiskPage, HostChunks> CreateHostScanner(double share) =>
        new(ListWritableDisksAsync, at => new HostChunks(at, at), state, clock, share)
        {
            MaxFailures = MaxDiskFailures,
        };

    /// <summary>Lists normal disks, with disks that are being dropped marked read-only: the list does not show it, and
    /// they accept no writes either. Nothing is read before the dropping disks are known.</summary>
    private async Task<Answer<DiskPage>> ListWritableDisksAsync(int member, ulong marker, CancellationToken ct)
    {
        if (!state.Snapshot.Disks.Has(DiskListKind.Dropping))
        {
            return default;
        }
        var answer = await AskAsync<DiskPage>(
            member,
            Endpoint.Disks,
            client => client.ListNormalDisksAsync(marker, ct),
            null
        );
        var dropping = state
            .Snapshot.Disks.Disks.Where(disk => disk.IsDropping)
            .Select(disk => disk.Disk.Id)
            .ToHashSet();
        return answer.Value is not { } page
            ? answer
            : answer with
            {
                Value = page with
                {
                    Disks =
                    [
                        .. page.Disks.Select(disk => dropping.Contains(disk.Id) ? disk with { Readonly = true } : disk),
                    ],
                },
            };
    }
}
