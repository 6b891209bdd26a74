using System.Text.Json;

namespace ClustermgrExporter.Tests.Replay;

/// <summary>Switches, disks and services.</summary>
internal sealed partial class Oracle
{
    private void Switches()
    {
        foreach (
            var key in new[]
            {
                "disk_repair",
                "balance",
                "disk_drop",
                "blob_delete",
                "shard_repair",
                "volume_inspect",
                "data_inspect",
                "shard_disk_repair",
                "shard_node_blob_delete",
                "vol_inspect",
            }
        )
        {
            var last = replayed.Members.Log.LastOrDefault(given =>
                given.Path == $"/config/get?key={key}" && given.Outcome == "ok"
            );
            var tooOld =
                last is not null
                && replayed.Members.Log[^1].At - last.At > 3 * replayed.Config.TaskInterval.TotalSeconds;
            if (last is null || tooOld)
            {
                Add("clustermgr_task_switch", $"task=\"{key}\",state=\"unknown\"", true);
                continue;
            }
            var state = last.Body switch
            {
                """{"error":"Not Found"}""" => "unset",
                _ when key == "vol_inspect" => "ineffective",
                "\"true\"" => "enabled",
                "\"false\"" or "\"Disable\"" => "disabled",
                _ => "ineffective",
            };
            if (state == "unset" && key == "vol_inspect")
            {
                continue; // as it should be
            }
            foreach (var word in new[] { "enabled", "disabled", "ineffective", "unset" })
            {
                Add("clustermgr_task_switch", $"task=\"{key}\",state=\"{word}\"", word == state);
            }
        }
    }

    /// <summary>The result of the last round of switch reads about the quorum, once the round has ended.</summary>
    private void Reads()
    {
        var round = replayed
            .Members.Log.Where(given => given.Round > 0 && given.Round == replayed.Members.Rounds)
            .Select(given => given.Outcome)
            .ToList();
        if (round.Contains("ok"))
        {
            Add("clustermgr_linearizable_read_up", "", true);
        }
        else if (round.Exists(outcome => outcome is "timeout" or "read_index" or "no_leader"))
        {
            Add("clustermgr_linearizable_read_up", "", false);
        }
    }

    private void Services()
    {
        if (
            replayed.Members.Log.LastOrDefault(given => given is { Path: "/service/list", Outcome: "ok" })
            is not { } list
        )
        {
            return;
        }
        foreach (var service in Nodes(list).GroupBy(row => row.GetProperty("name").GetString()!))
        {
            var live = replayed.Members.Log.LastOrDefault(given =>
                given.Path == $"/service/get?name={service.Key}" && given.Outcome == "ok"
            );
            if (
                live is null
                || replayed.Members.Log[^1].At - live.At > StaleAfter * replayed.Config.ServiceInterval.TotalSeconds
            )
            {
                continue;
            }
            var hosts = Nodes(live).Select(Host).ToHashSet();
            foreach (var idc in service.GroupBy(row => row.GetProperty("idc").GetString()))
            {
                var all = idc.Select(Host).Distinct().ToList();
                var label = $"service=\"{service.Key.ToLowerInvariant()}\",idc=\"{idc.Key}\"";
                Add("clustermgr_service_instances", $"{label},status=\"online\"", all.Count(hosts.Contains));
                Add(
                    "clustermgr_service_instances",
                    $"{label},status=\"offline\"",
                    all.Count(host => !hosts.Contains(host))
                );
            }
        }

        IEnumerable<JsonElement> Nodes(RecordedReply given) =>
            Parsed(given.Body).GetProperty("nodes") is { ValueKind: JsonValueKind.Array } nodes
                ? nodes.EnumerateArray()
                : [];
        static string? Host(JsonElement row) => row.GetProperty("host").GetString();
    }

    private void Disks()
    {
        // Nothing is shown without the lists of broken and repairing disks: it would look as if there were none.
        if (FreshPages(2) is null || FreshPages(3) is null)
        {
            return;
        }
        Add("clustermgr_disk_info_truncated", "", false); // eight disks are fewer than 500
        foreach (var (status, word) in new[] { (2, "broken"), (3, "repairing"), (4, "repaired"), (5, "dropped") })
        {
            if (FreshPages(status) is not { } pages)
            {
                continue;
            }
            var list = pages.Last(page => !page.Path.Contains("marker=", StringComparison.Ordinal));
            if (Parsed(list.Body).GetProperty("disks") is not { ValueKind: JsonValueKind.Array } disks)
            {
                continue;
            }
            foreach (var disk in disks.EnumerateArray())
            {
                Add(
                    "clustermgr_disk_info",
                    $"disk_id=\"{disk.GetProperty("disk_id")}\",host=\"{disk.GetProperty("host").GetString()}\","
                        + $"path=\"{disk.GetProperty("path").GetString()}\","
                        + $"idc=\"{disk.GetProperty("idc").GetString()}\","
                        + $"rack=\"{disk.GetProperty("rack").GetString()}\",state=\"{word}\"",
                    true
                );
            }
        }
    }

    /// <summary>All answers for one status; null if the newest is too old to be shown.</summary>
    private List<RecordedReply>? FreshPages(int status)
    {
        var pages = replayed
            .Members.Log.Where(given =>
                given.Path.StartsWith($"/disk/list?status={status}", StringComparison.Ordinal) && given.Outcome == "ok"
            )
            .ToList();
        return
            pages.Count == 0
            || replayed.Members.Log[^1].At - pages[^1].At > StaleAfter * replayed.Config.DiskInterval.TotalSeconds
            ? null
            : pages;
    }
}
