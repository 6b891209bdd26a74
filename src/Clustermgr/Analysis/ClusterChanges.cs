namespace Clustermgr.Analysis;

/// <summary>One thing that happened between two snapshots.</summary>
/// <param name="Kind">leader, member, quorum, disk or switch.</param>
/// <param name="Subject">The member, disk or switch; "" for the cluster.</param>
/// <param name="Bad">True for a loss; false for a recovery or a neutral change.</param>
public sealed record Change(string Kind, string Subject, bool Bad, string Sentence)
{
    /// <summary>Which part of the subject changed, when several parts change independently.</summary>
    public string Part { get; init; } = "";
}

/// <summary>Lists what changed between two judgements of one cluster, one line each, for the log. A failure that
/// continues is not a change.</summary>
public static class ClusterChanges
{
    public static IEnumerable<Change> Between(ClusterAnalysis before, ClusterAnalysis after)
    {
        var (old, now) = (before.Snapshot, after.Snapshot);
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
                ? new Change("quorum", "", false, "linearizable reads reach a quorum again")
                : new Change("quorum", "", true, "linearizable reads reach no quorum");
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
        var (was, isNow) = (Told(before), Told(after));
        foreach (var finding in isNow.Where(finding => !was.ContainsKey(finding.Key)).Select(finding => finding.Value))
        {
            yield return new Change("finding", finding.Name, true, finding.Sentence) { Part = finding.Subject };
        }
        foreach (var finding in was.Where(finding => !isNow.ContainsKey(finding.Key)).Select(finding => finding.Value))
        {
            yield return new Change("finding", finding.Name, false, $"no longer: {finding.Sentence}")
            {
                Part = finding.Subject,
            };
        }
    }

    private static Dictionary<(string, string), Finding> Told(ClusterAnalysis analysis) =>
        analysis
            .Findings.Where(finding => finding.Kind.IsEvent)
            .ToDictionary(finding => (finding.Name, finding.Subject));

    private static Change? MemberChange(MemberRecord old, MemberRecord now, DateTimeOffset at)
    {
        if (ReferenceEquals(old, now) || now.Outcome is null || now.Told == old.Told)
        {
            return null;
        }
        var lasted = old.Since is { } since ? For(at - since) : null;
        if (now.Up)
        {
            return new Change(
                "member",
                now.Name,
                false,
                lasted is null
                    ? $"member up as node {now.NodeId}"
                    : $"member up again as node {now.NodeId} after {lasted} ({Words.For(old.Outcome!.Value)})"
            );
        }
        var why = $"{Words.For(now.Outcome.Value)}: {now.Detail}";
        if (old.Told is not null and not Outcome.Ok)
        {
            return new Change("member", now.Name, true, $"member still down after {lasted}, now {why}");
        }
        return new Change(
            "member",
            now.Name,
            true,
            lasted is null ? $"member down from the start, {why}" : $"member down after {lasted} up, {why}"
        );
    }

    private static Change? LeaderChange(ClusterSnapshot old, ClusterSnapshot now)
    {
        if (now.LastNamedLeader is not { } leader || leader == old.LastNamedLeader)
        {
            return null;
        }
        var was = old.LastNamedLeader is { } before and not 0 ? Name(old, before) : null;
        if (leader == 0)
        {
            return new Change("leader", "", true, was is null ? "no leader" : $"no leader, was {was}");
        }
        var term = Leadership.HighestTerm(now);
        return new Change(
            "leader",
            "",
            false,
            was is null
                ? $"leader is {Name(now, leader)} in term {term}"
                : $"leader changed from {was} to {Name(now, leader)} in term {term}"
        );
    }

    private static IEnumerable<Change> DiskChanges(DiskRecords old, DiskRecords now)
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
                    ? $", was {other.State} (seen for {For(record.Since - other.Since)})"
                : $", was {other.State}";
            yield return new Change(
                "disk",
                Name(record),
                record.State is "broken" or "repairing",
                $"disk is {record.State}{from}: {record.Disk.Host} {record.Disk.Path} in {record.Disk.Idc}"
            );
        }
        if (now.Truncated)
        {
            yield break; // a disk beyond the bound is not gone
        }
        var read = now.Lists.Keys.Select(DiskRecords.Word).ToHashSet(); // nor is one whose list went stale
        foreach (var record in was.Values.Where(record => read.Contains(record.State)))
        {
            yield return new Change(
                "disk",
                Name(record),
                false,
                $"disk is no longer {record.State}: {record.Disk.Host} {record.Disk.Path}"
            );
        }
    }

    private static Change? SwitchChange(SwitchRecord old, SwitchRecord now)
    {
        // A switch becomes unknown with the quorum, which has its own log lines.
        if (now.Reading is not { } reading || old.LastKnown == reading)
        {
            return null;
        }
        var state = TaskSwitches.StateOf(now.Key, reading);
        var raw = reading.Raw is { } value ? $" (\"{value}\")" : "";
        var first = old.LastKnown is null;
        if (first && state != SwitchState.Ineffective)
        {
            return null; // the initial state is not a change
        }
        var from = first ? "" : $", was {Words.For(TaskSwitches.StateOf(now.Key, old.LastKnown))}";
        return new Change(
            "switch",
            now.Key,
            state == SwitchState.Ineffective,
            $"switch is {Words.For(state)}{raw}{from}"
        );
    }

    private static string Name(DiskRecord record) => $"{record.Disk.Id}";

    private static string Name(ClusterSnapshot snapshot, ulong node)
    {
        var name =
            snapshot.Members.FirstOrDefault(member => member.NodeId == node)?.Name
            ?? snapshot.Members.FirstOrDefault(member => member.Reading?.Raft.Leader == node)?.Reading!.LeaderHost;
        return string.IsNullOrEmpty(name) ? $"node {node}" : $"{name} (node {node})";
    }

    private static string For(TimeSpan time) =>
        time switch
        {
            { TotalDays: >= 1 } => $"{(int)time.TotalDays}d{time.Hours}h",
            { TotalHours: >= 1 } => $"{(int)time.TotalHours}h{time.Minutes}m",
            { TotalMinutes: >= 1 } => $"{(int)time.TotalMinutes}m{time.Seconds}s",
            _ => $"{(int)time.TotalSeconds}s",
        };
}
