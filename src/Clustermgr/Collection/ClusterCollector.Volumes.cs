using Clustermgr.Analysis;

namespace Clustermgr.Collection;

/// <summary>All volumes, page by page.</summary>
public sealed partial class ClusterCollector
{
    /// <summary>Of a member's time.</summary>
    private const double GentleShare = 0.02;

    /// <returns>False where the list did not end.</returns>
    public async Task<bool> CollectVolumesAsync(CancellationToken ct)
    {
        var scan = await Scanner(units: false, GentleShare).ScanAsync(null, ct);
        if (scan is null)
        {
            return false;
        }
        state.Fold(before => before.Fold(scan));
        return true;
    }

    /// <summary>URLs of the registered blobnodes of IDCs; null where they cannot be read.</summary>
    public async Task<IReadOnlyList<string>?> BlobnodesOfAsync(IReadOnlyCollection<string> idcs, CancellationToken ct)
    {
        var listed = await AskAsync(Endpoint.Services, new ReadRound(), client => client.ListServicesAsync(ct));
        return listed
            ?.Value?.Instances.Where(instance =>
                instance.Name.Equals("BLOBNODE", StringComparison.OrdinalIgnoreCase) && idcs.Contains(instance.Idc)
            )
            .Select(instance => instance.Host)
            .ToList();
    }

    /// <param name="units">Read where the units are, too.</param>
    /// <param name="share">Of a member's time, from 0 to 1.</param>
    public VolumeScanner Scanner(bool units, double share) =>
        new(
            (member, marker, ct) =>
                AskAsync<VolumePage>(
                    member,
                    Endpoint.Volumes,
                    client => client.ListVolumesAsync(marker, units, ct),
                    null
                ),
            state,
            clock,
            share
        );
}
