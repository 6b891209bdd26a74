using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Configuration;

/// <summary>Reads the tasks section: the expected switches of the cluster's background tasks.</summary>
internal static class TasksReader
{
    private static readonly Dictionary<string, string> Refused = new()
    {
        [TaskSwitches.Misspelled] =
            "is refused: no version of CubeFS reads that switch, "
            + "whatever its documentation says; volume_inspect is meant",
    };

    public static ImmutableSortedDictionary<string, bool> Read(ConfigSection cluster, ConfigProblems problems)
    {
        var wanted = ImmutableSortedDictionary.CreateBuilder<string, bool>(StringComparer.Ordinal);
        if (
            cluster.Node("tasks") is not { } node
            || ConfigSection.Open(node, cluster.GetPath("tasks"), problems, TaskSwitches.Settable, Refused)
                is not { } tasks
        )
        {
            return wanted.ToImmutable();
        }
        foreach (var key in TaskSwitches.Settable)
        {
            if (tasks.Text(key) is not { } text)
            {
                continue;
            }
            if (text is "enabled" or "disabled")
            {
                wanted[key] = text == "enabled";
            }
            else
            {
                problems.Error(
                    tasks.GetLine(key),
                    $"{tasks.GetPath(key)} is {Quoted.From(text)}; write enabled or disabled"
                );
            }
        }

        return wanted.ToImmutable();
    }
}
