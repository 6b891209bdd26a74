using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Collection;

namespace ClustermgrExporter.Commands;

/// <summary>One scan of all volumes of a cluster, on demand.</summary>
/// <param name="progress">Receives a line now and then; null for none.</param>
internal sealed class StatusScan(ClusterCollector collector, Removal removal, Action<string>? progress)
{
    /// <summary>Share of one member's time; high, since a user waits.</summary>
    private const double Share = 0.2;

    private const int PagesPerLine = 50;

    /// <summary>Maximum time to wait for the next page.</summary>
    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(30);

    private long _seen;

    /// <summary>Null when no removal is simulated, or the scan did not end.</summary>
    public RemovalImpact? Impact { get; private set; }

    /// <summary>Null when the scan did not end.</summary>
    public VolumeScan? Scan { get; private set; }

    /// <summary>Null when the disks could not be listed.</summary>
    public HostChunks? Hosts { get; private set; }

    /// <summary>True when a removal was to be simulated and its effect is unknown.</summary>
    public bool IsInconclusive => !removal.IsEmpty && (Impact is null || Notes.Count > 0);

    /// <summary>What went wrong, as sentences.</summary>
    public List<string> Notes { get; } = [];

    public async Task RunAsync(CancellationToken ct)
    {
        var impact = await CreateImpactAsync(ct);
        if (!await ScanVolumesAsync(impact, ct))
        {
            return;
        }
        await ListHostsAsync(ct);
        if (removal.IsEmpty)
        {
            return;
        }
        Impact = impact;
        foreach (var unseen in impact.Unmatched)
        {
            Notes.Add($"no unit of any volume lies on {unseen}; check its spelling");
        }
        if (impact.UnknownCodeMode > 0)
        {
            Notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{impact.UnknownCodeMode} volumes there are of a code mode that is unknown here: what they survive cannot be said"
                )
            );
        }
    }

    /// <summary>Finds out which hosts and disks the removal means.</summary>
    private async Task<RemovalImpact> CreateImpactAsync(CancellationToken ct)
    {
        IReadOnlyList<string> hosts = [];
        if (!removal.Idcs.IsEmpty)
        {
            hosts = await collector.ListBlobnodesAsync(removal.Idcs, ct) ?? [];
            if (hosts.Count == 0)
            {
                Notes.Add($"no blobnode is registered in {string.Join(", ", removal.Idcs)}, or none can be listed");
            }
        }
        var snapshot = collector.State.Snapshot;
        string[] gone = [.. removal.Hosts, .. hosts];
        return new(
            gone,
            removal.Disks,
            [
                .. snapshot.Disks.Disks.Select(disk => disk.Disk.Id),
                // Disks are often read-only before maintenance; their units cannot be written already.
                .. await collector.ListReadonlyDisksAsync(gone, ct),
            ]
        );
    }

    /// <returns>Whether the scan came to its end; if not, <see cref="Notes"/> says why.</returns>
    private async Task<bool> ScanVolumesAsync(RemovalImpact impact, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(PageTimeout);
        try
        {
            Scan = await collector
                .CreateVolumeScanner(units: !removal.IsEmpty, Share)
                .ScanAsync(
                    (page, sofar) =>
                    {
                        timeout.CancelAfter(PageTimeout);
                        impact.Add(page);
                        ReportProgress(page, sofar);
                    },
                    timeout.Token
                );
            if (Scan is null)
            {
                Notes.Add("the list of volumes does not end");
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the volumes are not known: no page came within {PageTimeout.TotalSeconds} s, after {_seen} volumes"
                )
            );
        }
        return Scan is not null;
    }

    /// <summary>Lists the free chunks by host. A failure leaves them unknown, and does not affect the result of the
    /// volumes.</summary>
    private async Task ListHostsAsync(CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(PageTimeout);
        try
        {
            Hosts = await collector
                .CreateHostScanner(Share)
                .ScanAsync((_, _) => timeout.CancelAfter(PageTimeout), timeout.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Hosts = null;
        }
    }

    private void ReportProgress(VolumePage page, VolumeScan scan)
    {
        _seen += page.Volumes.Length;
        if (scan.Pages % PagesPerLine != 0)
        {
            return;
        }
        var snapshot = collector.State.Snapshot;
        var total = collector.State.Analysis.Leader?.Reading?.Volumes?.Total;
        progress?.Invoke(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{snapshot.Cluster}: {_seen}{(total is { } all ? $" of {all}" : "")} volumes scanned"
            )
        );
    }
}
