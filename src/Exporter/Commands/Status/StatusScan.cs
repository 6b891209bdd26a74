using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Collection;

namespace ClustermgrExporter.Commands;

/// <summary>One scan of all volumes of a cluster, on demand.</summary>
/// <param name="progress">Gets a line now and then; null for nobody.</param>
internal sealed class StatusScan(ClusterCollector collector, Removal removal, Action<string>? progress)
{
    /// <summary>Of one member's time: somebody waits.</summary>
    private const double Share = 0.2;

    private const int PagesPerLine = 50;

    /// <summary>Where no page comes for so long, none will.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private long _seen;

    /// <summary>Null where nothing is taken away, or the scan did not end.</summary>
    public WhatIf? Without { get; private set; }

    /// <summary>Null where the scan did not end.</summary>
    public VolumeScan? Scan { get; private set; }

    /// <summary>Null where the disks could not be listed.</summary>
    public HostChunks? Hosts { get; private set; }

    /// <summary>What would be without something was asked, and cannot be said.</summary>
    public bool Unknown => !removal.IsEmpty && (Without is null || Notes.Count > 0);

    /// <summary>What went wrong, as sentences.</summary>
    public List<string> Notes { get; } = [];

    public async Task RunAsync(CancellationToken ct)
    {
        IReadOnlyList<string> hosts = [];
        if (!removal.Idcs.IsEmpty)
        {
            hosts = await collector.BlobnodesOfAsync(removal.Idcs, ct) ?? [];
            if (hosts.Count == 0)
            {
                Notes.Add($"no blobnode is registered in {string.Join(", ", removal.Idcs)}, or none can be listed");
            }
        }
        var snapshot = collector.State.Snapshot;
        string[] gone = [.. removal.Hosts, .. hosts];
        var without = new WhatIf(
            gone,
            removal.Disks,
            [
                .. snapshot.Disks.Disks.Select(disk => disk.Disk.Id),
                // Before maintenance they often are: their units cannot be written already.
                .. await collector.ReadonlyDisksOfAsync(gone, ct),
            ]
        );
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_patience);
        try
        {
            var scan = await collector
                .VolumeScanner(units: !removal.IsEmpty, Share)
                .ScanAsync(
                    (page, sofar) =>
                    {
                        patience.CancelAfter(s_patience);
                        without.Add(page);
                        Tell(page, sofar);
                    },
                    patience.Token
                );
            if (scan is null)
            {
                Notes.Add("the list of volumes does not end, which no list does");
                return;
            }
            Scan = scan;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the volumes are not known: no page came within {s_patience.TotalSeconds} s, after {_seen} volumes"
                )
            );
            return;
        }
        await ListHostsAsync(ct);
        if (removal.IsEmpty)
        {
            return;
        }
        Without = without;
        foreach (var unseen in without.Unseen)
        {
            Notes.Add($"no unit of any volume lies on {unseen}; is it spelt as clustermgr has it?");
        }
        if (without.OfUnknownCode > 0)
        {
            Notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{without.OfUnknownCode} volumes there are of a code mode that is unknown here: what they survive cannot be said"
                )
            );
        }
    }

    /// <summary>What it does not find is unknown, and takes nothing from what the volumes say.</summary>
    private async Task ListHostsAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(s_patience);
        try
        {
            Hosts = await collector
                .HostScanner(Share)
                .ScanAsync((_, _) => patience.CancelAfter(s_patience), patience.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Hosts = null;
        }
    }

    private void Tell(VolumePage page, VolumeScan sofar)
    {
        _seen += page.Volumes.Length;
        if (sofar.Pages % PagesPerLine != 0)
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
