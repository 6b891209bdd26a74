using System.Collections.Immutable;
using Clustermgr.Admin;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The switches of one cluster, for people and for scripts.</summary>
internal static class TaskListing
{
    public static string Text(ClusterAnalysis analysis)
    {
        var text = new PlainLines();
        text.Add($"{analysis.Snapshot.Cluster}: {PeerLookup.Sum(analysis)}");
        text.AddTable([
            ["KEY", "STATE", "VALUE", "WANTED", "NOTE"],
            .. Shown(analysis).Select(Row),
        ]);
        return text.ToString();
    }

    public static string Json(ClusterAnalysis analysis) =>
        AdminJson.Format(
            analysis,
            json =>
            {
                json.WriteStartArray("tasks");
                foreach (var entry in Shown(analysis))
                {
                    json.WriteStartObject();
                    json.WriteString("key", entry.Key);
                    json.WriteString("state", Words.For(TaskSwitches.StateOf(entry.Key, entry.Reading)));
                    if (entry.Reading is { } reading)
                    {
                        json.WriteString("value", reading.Raw); // null: unset
                    }
                    if (entry.Expected is { } wanted)
                    {
                        json.WriteString("wanted", wanted ? "enabled" : "disabled");
                    }
                    json.WriteEndObject();
                }
                json.WriteEndArray();
            }
        );

    /// <summary>What the server has, to the letter, and what it means.</summary>
    public static string Describe(string key, SwitchReading reading)
    {
        if (reading.Raw is not { } raw)
        {
            return "unset";
        }
        return TaskSwitches.Settable.Contains(key)
            ? $"{Quoted.From(raw)} ({Words.For(TaskSwitches.StateOf(key, reading))})"
            : Quoted.From(raw);
    }

    /// <summary>The misspelled key is no switch: unset is as it should be.</summary>
    private static IEnumerable<SwitchRecord> Shown(ClusterAnalysis analysis) =>
        analysis.Snapshot.Switches.Where(entry =>
            entry.Key != TaskSwitches.Misspelled || entry.Reading is { Raw: not null }
        );

    private static ImmutableArray<string> Row(SwitchRecord entry) =>
        [
            entry.Key,
            Words.For(TaskSwitches.StateOf(entry.Key, entry.Reading)),
            entry.Reading?.Raw is { } raw ? Quoted.From(raw) : "-",
            entry.Expected is { } wanted
                ? wanted
                    ? "enabled"
                    : "disabled"
                : "-",
            Note(entry),
        ];

    private static string Note(SwitchRecord entry) =>
        TaskSwitches.StateOf(entry.Key, entry.Reading) switch
        {
            SwitchState.Ineffective => entry.Key == TaskSwitches.Misspelled
                ? "nothing reads it: volume_inspect is meant"
                : "off: only \"true\" enables",
            SwitchState.Unset when TaskGuards.Since(entry.Key) is { Length: > 0 } since => $"read {since}",
            _ => "",
        };
}
