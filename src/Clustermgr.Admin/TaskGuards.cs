using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>Which switches may be set. The server stores anything under any key.</summary>
public static class TaskGuards
{
    public static Judgement Set(string key, bool enable)
    {
        if (key == TaskSwitches.Misspelled)
        {
            return Judgement.Refused(
                $"no version of CubeFS reads {key}, whatever its documentation says; volume_inspect is meant"
            );
        }
        if (!TaskSwitches.Settable.Contains(key))
        {
            return Judgement.Refused(
                $"{Quoted.From(key)} is no switch that any version "
                    + $"reads{NearestWord.Hint(key, TaskSwitches.Settable).TrimEnd('?')}",
                forcible: true
            );
        }
        if (Since(key) is { Length: > 0 } since)
        {
            return new Judgement(
                [],
                [$"{key} is read {since}; where nothing reads it, the server stores it all the same"]
            );
        }
        return enable && key == "blob_delete"
            ? new Judgement([], ["what blob_delete deletes never comes back"])
            : Judgement.Fine;
    }

    /// <summary>"" for those that every version reads.</summary>
    public static string Since(string key) =>
        key switch
        {
            "data_inspect" => "from v3.4.0 on",
            "shard_disk_repair" or "shard_node_blob_delete" => "by master alone",
            _ => "",
        };
}
