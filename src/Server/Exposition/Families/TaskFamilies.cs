using System.Collections.Immutable;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The switches of the background tasks.</summary>
internal static class TaskFamilies
{
    private static readonly (string Word, SwitchState State)[] States =
    [
        ("enabled", SwitchState.Enabled),
        ("disabled", SwitchState.Disabled),
        ("ineffective", SwitchState.Ineffective),
        ("unset", SwitchState.Unset),
    ];

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Gauge(
            "clustermgr_task_switch",
            "task state",
            "State set: the state of the task's switch is 1, the others 0.",
            "/config/get. Only the exact value true enables; false and Disable disable; any other value is stored "
                + "but ineffective, and so "
                + "is the key vol_inspect, which nothing reads. Where the switch was not read, or not lately, "
                + "unknown alone is there. "
                + "vol_inspect is absent while it is unset, as it ought to be. While nothing is wrong, a switch "
                + "that was read as enabled and whose task the scheduler runs is read again every five minutes, "
                + "the others every task_interval.",
            WriteStates
        ),
        Gauge(
            "clustermgr_task_switch_expected",
            "task",
            "1 if the exporter's configuration wants the switch enabled, 0 if disabled.",
            "Absent where it says nothing.",
            (lines, analysis) =>
            {
                foreach (var record in analysis.Snapshot.Switches)
                {
                    lines.Add(record.Expected, record.Key);
                }
            }
        ),
        PerCluster(
            "clustermgr_linearizable_read_up",
            "1 if the last linearizable read reached a quorum, 0 if not.",
            "The only reliable probe of the quorum: /config/get. Absent before the first conclusive read.",
            analysis => analysis.Snapshot.LinearizableReadUp
        ),
    ];

    private static void WriteStates(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var record in analysis.Snapshot.Switches)
        {
            var present = TaskSwitches.GetState(record.Key, record.Reading);
            if (record.Key == TaskSwitches.Misspelled && present == SwitchState.Unset)
            {
                continue; // expected: absent while it is unset
            }
            if (present == SwitchState.Unknown)
            {
                lines.Add(true, record.Key, LabelNames.ToLabel(present));
            }
            else
            {
                foreach (var (word, state) in States)
                {
                    lines.Add(present == state, record.Key, word);
                }
            }
        }
    }
}
