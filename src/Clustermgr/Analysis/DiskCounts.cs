namespace Clustermgr.Analysis;

/// <summary>How many disks are not normal, by the figures of the leader: blobnode disks, which alone have
/// lists.</summary>
internal readonly record struct DiskCounts(long Broken, long Repairing, long Repaired, long Dropping, long Dropped)
{
    /// <summary>Null while no leader answers with them.</summary>
    public static DiskCounts? FromAnalysis(ClusterAnalysis analysis)
    {
        if (analysis.Leader?.Reading?.Blobnodes is not { } blobnodes)
        {
            return null;
        }
        long Sum(Func<IdcReading, long?> count) => blobnodes.Idcs.Sum(idc => count(idc) ?? 0);
        return new DiskCounts(
            Sum(idc => idc.Broken),
            Sum(idc => idc.Repairing),
            Sum(idc => idc.Repaired),
            Sum(idc => idc.Dropping),
            Sum(idc => idc.Dropped)
        );
    }
}
