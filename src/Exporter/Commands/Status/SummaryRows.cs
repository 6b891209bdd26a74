using System.Globalization;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Commands;

/// <summary>The essentials of a cluster: leader, voters, margin, reads, disks and switches.</summary>
internal static class SummaryRows
{
    private const string NotKnown = "not known here";

    /// <summary>Pairs of a word and its text; without the essentials when no member answers.</summary>
    public static IEnumerable<(string Word, string Text)> List(StatusReport report)
    {
        var analysis = report.Analysis;
        var snapshot = report.Analysis.Snapshot;
        if (snapshot.Members.Any(member => member.Up))
        {
            yield return ("leader", Leader(analysis));
            yield return (
                "voters",
                analysis.Voters is { } voters ? $"{Number(voters)}, {Number(analysis.Quorum)} are a quorum" : NotKnown
            );
            yield return ("margin", analysis.QuorumMargin is { } margin ? Margin(margin) : NotKnown);
            yield return (
                "reads",
                snapshot.LinearizableReadUp switch
                {
                    true => "reach a quorum",
                    false => "reach no quorum",
                    null => NotKnown,
                }
            );
            yield return ("disks", Disks(snapshot.Disks));
            yield return ("switches", Switches(snapshot.Switches));
            if (analysis.Leader is null)
            {
                yield return ("note", "lag, disks by IDC, space and volumes need a leader, and none answers");
            }
        }
        if (ProgressFacts.DescribeUnknown(analysis) is { } reason)
        {
            yield return ("note", $"how far repairs and drops are is not known: {reason}");
        }
        foreach (var note in report.Notes)
        {
            yield return ("note", note);
        }
    }

    private static string Margin(int margin) =>
        margin < 0 ? $"{Number(-margin)} too few answer" : $"{Number(margin)} more may fail";

    private static string Leader(ClusterAnalysis analysis)
    {
        if (analysis.Leader is { Up: true, Reading.Raft: var raft } leader)
        {
            return $"{leader.Name} (node {raft.NodeId}), term {raft.Term}";
        }
        var names = analysis
            .Snapshot.Members.FirstOrDefault(member => Leadership.NamesCurrentLeader(analysis.Snapshot, member))
            ?.Reading;
        return names is null
            ? NotKnown
            : $"{names.LeaderHost} (node {names.Raft.Leader}), term {names.Raft.Term}, as a follower names it";
    }

    private static string Disks(DiskRecords disks)
    {
        var kinds = Enum.GetValues<DiskListKind>();
        var unread = kinds.Where(kind => !disks.Has(kind)).Select(DiskRecords.ToLabel);
        var states = kinds
            .Select(DiskRecords.ToLabel)
            .Select(state => (State: state, Disks: disks.Disks.Count(disk => disk.State == state)))
            .Where(entry => entry.Disks > 0)
            .Select(entry => $"{Number(entry.Disks)} {entry.State}");
        var more = disks.Truncated ? " or more" : "";
        return $"{Number(disks.Disks.Length)}{more} not normal{AppendList(": ", states)}"
            + AppendList("; not read: ", unread);
    }

    /// <summary>The misspelled key is not a switch: it should be unset, and is a finding when it is set.</summary>
    private static string Switches(IEnumerable<SwitchRecord> switches)
    {
        var states = switches
            .Where(entry => entry.Key != TaskSwitches.Misspelled)
            .Select(entry => (entry.Key, State: TaskSwitches.GetState(entry.Key, entry.Reading)))
            .ToList();
        var off = states
            .Where(entry => entry.State is not (SwitchState.Enabled or SwitchState.Unknown))
            .Select(entry => $"{entry.Key} {LabelNames.ToLabel(entry.State)}")
            .ToList();
        var unread = states.Where(entry => entry.State == SwitchState.Unknown).Select(entry => entry.Key);
        return $"{Number(off.Count)} off{AppendList(": ", off)}{AppendList("; not read: ", unread)}";
    }

    private static string AppendList(string words, IEnumerable<string> list) =>
        string.Join(", ", list) is { Length: > 0 } joined ? words + joined : "";

    private static string Number(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? NotKnown;
}
