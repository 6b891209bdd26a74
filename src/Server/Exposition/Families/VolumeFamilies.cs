using System.Collections.Immutable;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>volume_stat of the leader.</summary>
internal static class VolumeFamilies
{
    private const string Absent = "Absent while no member answers as leader.";

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Gauge(
            "clustermgr_volumes",
            "status",
            "Volumes by status.",
            $"volume_stat.idle_volume, active_volume, lock_volume, unlocking_volume. {Absent}",
            WriteStatuses
        ),
        PerCluster(
            "clustermgr_volumes_registered",
            "All volumes.",
            $"volume_stat.total_volume. {Absent}",
            analysis => Volumes(analysis)?.Total
        ),
        PerCluster(
            "clustermgr_volumes_allocatable",
            "Volumes that can be handed out. Falls only when an allocation is tried.",
            $"volume_stat.can_alloc_volume. Goes stale high. {Absent}",
            analysis => Volumes(analysis)?.Allocatable
        ),
    ];

    private static void WriteStatuses(LineWriter lines, ClusterAnalysis analysis)
    {
        if (Volumes(analysis) is not { } volumes)
        {
            return;
        }
        lines.Add(volumes.Idle, "idle");
        lines.Add(volumes.Active, "active");
        lines.Add(volumes.Locked, "locked");
        lines.Add(volumes.Unlocking, "unlocking");
    }

    private static VolumeReading? Volumes(ClusterAnalysis analysis) => analysis.Leader?.Reading?.Volumes;
}
