using System.Collections.Immutable;
using Clustermgr.Admin;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The output of task list, as text and as JSON.</summary>
internal static class TaskListing
{
    public static string Text(ClusterAnalysis analysis)
    {
        var text = new PlainLines();
        text.Add($"{analysis.Snapshot.Cluster}: {PeerLookup.Summarize(analysis)}");
        text.AddTable([
            ["KEY", "STATE", "VALUE", "WANTED", "NOTE"],
            .. GetVisibleSwitches(analysis).Select(Row),
        ]);
        return text.ToString();
    }

    public static string Json(ClusterAnalysis analysis) =>
        CommandJson.Format(
            new TaskListDocument(
                CommandJson.AdminVersion,
                analysis.Snapshot.Cluster,
                [
                    .. GetVisibleSwitches(analysis)
                        .Select(entry => new ListedTask(
                            entry.Key,
                            LabelNames.ToLabel(TaskSwitches.GetState(entry.Key, entry.Reading)),
                            entry.Reading?.Raw,
                            entry.Expected is { } wanted ? FormatExpected(wanted) : null
                        )),
                ]
            ),
            context => context.TaskListDocument
        );

    /// <summary>Formats the exact stored value and its meaning.</summary>
    public static string Describe(string key, SwitchReading reading)
    {
        if (reading.Raw is not { } raw)
        {
            return "unset";
        }
        return TaskSwitches.Settable.Contains(key)
            ? $"{Quoted.From(raw)} ({LabelNames.ToLabel(TaskSwitches.GetState(key, reading))})"
            : Quoted.From(raw);
    }

    /// <summary>The misspelled key is not a switch, so it is shown only when it is set.</summary>
    private static IEnumerable<SwitchRecord> GetVisibleSwitches(ClusterAnalysis analysis) =>
        analysis.Snapshot.Switches.Where(entry =>
            entry.Key != TaskSwitches.Misspelled || entry.Reading is { Raw: not null }
        );

    private static ImmutableArray<string> Row(SwitchRecord entry) =>
        [
            entry.Key,
            LabelNames.ToLabel(TaskSwitches.GetState(entry.Key, entry.Reading)),
            entry.Reading?.Raw is { } raw ? Quoted.From(raw) : "-",
            entry.Expected is { } wanted ? FormatExpected(wanted) : "-",
            Note(entry),
        ];

    private static string FormatExpected(bool on) => on ? "enabled" : "disabled";

    private static string Note(SwitchRecord entry) =>
        TaskSwitches.GetState(entry.Key, entry.Reading) switch
        {
            SwitchState.Ineffective => entry.Key == TaskSwitches.Misspelled
                ? "nothing reads it: volume_inspect is meant"
                : "off: only \"true\" enables",
            SwitchState.Unset when TaskGuards.DescribeVersions(entry.Key) is { Length: > 0 } since => $"read {since}",
            _ => "",
        };
}

/// <summary>The JSON of task list.</summary>
internal sealed record TaskListDocument(int Version, string Cluster, ImmutableArray<ListedTask> Tasks);

/// <param name="Value">The exact stored value; null when the switch is unset, or was not read (unknown).</param>
/// <param name="Wanted">The configured state.</param>
internal sealed record ListedTask(string Key, string State, string? Value, string? Wanted);
