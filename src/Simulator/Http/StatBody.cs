using System.Text.Json;
using ClustermgrSimulator.Raft;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator.Http;

/// <summary>Writes /stat as the version does: its spelling, its fields in its order, and what it leaves out.</summary>
internal static class StatBody
{
    private const long ShardDiskSize = 2L << 40;
    private const long ShardsPerDisk = 4000;

    public static void Write(Utf8JsonWriter json, SimulationState state, Member member, RandomSource random)
    {
        json.WriteStartObject();
        json.WriteString("leader_host", state.Raft.Find(member.Leader)?.HttpHost ?? "");
        json.WriteBoolean("read_only", member.ReadOnly);
        json.WritePropertyName("raft_status");
        Raft(json, state, member, random);
        var master = state.Options.Version == ServerVersion.Master;
        json.WritePropertyName("space_stat");
        Space(json, state.GetView(member), state.Options.Version, shards: false, random);
        if (master)
        {
            json.WritePropertyName("shard_node_space_stat");
            Space(json, Shardnodes(state.Options), state.Options.Version, shards: true, random);
        }
        json.WritePropertyName("volume_stat");
        Volumes(json, state.Volumes);
        json.WriteEndObject();
    }

    private static void Raft(Utf8JsonWriter json, SimulationState state, Member member, RandomSource random)
    {
        var names = StatFieldNames.GetNames(state.Options.Version);
        var commit = member.Role == Role.Leader ? member.LastIndex : member.AppliedIndex;
        var backlog = Math.Min(member.ApplyBacklog, commit);
        json.WriteStartObject();
        json.WriteNumber(names.NodeId, member.Id);
        json.WriteNumber("term", member.Term);
        json.WriteNumber("vote", member.Vote);
        json.WriteNumber("commit", commit);
        json.WriteNumber("leader", member.Leader);
        json.WriteString(names.RaftState, "State" + member.Role);
        json.WriteNumber("applied", commit - backlog);
        json.WriteNumber(names.RaftApplied, commit);
        json.WriteNumber("transferee", member.Transferee);
        if (state.Options.Version != ServerVersion.V32)
        {
            json.WriteNumber(names.ApplyingLength, Math.Min(backlog, 128));
        }
        if (member.Role != Role.Leader)
        {
            json.WriteNull("peers");
        }
        else
        {
            var rows = member.Peers.ToArray();
            random.Shuffle(rows.AsSpan());
            json.WriteStartArray("peers");
            foreach (var (id, peer) in rows)
            {
                if (state.Raft.Find(id) is { } other)
                {
                    Peer(json, names, state.Raft, other, peer, id == member.Id);
                }
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Peer(
        Utf8JsonWriter json,
        StatFieldNames names,
        RaftGroup raft,
        Member other,
        Progress peer,
        bool self
    )
    {
        json.WriteStartObject();
        json.WriteNumber("id", other.Id);
        json.WriteString("host", other.RaftHost);
        json.WriteNumber("match", self ? other.LastIndex : peer.Match);
        json.WriteNumber("next", self ? other.LastIndex + 1 : peer.Next);
        json.WriteString(
            "state",
            peer.PendingSnapshot > 0 ? "StateSnapshot"
                : peer.Probing ? "StateProbe"
                : "StateReplicate"
        );
        json.WriteBoolean("paused", peer.Paused || peer.PendingSnapshot > 0);
        json.WriteNumber(names.PendingSnapshot, peer.PendingSnapshot);
        json.WriteBoolean("active", peer.Active && raft.Now >= peer.ActiveFrom);
        json.WriteBoolean(names.IsLearner, other.Learner);
        json.WriteBoolean(names.IsInflightFull, false);
        json.WriteNumber(names.InflightCount, 0);
        json.WriteEndObject();
    }

    private static void Space(
        Utf8JsonWriter json,
        SpaceView view,
        ServerVersion version,
        bool shards,
        RandomSource random
    )
    {
        var master = version == ServerVersion.Master;
        json.WriteStartObject();
        json.WriteNumber("total_space", view.Total);
        json.WriteNumber("free_space", view.Free);
        if (version >= ServerVersion.V35)
        {
            json.WriteNumber("readonly_space", view.Readonly);
        }
        json.WriteNumber("used_space", view.Used);
        if (master)
        {
            json.WriteNumber("reserved_space", 0);
        }
        json.WriteNumber("writable_space", view.Writable);
        if (!shards)
        {
            WriteCount(json, "total_blob_node", view.Nodes, master);
        }
        else
        {
            WriteCount(json, "total_shard_node", view.Nodes, master);
        }
        json.WriteNumber("total_disk", view.Disks);
        // Before the first disk registers master has no list, while the released versions have a row of zeros an IDC.
        if (master && view.Disks == 0)
        {
            json.WriteNull("disk_stat_infos");
        }
        else
        {
            var rows = view.Rows.ToArray();
            random.Shuffle(rows.AsSpan());
            json.WriteStartArray("disk_stat_infos");
            foreach (var row in rows)
            {
                Idc(json, row, master, shards);
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Idc(Utf8JsonWriter json, IdcRow row, bool master, bool shards)
    {
        json.WriteStartObject();
        json.WriteString("idc", row.Idc);
        json.WriteNumber("total", row.Total);
        if (!shards)
        {
            WriteCount(json, "total_chunk", row.Chunks, master);
            WriteCount(json, "total_free_chunk", row.FreeChunks, master);
            if (master)
            {
                WriteCount(json, "total_oversold_free_chunk", row.FreeChunks, master);
            }
        }
        else
        {
            WriteCount(json, "total_shard", row.Shards, master);
            WriteCount(json, "total_free_shard", row.FreeShards, master);
        }
        json.WriteNumber("available", row.Available);
        json.WriteNumber("readonly", row.Readonly);
        json.WriteNumber("expired", row.Expired);
        json.WriteNumber("broken", row.Broken);
        json.WriteNumber("repairing", row.Repairing);
        json.WriteNumber("repaired", row.Repaired);
        json.WriteNumber("dropping", row.Dropping);
        json.WriteNumber("dropped", row.Dropped);
        json.WriteEndObject();
    }

    /// <summary>Master leaves these fields out when they are 0.</summary>
    private static void WriteCount(Utf8JsonWriter json, string name, long value, bool leaveOutZero)
    {
        if (value != 0 || !leaveOutZero)
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Volumes(Utf8JsonWriter json, VolumeSet volumes)
    {
        json.WriteStartObject();
        json.WriteNumber("total_volume", volumes.All.Count);
        json.WriteNumber("idle_volume", volumes.Count(VolumeStatus.Idle));
        json.WriteNumber("can_alloc_volume", volumes.AllocatableAsKnown);
        json.WriteNumber("active_volume", volumes.Count(VolumeStatus.Active));
        json.WriteNumber("lock_volume", volumes.Count(VolumeStatus.Lock));
        json.WriteNumber("unlocking_volume", volumes.Count(VolumeStatus.Unlocking));
        json.WriteEndObject();
    }

    private static SpaceView Shardnodes(SimulatorOptions options)
    {
        var perIdc = options.ShardnodesPerIdc;
        var nodes = perIdc * options.Idcs.Count;
        var view = new SpaceView
        {
            Total = nodes * ShardDiskSize,
            Free = nodes * ShardDiskSize * 3 / 4,
            Used = nodes * ShardDiskSize / 4,
            Writable = nodes * ShardDiskSize * 3 / 4,
            Nodes = nodes,
            Disks = nodes,
        };
        view.Rows.AddRange(
            options.Idcs.Select(idc => new IdcRow(idc)
            {
                Total = perIdc,
                Available = perIdc,
                Shards = perIdc * ShardsPerDisk,
                FreeShards = perIdc * ShardsPerDisk * 3 / 4,
            })
        );
        return view;
    }
}
