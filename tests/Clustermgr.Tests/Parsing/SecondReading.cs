using System.Text;
using System.Text.Json.Nodes;
using Clustermgr.Analysis;
using Xunit;

namespace Clustermgr.Tests.Parsing;

/// <summary>Writes a /stat as one text of values, from the JSON with a general parser and from our reading.</summary>
internal static class SecondReading
{
    private static readonly string[] Volumes =
    [
        "total_volume",
        "idle_volume",
        "can_alloc_volume",
        "active_volume",
        "lock_volume",
        "unlocking_volume",
    ];

    private static readonly string[] Counts =
    [
        "total",
        "available",
        "readonly",
        "expired",
        "broken",
        "repairing",
        "repaired",
        "dropping",
        "dropped",
    ];

    public static string Of(string body)
    {
        var json = JsonNode.Parse(body)!;
        var raft = json["raft_status"]!;
        var snake = raft["node_id"] is not null;
        string Raft(string name, string camel) => Text(raft[snake ? name : camel]);
        var text = new StringBuilder()
            .AppendLine($"{Text(json["leader_host"])} {Text(json["read_only"])}")
            .AppendLine($"{Raft("node_id", "nodeId")} {Text(raft["term"])} {Text(raft["leader"])} {Text(raft["vote"])}")
            .AppendLine($"{Raft("raft_state", "raftState").Replace("State", "", StringComparison.Ordinal)}")
            .AppendLine($"{Text(raft["commit"])} {Text(raft["applied"])} {Raft("raft_applied", "raftApplied")}")
            .AppendLine($"{Text(raft["transferee"])} {Raft("applying_length", "applyingLength")}");
        foreach (var peer in (raft["peers"]?.AsArray() ?? []).OrderBy(peer => (ulong)peer!["id"]!))
        {
            string Peer(string name, string camel) => Text(peer![snake ? name : camel]);
            var state = Text(peer!["state"]).Replace("State", "", StringComparison.Ordinal);
            text.AppendLine(
                $"{Text(peer["id"])} {Text(peer["host"])} {state} "
                    + $"{Text(peer["match"])} {Text(peer["next"])} {Text(peer["active"])} {Text(peer["paused"])} "
                    + $"{Peer("is_learner", "isLearner")} {Peer("is_inflight_full", "isInflightFull")} "
                    + $"{Peer("inflight_count", "inflightCount")} {Peer("pending_snapshot", "pendingSnapshot")}"
            );
        }
        Space(
            text,
            json["space_stat"],
            snake,
            "total_blob_node",
            ["total_chunk", "total_free_chunk", "total_oversold_free_chunk"],
            []
        );
        Space(text, json["shard_node_space_stat"], snake, "total_shard_node", [], ["total_shard", "total_free_shard"]);
        return text.AppendJoin(' ', Volumes.Select(v => Text(json["volume_stat"]![v]))).ToString();
    }

    public static string Of(StatReading reading)
    {
        var raft = reading.Raft;
        var text = new StringBuilder()
            .AppendLine($"{reading.LeaderHost} {Text(reading.ReadOnly)}")
            .AppendLine($"{raft.NodeId} {raft.Term} {raft.Leader} {Text(raft.Vote)}")
            .AppendLine($"{raft.State}")
            .AppendLine($"{Text(raft.Commit)} {Text(raft.Applied)} {Text(raft.RaftApplied)}")
            .AppendLine($"{Text(raft.Transferee)} {Text(raft.ApplyingLength)}");
        foreach (var p in raft.Peers)
        {
            text.AppendLine(
                $"{p.Id} {p.Host} {p.State} {Text(p.Match)} {Text(p.Next)} {Text(p.Active)} {Text(p.Paused)} "
                    + $"{Text(p.Learner)} {Text(p.InflightFull)} {Text(p.InflightMessages)} {Text(p.PendingSnapshot)}"
            );
        }
        Space(text, reading.Blobnodes, i => [i.Chunks, i.ChunksFree, i.ChunksOversoldFree, null, null]);
        Space(text, reading.Shardnodes, i => [null, null, null, i.Shards, i.ShardsFree]);
        HoldsApart(reading);
        var v = reading.Volumes;
        return text.AppendJoin(
                ' ',
                new[] { v?.Total, v?.Idle, v?.Allocatable, v?.Active, v?.Locked, v?.Unlocking }.Select(n => Text(n))
            )
            .ToString();
    }

    /// <summary>Values that only the other kind of node has are null, not 0.</summary>
    private static void HoldsApart(StatReading reading)
    {
        Assert.All(reading.Blobnodes?.Idcs ?? [], idc => Assert.True(idc is { Shards: null, ShardsFree: null }));
        Assert.All(
            reading.Shardnodes?.Idcs ?? [],
            idc => Assert.True(idc is { Chunks: null, ChunksFree: null, ChunksOversoldFree: null })
        );
    }

    private static void Space(
        StringBuilder text,
        JsonNode? space,
        bool snake,
        string nodes,
        string[] chunks,
        string[] shards
    )
    {
        if (space is null)
        {
            return;
        }
        // Master omits the value when it is 0; a release that omits it does not have it.
        string Zero(JsonNode? value) => value is null && snake ? "0" : Text(value);
        text.AppendLine(
            string.Join(
                ' ',
                new[] { "total", "free", "used", "writable", "readonly", "reserved" }.Select(name =>
                    Text(space[name + "_space"])
                )
            ) + $" {Zero(space[nodes])} {Text(space["total_disk"])}"
        );
        var rows = space["disk_stat_infos"]?.AsArray() ?? [];
        foreach (var row in rows.OrderBy(row => (string)row!["idc"]!, StringComparer.Ordinal))
        {
            var chunkTexts = chunks.Length > 0 ? chunks.Select(c => Zero(row![c])) : ["-", "-", "-"];
            var shardTexts = shards.Length > 0 ? shards.Select(c => Zero(row![c])) : ["-", "-"];
            text.AppendLine(
                string.Join(' ', [Text(row!["idc"]), .. Counts.Select(c => Text(row[c])), .. chunkTexts, .. shardTexts])
            );
        }
    }

    private static void Space(StringBuilder text, SpaceReading? space, Func<IdcReading, long?[]> units)
    {
        if (space is null)
        {
            return;
        }
        text.AppendLine(
            $"{Text(space.Total)} {Text(space.Free)} {Text(space.Used)} {Text(space.Writable)} "
                + $"{Text(space.Readonly)} {Text(space.Reserved)} {Text(space.Nodes)} {Text(space.Disks)}"
        );
        foreach (var i in space.Idcs)
        {
            long?[] counts =
            [
                i.Total,
                i.Available,
                i.Readonly,
                i.Expired,
                i.Broken,
                i.Repairing,
                i.Repaired,
                i.Dropping,
                i.Dropped,
                .. units(i),
            ];
            text.AppendLine($"{i.Idc} {string.Join(' ', counts.Select(n => Text(n)))}");
        }
    }

    private static string Text(JsonNode? value) => value?.ToString() ?? "-";

    private static string Text(bool? value) =>
        value switch
        {
            true => "true",
            false => "false",
            null => "-",
        };

    private static string Text<T>(T? value)
        where T : struct => value?.ToString() ?? "-";
}
