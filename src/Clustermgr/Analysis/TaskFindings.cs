namespace Clustermgr.Analysis;

/// <summary>Findings about switches and services of the background tasks.</summary>
internal static class TaskFindings
{
    private const int MaxHosts = 3;

    /// <summary>Switches that silently risk data when they are off for long; the others are often off on
    /// purpose.</summary>
    private static readonly string[] RiskySwitches = ["volume_inspect", "blob_delete", "shard_repair"];

    public static IEnumerable<Finding> Find(ClusterAnalysis analysis)
    {
        foreach (var finding in FindStaleData(analysis.Snapshot))
        {
            yield return finding;
        }
        foreach (var entry in analysis.Snapshot.Switches)
        {
            var state = TaskSwitches.GetState(entry.Key, entry.Reading);
            if (state == SwitchState.Unknown)
            {
                continue;
            }
            if (state == SwitchState.Ineffective)
            {
                yield return CreateIneffectiveFinding(entry);
            }
            else if (IsIgnored(analysis.Snapshot.Scheduler, entry, state))
            {
                yield return FindingKind.TaskSwitchIneffective.CreateFinding(
                    entry.Key,
                    $"{entry.Key} is enabled, and the scheduler says that the task is off: it has not read the switch.",
                    ("task", entry.Key)
                );
            }
            if (entry.Expected is { } expected && expected != (state == SwitchState.Enabled))
            {
                yield return FindingKind.TaskSwitchUnexpected.CreateFinding(
                    entry.Key,
                    $"{entry.Key} is {LabelNames.ToLabel(state)}, configured is {(expected ? "enabled" : "disabled")}.",
                    ("task", entry.Key)
                );
            }
            else if (
                state is SwitchState.Disabled or SwitchState.Unset
                && entry.Expected is null
                && RiskySwitches.Contains(entry.Key)
            )
            {
                yield return FindingKind.TaskSwitchOff.CreateFinding(
                    entry.Key,
                    $"{entry.Key} is {LabelNames.ToLabel(state)}.",
                    ("task", entry.Key)
                );
            }
        }
        var services = analysis.Snapshot.Services;
        foreach (var count in services.Counts)
        {
            if (count is { Service: "scheduler" or "proxy", Offline: > 0 })
            {
                yield return FindingKind.ServiceOffline.CreateFinding(
                    $"{count.Service} {count.Idc}",
                    $"{count.Offline} of {count.Online + count.Offline} registered {count.Service} in {count.Idc} "
                        + $"not live: {JoinFirst(services.GetOfflineHosts(count))}.",
                    ("service", count.Service),
                    ("idc", count.Idc)
                );
            }
        }
    }

    /// <summary>True when the scheduler still reports a task as off long after its switch was enabled.</summary>
    private static bool IsIgnored(SchedulerRecord scheduler, SwitchRecord entry, SwitchState state) =>
        state == SwitchState.Enabled
        && scheduler.Reading?.Task(entry.Key) is { Enabled: false }
        && scheduler.ReadAt - entry.Since >= Thresholds.SwitchPropagation;

    /// <summary>Lists only the first few hosts.</summary>
    private static string JoinFirst(IEnumerable<string> hosts)
    {
        var first = hosts.Take(MaxHosts + 1).ToList();
        return string.Join(", ", first.Take(MaxHosts)) + (first.Count > MaxHosts ? ", …" : "");
    }

    /// <summary>Finds switches and disks that could not be read. While the quorum is lost there is a finding for that
    /// instead.</summary>
    private static IEnumerable<Finding> FindStaleData(ClusterSnapshot snapshot)
    {
        if (snapshot.LinearizableReadUp is false || snapshot.Members.All(member => !member.Up))
        {
            yield break;
        }
        if (snapshot.SwitchesAttempted && snapshot.Switches.All(entry => entry.Reading is null))
        {
            yield return FindingKind.StaleData.CreateFinding(
                "switches",
                "The task switches cannot be read; clustermgr_polls_total shows why.",
                ("endpoint", LabelNames.ToLabel(Endpoint.Config))
            );
        }
        if (snapshot.DisksAttempted && snapshot.Disks.ReadAt is null)
        {
            yield return FindingKind.StaleData.CreateFinding(
                "disks",
                "The disks that are not normal cannot be read; clustermgr_polls_total shows why.",
                ("endpoint", LabelNames.ToLabel(Endpoint.Disks))
            );
        }
    }

    private static Finding CreateIneffectiveFinding(SwitchRecord entry) =>
        FindingKind.TaskSwitchIneffective.CreateFinding(
            entry.Key,
            entry.Key == TaskSwitches.Misspelled
                ? $"{entry.Key} is set to \"{entry.Reading!.Raw}\" and nothing reads it: volume_inspect is meant."
                : $"{entry.Key} is set to \"{entry.Reading!.Raw}\": only \"true\" enables it, so it is off.",
            ("task", entry.Key)
        );
}
