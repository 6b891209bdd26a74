using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>Checks whether a switch may be set. The server stores any value under any key.</summary>
public static class TaskGuards
{
    public static GuardResult Set(string key, bool enable)
    {
        if (key == TaskSwitches.Misspelled)
        {
            return GuardResult.Refused(
                $"no version of CubeFS reads {key}, whatever its documentation says; volume_inspect is meant"
            );
        }
        if (!TaskSwitches.Settable.Contains(key))
        {
            return GuardResult.Refused(
                $"{Quoted.From(key)} is not a switch that any version "
                    + $"reads{WordSuggestion.Hint(key, TaskSwitches.Settable).TrimEnd('?')}",
                forcible: true
            );
        }
        if (DescribeVersions(key) is { Length: > 0 } since)
        {
            return new GuardResult([], [$"{key} is read {since}; other versions store it and do not read it"]);
        }
        return enable && key == "blob_delete"
            ? new GuardResult([], ["what blob_delete deletes never comes back"])
            : GuardResult.Allowed;
    }

    /// <summary>Which versions read a switch; "" when all do.</summary>
    public static string DescribeVersions(string key) =>
        key switch
        {
            "data_inspect" => "from v3.4.0 on",
            "shard_disk_repair" or "shard_node_blob_delete" => "by master only",
            _ => "",
        };
}
