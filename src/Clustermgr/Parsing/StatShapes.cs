using static Clustermgr.Parsing.FieldType;
using static Clustermgr.Parsing.Presence;

namespace Clustermgr.Parsing;

/// <summary>
/// The objects of /stat. Snake is master; camel is every released tag from v3.2 to v3.5.3, whose builds differ: fields
/// that only some of them have, the oldest documentation included, are optional there. Constants are slots.
/// </summary>
internal static class StatShapes
{
    public static class Top
    {
        public const int LeaderHost = 0,
            ReadOnly = 1,
            RaftStatus = 2,
            SpaceStat = 3,
            ShardNodeSpaceStat = 4,
            VolumeStat = 5;

        public static readonly JsonShape Shape = new(
            "",
            new(Text, "leader_host"),
            new(Flag, "read_only", InCamel: Optional),
            new(Nested, "raft_status"),
            new(Nested, "space_stat"),
            new(Nested, "shard_node_space_stat", InCamel: Optional),
            new(Nested, "volume_stat")
        );
    }

    public static class Raft
    {
        public const int NodeId = 0,
            Term = 1,
            Vote = 2,
            Commit = 3,
            Leader = 4,
            State = 5,
            Applied = 6,
            RaftApplied = 7,
            Transferee = 8,
            ApplyingLength = 9,
            Peers = 10;

        public static readonly JsonShape Shape = new(
            "raft_status.",
            new(Unsigned, "node_id", "nodeId"),
            new(Unsigned, "term"),
            new(Unsigned, "vote"),
            new(Unsigned, "commit"),
            new(Unsigned, "leader"),
            new(Text, "raft_state", "raftState"),
            new(Unsigned, "applied"),
            new(Unsigned, "raft_applied", "raftApplied"),
            new(Unsigned, "transferee"),
            new(Count, "applying_length", "applyingLength", InCamel: Optional),
            new(Rows, "peers")
        );
    }

    public static class Peer
    {
        public const int Id = 0,
            Host = 1,
            Match = 2,
            Next = 3,
            State = 4,
            Paused = 5,
            PendingSnapshot = 6,
            Active = 7,
            Learner = 8,
            InflightFull = 9,
            InflightMessages = 10;

        public static readonly JsonShape Shape = new(
            "raft_status.peers[].",
            new(Unsigned, "id"),
            new(Text, "host"),
            new(Unsigned, "match"),
            new(Unsigned, "next"),
            new(Text, "state"),
            new(Flag, "paused"),
            new(Unsigned, "pending_snapshot", "pendingSnapshot"),
            new(Flag, "active"),
            new(Flag, "is_learner", "isLearner"),
            new(Flag, "is_inflight_full", "isInflightFull", InCamel: Optional),
            new(Count, "inflight_count", "inflightCount", InCamel: Optional)
        );
    }

    /// <summary>space_stat and shard_node_space_stat have one shape; each counts its own kind of node.</summary>
    public static class Space
    {
        public const int Total = 0,
            Free = 1,
            Readonly = 2,
            Used = 3,
            Reserved = 4,
            Writable = 5,
            BlobNodes = 6,
            ShardNodes = 7,
            Disks = 8,
            Idcs = 9;

        public static readonly JsonShape BlobnodeShape = CreateShape("space_stat.", blobNodesInCamel: Required);
        public static readonly JsonShape ShardnodeShape = CreateShape(
            "shard_node_space_stat.",
            blobNodesInCamel: Optional
        );

        private static JsonShape CreateShape(string path, Presence blobNodesInCamel) =>
            new(
                path,
                new(Count, "total_space"),
                new(Count, "free_space"),
                new(Count, "readonly_space", InCamel: Optional),
                new(Count, "used_space"),
                new(Count, "reserved_space", InCamel: Optional),
                new(Count, "writable_space"),
                new(Count, "total_blob_node", InSnake: ZeroWhenAbsent, InCamel: blobNodesInCamel),
                new(Count, "total_shard_node", InSnake: ZeroWhenAbsent, InCamel: Optional),
                new(Count, "total_disk"),
                new(Rows, "disk_stat_infos")
            );
    }

    public static class Idc
    {
        public const int Name = 0,
            Total = 1,
            Chunks = 2,
            ChunksFree = 3,
            ChunksOversoldFree = 4,
            Shards = 5,
            ShardsFree = 6,
            Available = 7,
            Readonly = 8,
            Expired = 9,
            Broken = 10,
            Repairing = 11,
            Repaired = 12,
            Dropping = 13,
            Dropped = 14;

        public static readonly JsonShape BlobnodeShape = CreateShape(
            "space_stat.disk_stat_infos[].",
            chunksInCamel: Required
        );
        public static readonly JsonShape ShardnodeShape = CreateShape(
            "shard_node_space_stat.disk_stat_infos[].",
            chunksInCamel: Optional
        );

        private static JsonShape CreateShape(string path, Presence chunksInCamel) =>
            new(
                path,
                new(Text, "idc"),
                new(Count, "total"),
                new(Count, "total_chunk", InSnake: ZeroWhenAbsent, InCamel: chunksInCamel),
                new(Count, "total_free_chunk", InSnake: ZeroWhenAbsent, InCamel: chunksInCamel),
                new(Count, "total_oversold_free_chunk", InSnake: ZeroWhenAbsent, InCamel: Optional),
                new(Count, "total_shard", InSnake: ZeroWhenAbsent, InCamel: Optional),
                new(Count, "total_free_shard", InSnake: ZeroWhenAbsent, InCamel: Optional),
                new(Count, "available"),
                new(Count, "readonly"),
                new(Count, "expired"),
                new(Count, "broken"),
                new(Count, "repairing"),
                new(Count, "repaired"),
                new(Count, "dropping"),
                new(Count, "dropped")
            );
    }

    public static class Volumes
    {
        public const int Total = 0,
            Idle = 1,
            Allocatable = 2,
            Active = 3,
            Locked = 4,
            Unlocking = 5;

        public static readonly JsonShape Shape = new(
            "volume_stat.",
            new(Count, "total_volume"),
            new(Count, "idle_volume"),
            new(Count, "can_alloc_volume"),
            new(Count, "active_volume"),
            new(Count, "lock_volume"),
            new(Count, "unlocking_volume")
        );
    }
}
