namespace Clustermgr.Analysis;

/// <summary>One thing that happened between two snapshots.</summary>
/// <param name="Kind">leader, member, quorum, disk or switch.</param>
/// <param name="Subject">The member, disk or switch; "" for the cluster.</param>
/// <param name="Bad">True for a loss; false for a recovery or a neutral change.</param>
public sealed record ClusterChange(string Kind, string Subject, bool Bad, string Sentence)
{
    /// <summary>Which part of the subject changed, when several parts change independently.</summary>
    public string Part { get; init; } = "";
}

/// <summary>Lists what changed between two judgements of one cluster, one line each, for the log. A failure that
/// continues is not a change.</summary>
public static class ClusterChanges
{
    public static IEnumerable<ClusterChange> Between(ClusterAnalysis before, ClusterAnalysis after)
    {
        var old = before.Snapshot;
        var now = after.Snapshot;
        for (var i = 0; i < now.Members.Length; i++)
        {
            if (MemberChange(old.Members[i], now.Members[i], now.At) is { } change)
            {
                yield return change;
            }
        }
        if (LeaderChange(old, now) is { } leader)
        {
            yield return leader;
        }
        if (
            now.LinearizableReadUp is { } up
            && up != old.LinearizableReadUp
            && (old.LinearizableReadUp is not null || !up)
        )
        {
            yield return up
                ? new ClusterChange("quorum", "", false, "linearizable reads reach a quorum again")
                : new ClusterChange("quorum", "", true, "linearizable reads reach no quorum");
        }
        foreach (var change in DiskChanges(old.Disks, now.Disks))
        {
            yield return change;
        }
        for (var i = 0; i < now.Switches.Length; i++)
        {
            if (SwitchChange(old.Switches[i], now.Switches[i]) is { } change)
            {
                yield return change;
            }
        }
        if (before.Findings.IsEmpty && after.Findings.IsEmpty)
        {
            yield break;
        }
        var was = GetEventFindings(before);
        var isNow = GetEventFindings(after);
        foreach (var finding in isNow.Where(finding => !was.ContainsKey(finding.Key)).Select(finding => finding.Value))
        {
            yield return new ClusterChange("finding", finding.Name, true, finding.Sentence) { Part = finding.Subject };
        }
        foreach (var finding in was.Where(finding => !isNow.ContainsKey(finding.Key)).Select(finding => finding.Value))
        {
            yield return new ClusterChange("finding", finding.Name, false, $"no longer: {finding.Sentence}")
            {
                Part = finding.Subject,
            };
        }
    }

    private static Dictionary<(string, string), Finding> GetEventFindings(ClusterAnalysis analysis) =>
        analysis
            .Findings.Where(finding => finding.Kind.IsEvent)
            .ToDictionary(finding => (finding.Name, finding.Subject));

    private static ClusterChange? MemberChange(MemberRecord old, MemberRecord now, DateTimeOffset at)
    {
        if (ReferenceEquals(old, now) || now.Outcome is null || now.ReportedOutcome == old.ReportedOutcome)
        {
            return null;
        }
        var lasted = old.Since is { } since ? FormatDuration(at - since) : null;
        if (now.Up)
        {
            return new ClusterChange(
                "member",
                now.Name,
                false,
                lasted is null
                    ? $"member up as node {now.NodeId}"
                    : $"member up again as node {now.NodeId} after {lasted} ({LabelNames.ToLabel(old.Outcome!.Value)})"
            );
        }
        var why = $"{LabelNames.ToLabel(now.Outcome.Value)}: {now.Detail}";
        if (old.ReportedOutcome is not null and not Outcome.Ok)
        {
            return new ClusterChange("member", now.Name, true, $"member still down after {lasted}, now {why}");
        }
        return new ClusterChange(
            "member",
            now.Name,
            true,
            lasted is null ? $"member down from the start, {why}" : $"member down after {lasted} up, {why}"
        );
    }

    private static ClusterChange? LeaderChange(ClusterSnapshot old, ClusterSnapshot now)
    {
        if (now.LastNamedLeader is not { } leader || leader == old.LastNamedLeader)
        {
            return null;
        }
        var was = old.LastNamedLeader is { } before and not 0 ? FormatName(old, before) : null;
        if (leader == 0)
        {
            return new ClusterChange("leader", "", true, was is null ? "no leader" : $"no leader, was {was}");
        }
        var term = Leadership.HighestTerm(now);
        return new ClusterChange(
            "leader",
            "",
            false,
            was is null
                ? $"leader is {FormatName(now, leader)} in term {term}"
                : $"leader changed from {was} to {FormatName(now, leader)} in term {term}"
        );
    }

    private static IEnumerable<ClusterChange> DiskChanges(DiskRecords old, DiskRecords now)
    {
        if (ReferenceEquals(old, now))
        {
            yield break;
        }
        var was = old.Disks.ToDictionary(record => record.Disk.Id);
        foreach (var record in now.Disks)
        {
            if (was.Remove(record.Disk.Id, out var other) && other.State == record.State)
            {
                continue;
            }
            var from =
                other is null ? ""
                : record.State is "repaired" or "dropped"
                    ? $", was {other.State} (seen for {FormatDuration(record.Since - other.Since)})"
                : $", was {other.State}";
            yield return new ClusterChange(
                "disk",
                FormatName(record),
                record.State is "broken" or "repairing",
                $"disk is {record.State}{from}: {record.Disk.Host} {record.Disk.Path} in {record.Disk.Idc}"
            );
        }
        if (now.Truncated)
        {
            yield break; // a disk beyond the bound is not gone
        }
        var read = now.Lists.Keys.Select(DiskRecords.ToLabel).ToHashSet(); // nor is one whose list went stale
        foreach (var record in was.Values.Where(record => read.Contains(record.State)))
        {
            yield return new ClusterChange(
                "disk",
                FormatName(record),
                false,
                $"disk is no longer {record.State}: {record.Disk.Host} {record.Disk.Path}"
            );
        }
    }

    private static ClusterChange? SwitchChange(SwitchRecord old, SwitchRecord now)
    {
        // A switch becomes unknown with the quorum, which has its own log lines.
        if (now.Reading is not { } reading || old.LastKnown == reading)
        {
            return null;
        }
        var state = TaskSwitches.GetState(now.Key, reading);
        var raw = reading.Raw is { } value ? $" (\"{value}\")" : "";
        var first = old.LastKnown is null;
        if (first && state != SwitchState.Ineffective)
        {
            return null; // the initial state is not a change
        }
        var from = first ? "" : $", was {LabelNames.ToLabel(TaskSwitches.GetState(now.Key, old.LastKnown))}";
        return new ClusterChange(
            "switch",
            now.Key,
            state == SwitchState.Ineffective,
            $"switch is {LabelNames.ToLabel(state)}{raw}{from}"
        );
    }

    private static string FormatName(DiskRecord record) => $"{record.Disk.Id}";

    private static string FormatName(ClusterSnapshot snapshot, ulong node)
    {
        var name =
            snapshot.Members.FirstOrDefault(member => member.NodeId == node)?.Name
            ?? snapshot.Members.FirstOrDefault(member => member.Reading?.Raft.Leader == node)?.Reading!.LeaderHost;
        return string.IsNullOrEmpty(name) ? $"node {node}" : $"{name} (node {node})";
    }

    private static string FormatDuration(TimeSpan time) =>
        time switch
        {
            { TotalDays: >= 1 } => $"{(int)time.TotalDays}d{time.Hours}h",
            { TotalHours: >= 1 } => $"{(int)time.TotalHours}h{time.Minutes}m",
            { TotalMinutes: >= 1 } => $"{(int)time.TotalMinutes}m{time.Seconds}s",
            _ => $"{(int)time.TotalSeconds}s",
        };
}
