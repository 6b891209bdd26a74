namespace Clustermgr.Analysis;

/// <summary>Findings about switches and services of the background tasks.</summary>
internal static class TaskFindings
{
    private const int MostHosts = 3;

    /// <summary>Switches that silently risk data when they are off for long; the others are often off on
    /// purpose.</summary>
    private static readonly string[] s_neverOff = ["volume_inspect", "blob_delete", "shard_repair"];

    public static IEnumerable<Finding> Find(ClusterAnalysis analysis)
    {
        foreach (var finding in Unread(analysis.Snapshot))
        {
            yield return finding;
        }
        foreach (var entry in analysis.Snapshot.Switches)
        {
            var state = TaskSwitches.StateOf(entry.Key, entry.Reading);
            if (state == SwitchState.Unknown)
            {
                continue;
            }
            if (state == SwitchState.Ineffective)
            {
                yield return Ineffective(entry);
            }
            else if (Unheard(analysis.Snapshot.Scheduler, entry, state))
            {
                yield return FindingKind.TaskSwitchIneffective.Found(
                    entry.Key,
                    $"{entry.Key} is enabled, and the scheduler says that the task is off: it has not read the switch.",
                    ("task", entry.Key)
                );
            }
            if (entry.Expected is { } expected && expected != (state == SwitchState.Enabled))
            {
                yield return FindingKind.TaskSwitchUnexpected.Found(
                    entry.Key,
                    $"{entry.Key} is {Words.For(state)}, configured is {(expected ? "enabled" : "disabled")}.",
                    ("task", entry.Key)
                );
            }
            else if (
                state is SwitchState.Disabled or SwitchState.Unset
                && entry.Expected is null
                && s_neverOff.Contains(entry.Key)
            )
            {
                yield return FindingKind.TaskSwitchOff.Found(
                    entry.Key,
                    $"{entry.Key} is {Words.For(state)}.",
                    ("task", entry.Key)
                );
            }
        }
        var services = analysis.Snapshot.Services;
        foreach (var count in services.Counts)
        {
            if (count is { Service: "scheduler" or "proxy", Offline: > 0 })
            {
                yield return FindingKind.ServiceOffline.Found(
                    $"{count.Service} {count.Idc}",
                    $"{count.Offline} of {count.Online + count.Offline} registered {count.Service} in {count.Idc} "
                        + $"not live: {Some(services.Offline(count))}.",
                    ("service", count.Service),
                    ("idc", count.Idc)
                );
            }
        }
    }

    /// <summary>True when the scheduler still reports a task as off long after its switch was enabled.</summary>
    private static bool Unheard(SchedulerRecord scheduler, SwitchRecord entry, SwitchState state) =>
        state == SwitchState.Enabled
        && scheduler.Reading?.Task(entry.Key) is { Enabled: false }
        && scheduler.ReadAt - entry.Since >= Thresholds.SwitchHeard;

    /// <summary>Lists only the first few hosts.</summary>
    private static string Some(IEnumerable<string> hosts)
    {
        var first = hosts.Take(MostHosts + 1).ToList();
        return string.Join(", ", first.Take(MostHosts)) + (first.Count > MostHosts ? ", …" : "");
    }

    /// <summary>Finds switches and disks that could not be read. While the quorum is lost there is a finding for that
    /// instead.</summary>
    private static IEnumerable<Finding> Unread(ClusterSnapshot snapshot)
    {
        if (snapshot.LinearizableReadUp is false || snapshot.Members.All(member => !member.Up))
        {
            yield break;
        }
        if (snapshot.SwitchesTried && snapshot.Switches.All(entry => entry.Reading is null))
        {
            yield return FindingKind.StaleData.Found(
                "switches",
                "The task switches cannot be read; clustermgr_polls_total shows why.",
                ("endpoint", Words.For(Endpoint.Config))
            );
        }
        if (snapshot.DisksTried && snapshot.Disks.ReadAt is null)
        {
            yield return FindingKind.StaleData.Found(
                "disks",
                "The disks that are not normal cannot be read; clustermgr_polls_total shows why.",
                ("endpoint", Words.For(Endpoint.Disks))
            );
        }
    }

    private static Finding Ineffective(SwitchRecord entry) =>
        FindingKind.TaskSwitchIneffective.Found(
            entry.Key,
            entry.Key == TaskSwitches.Misspelled
                ? $"{entry.Key} is set to \"{entry.Reading!.Raw}\" and nothing reads it: volume_inspect is meant."
                : $"{entry.Key} is set to \"{entry.Reading!.Raw}\": only \"true\" enables it, so it is off.",
            ("task", entry.Key)
        );
}
