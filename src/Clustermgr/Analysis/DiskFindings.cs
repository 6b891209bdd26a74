using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>Findings about disks, chunks, volumes and space, from the leader's figures.</summary>
internal static class DiskFindings
{
    public static IEnumerable<Finding> Find(ClusterAnalysis analysis) =>
        [
            .. FindLeaderFindings(analysis),
            .. FindVolumeRisks(analysis.Snapshot.VolumeScan),
            .. FindSparseHosts(analysis.Snapshot.HostChunks),
        ];

    /// <summary>From the last listing of the disks: one finding for all hosts, because there is one alert.</summary>
    private static IEnumerable<Finding> FindSparseHosts(HostChunks? chunks)
    {
        if (chunks is not { Median: { } median, Sparse: [var fullest, ..] hosts })
        {
            yield break;
        }
        yield return FindingKind.HostShortOfChunks.CreateFinding(
            "",
            $"{hosts.Length} of {Pluralizer.Count(chunks.Hosts.Count, "host")} {(hosts.Length == 1 ? "has" : "have")} "
                + $"less than a tenth of the median of {Pluralizer.Count(median, "free chunk")}: "
                + $"{fullest.Host} in {fullest.Idc} has {fullest.Free}."
        );
    }

    /// <summary>From the last volume scan, regardless of who leads now.</summary>
    private static IEnumerable<Finding> FindVolumeRisks(VolumeScan? scan)
    {
        if (scan is null)
        {
            yield break;
        }
        if (scan.CountWithDataLeft(left => left <= 0) is > 0 and var none)
        {
            var lost = scan.CountWithDataLeft(left => left < 0);
            yield return FindingKind.VolumeAtRisk.CreateFinding(
                "",
                $"{Pluralizer.Count(none, "volume", "has")} nothing left to lose"
                    + (lost > 0 ? $", and {lost} may have lost data already" : "")
                    + $": the worst is {DescribeWorst(scan)}."
            );
        }
        if (scan.CountWithDataLeft(left => left == 1) is > 0 and var one)
        {
            yield return FindingKind.VolumeOneLossLeft.CreateFinding(
                "",
                $"{Pluralizer.Count(one, "volume", "has")} one unit left to lose before data is."
            );
        }
    }

    private static string DescribeWorst(VolumeScan scan) =>
        scan.Worst is [var worst, ..]
            ? $"{worst.Id} ({CodeMode.GetName(worst.CodeMode)}), with {Pluralizer.Count(worst.Missing, "unit")} missing"
            : "not known";

    private static IEnumerable<Finding> FindLeaderFindings(ClusterAnalysis analysis)
    {
        if (analysis.Leader?.Reading is not { } reading)
        {
            return [];
        }
        var space = reading.Blobnodes is { } blobnodes
            ? [.. FindSpaceFindings(blobnodes), .. FindBrokenDisks(analysis, blobnodes)]
            : Array.Empty<Finding>();
        if (reading.Shardnodes is { } shardnodes)
        {
            space = [.. space, .. FindShardnodeFindings(analysis, shardnodes)];
        }
        return [.. space, .. FindAllocationFindings(analysis, reading)];
    }

    /// <summary>Only while the leader answers: the last figures of a lost leader describe a cluster that was going
    /// down.</summary>
    private static IEnumerable<Finding> FindAllocationFindings(ClusterAnalysis analysis, StatReading reading)
    {
        if (analysis.Leader is not { Up: true } || reading.Volumes is not { } volumes)
        {
            yield break;
        }
        if (volumes is { Allocatable: 0, Total: > 0 })
        {
            yield return FindingKind.NoAllocatableVolumes.CreateFinding(
                "",
                $"None of {volumes.Total} volumes can be allocated."
            );
        }
        var disks = reading.Blobnodes?.Idcs.Sum(idc => idc.Available) ?? 0;
        if (volumes.Total == 0 && disks > 0)
        {
            yield return FindingKind.NoVolumes.CreateFinding(
                "",
                $"{Pluralizer.Count(disks, "disk", "is")} available, and there is not one volume."
            );
        }
    }

    private static IEnumerable<Finding> FindBrokenDisks(ClusterAnalysis analysis, SpaceReading space)
    {
        var broken = Total(space, idc => idc.Broken);
        var repairing = Total(space, idc => idc.Repairing);
        if (broken > 0)
        {
            yield return FindingKind.DiskBroken.CreateFinding(
                "",
                $"{Pluralizer.Count(broken, "disk", "is")} broken: {DescribeIdcs(space, idc => idc.Broken)}."
            );
        }
        var affected = space.Idcs.Count(idc => idc.Broken > 0 || idc.Expired > 0);
        if (affected > 1)
        {
            yield return FindingKind.BrokenInTwoIdcs.CreateFinding(
                "",
                $"Disks are broken or expired in {affected} IDCs at once: "
                    + $"{DescribeIdcs(space, idc => (idc.Broken ?? 0) + (idc.Expired ?? 0))}."
            );
        }
        foreach (var finding in FindExpirySurges(space, "blobnode", "disk"))
        {
            yield return finding;
        }
        if (broken + repairing == 0)
        {
            yield break;
        }
        if (FindRepairOff(analysis, "disk_repair", broken + repairing, "disk") is { } off)
        {
            yield return off;
        }
        var free = Total(space, idc => idc.ChunksFree);
        var chunks = Total(space, idc => idc.Chunks);
        if (chunks > 0 && free / chunks < Thresholds.RepairTargetShare)
        {
            yield return FindingKind.RepairHasNoTarget.CreateFinding(
                "",
                $"{Pluralizer.Count(broken + repairing, "disk", "is")} broken or repairing and "
                    + $"{FindingSet.Percent(free / chunks)} of the chunks are free."
            );
        }
    }

    private static IEnumerable<Finding> FindShardnodeFindings(ClusterAnalysis analysis, SpaceReading space)
    {
        var broken = Total(space, idc => idc.Broken);
        var repairing = Total(space, idc => idc.Repairing);
        if (broken > 0)
        {
            yield return FindingKind.DiskBroken.CreateFinding(
                "shardnode",
                $"{Pluralizer.Count(broken, "shardnode disk", "is")} broken: {DescribeIdcs(space, idc => idc.Broken)}."
            );
        }
        if (FindCriticalSpace(space, "shardnode", "shardnodes' space") is { } full)
        {
            yield return full;
        }
        foreach (var finding in FindExpirySurges(space, "shardnode", "shardnode disk"))
        {
            yield return finding;
        }
        if (
            broken + repairing > 0
            && FindRepairOff(analysis, "shard_disk_repair", broken + repairing, "shardnode disk") is { } off
        )
        {
            yield return off;
        }
    }

    /// <summary>Counts only disks that can send heartbeats: repaired and dropped disks stay registered
    /// forever.</summary>
    private static IEnumerable<Finding> FindExpirySurges(SpaceReading space, string nodeType, string kind)
    {
        foreach (var idc in space.Idcs.Where(idc => idc.Expired > 0))
        {
            if (
                idc.Total - (idc.Repaired ?? 0) - (idc.Dropped ?? 0) is not (> 0 and var heard)
                || idc.Expired / (double)heard < Thresholds.ExpiredSurgeShare
            )
            {
                continue;
            }
            yield return FindingKind.ExpiredSurge.CreateFinding(
                nodeType == "blobnode" ? idc.Idc : $"{idc.Idc} {nodeType}",
                $"{idc.Expired} of {Pluralizer.Count(heard, kind)} in {idc.Idc} sent no heartbeat.",
                ("node_type", nodeType),
                ("idc", idc.Idc)
            );
        }
    }

    private static Finding? FindCriticalSpace(SpaceReading space, string nodeType, string name) =>
        space is { Total: > 0 and var total, Writable: { } writable }
        && writable / (double)total < Thresholds.CriticalSpaceShare
            ? FindingKind.WritableSpaceCritical.CreateFinding(
                nodeType == "blobnode" ? "" : nodeType,
                $"{FindingSet.Percent(writable / (double)total)} of the {name} is writable.",
                ("node_type", nodeType)
            )
            : null;

    private static Finding? FindRepairOff(ClusterAnalysis analysis, string key, double disks, string kind)
    {
        if (analysis.Snapshot.Switches.FirstOrDefault(entry => entry.Key == key) is not { } repair)
        {
            return null;
        }
        var state = TaskSwitches.GetState(repair.Key, repair.Reading);
        if (state is not (SwitchState.Disabled or SwitchState.Ineffective or SwitchState.Unset))
        {
            return null;
        }
        return FindingKind.RepairOffWithBrokenDisks.CreateFinding(
            key,
            $"{Pluralizer.Count(disks, kind, "is")} broken or repairing while {key} is {LabelNames.ToLabel(state)}"
                + (repair.Reading!.Raw is { } raw ? $" (\"{raw}\")." : "."),
            ("task", key)
        );
    }

    private static IEnumerable<Finding> FindSpaceFindings(SpaceReading space)
    {
        if (FindCriticalSpace(space, "blobnode", "space") is { } full)
        {
            yield return full;
        }
        var free = Total(space, idc => idc.ChunksFree);
        var chunks = Total(space, idc => idc.Chunks);
        if (chunks == 0 || free / chunks <= Thresholds.AmpleChunksShare)
        {
            yield break;
        }
        var smallest = space.Idcs.Where(idc => idc.Chunks > 0).MinBy(GetFreeShare);
        if (smallest is not null && GetFreeShare(smallest) is < Thresholds.BottleneckShare and var share)
        {
            yield return FindingKind.IdcBottleneck.CreateFinding(
                smallest.Idc,
                $"{FindingSet.Percent(share)} of the chunks in "
                    + $"{smallest.Idc} are free, "
                    + $"{FindingSet.Percent(free / chunks)} in all.",
                ("idc", smallest.Idc)
            );
        }
    }

    private static double GetFreeShare(IdcReading idc) => (double)(idc.ChunksFree ?? 0) / idc.Chunks!.Value;

    /// <summary>Sums as double, so that absurd values cannot overflow.</summary>
    private static double Total(SpaceReading space, Func<IdcReading, long?> count) =>
        space.Idcs.Sum(idc => (double)(count(idc) ?? 0));

    private static string DescribeIdcs(SpaceReading space, Func<IdcReading, long?> count) =>
        string.Join(", ", space.Idcs.Where(idc => count(idc) > 0).Select(idc => $"{count(idc)} in {idc.Idc}"));
}
