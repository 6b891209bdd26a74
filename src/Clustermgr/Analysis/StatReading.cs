using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>How a member spells its raft fields.</summary>
public enum Dialect
{
    /// <summary>nodeId, raftState: every released tag from v3.2 to v3.5.3.</summary>
    CamelCase,

    /// <summary>node_id, raft_state: master.</summary>
    SnakeCase,
}

/// <summary>raft_state of a member. Unknown: a word that this version does not know.</summary>
public enum RaftState
{
    Unknown,
    Leader,
    Follower,
    Candidate,
    PreCandidate,
}

/// <summary>state of a peer in the leader's list.</summary>
public enum PeerState
{
    Unknown,
    Probe,
    Replicate,
    Snapshot,
}

/// <summary>
/// One member's own /stat, in either spelling. A null number is a field that the answer does not contain: it is
/// optional in that version, or missing and then also one of <see cref="SchemaFindings"/>. A missing number is never 0.
/// </summary>
public sealed record StatReading
{
    public required Dialect Dialect { get; init; }

    /// <summary>host:port of the leader's HTTP side, without scheme; "" when no leader is known.</summary>
    public required string LeaderHost { get; init; }

    public bool? ReadOnly { get; init; }

    public required RaftReading Raft { get; init; }

    /// <summary>space_stat: HDD blobnode disks only.</summary>
    public SpaceReading? Blobnodes { get; init; }

    /// <summary>shard_node_space_stat; null where the version has none.</summary>
    public SpaceReading? Shardnodes { get; init; }

    public VolumeReading? Volumes { get; init; }

    public ImmutableArray<SchemaFinding> SchemaFindings { get; init; } = [];

    /// <summary>Number of rows left out and texts shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }
}

/// <summary>raft_status. Indexes and ids are uint64 with all their digits.</summary>
public sealed record RaftReading
{
    public required ulong NodeId { get; init; }
    public required ulong Term { get; init; }
    public required RaftState State { get; init; }

    /// <summary>Node id of the leader that this member believes in; 0 when none.</summary>
    public required ulong Leader { get; init; }

    public ulong? Vote { get; init; }
    public ulong? Commit { get; init; }
    public ulong? Applied { get; init; }
    public ulong? RaftApplied { get; init; }

    /// <summary>Node id; 0 unless a leadership transfer is under way.</summary>
    public ulong? Transferee { get; init; }

    /// <summary>Queued batches, at most 128; from v3.3.</summary>
    public long? ApplyingLength { get; init; }

    /// <summary>By ascending id, without duplicates; empty unless this member is the leader.</summary>
    public ImmutableArray<PeerReading> Peers { get; init; } = [];
}

/// <summary>One row of the leader's peers list, the leader's own row included.</summary>
public sealed record PeerReading
{
    public required ulong Id { get; init; }

    /// <summary>The raft address, not the HTTP one.</summary>
    public required string Host { get; init; }

    public required PeerState State { get; init; }
    public ulong? Match { get; init; }
    public ulong? Next { get; init; }
    public bool? Active { get; init; }
    public bool? Paused { get; init; }
    public bool? Learner { get; init; }
    public bool? InflightFull { get; init; }
    public long? InflightMessages { get; init; }
    public ulong? PendingSnapshot { get; init; }
}

/// <summary>space_stat or shard_node_space_stat, in bytes.</summary>
public sealed record SpaceReading
{
    public long? Total { get; init; }
    public long? Free { get; init; }
    public long? Used { get; init; }
    public long? Writable { get; init; }

    /// <summary>From v3.5.1.</summary>
    public long? Readonly { get; init; }

    /// <summary>Master only.</summary>
    public long? Reserved { get; init; }

    /// <summary>total_blob_node or total_shard_node; left out when 0 on master.</summary>
    public long? Nodes { get; init; }

    public long? Disks { get; init; }

    /// <summary>By ascending idc (ordinal), without duplicates; empty before the first disk registers.</summary>
    public ImmutableArray<IdcReading> Idcs { get; init; } = [];
}

/// <summary>
/// Disks of one IDC. The states overlap and are no partition: available includes expired, total includes repaired and
/// dropped.
/// </summary>
public sealed record IdcReading
{
    public required string Idc { get; init; }
    public long? Total { get; init; }
    public long? Available { get; init; }
    public long? Readonly { get; init; }
    public long? Expired { get; init; }
    public long? Broken { get; init; }
    public long? Repairing { get; init; }
    public long? Repaired { get; init; }
    public long? Dropping { get; init; }
    public long? Dropped { get; init; }

    /// <summary>Blobnode rows only.</summary>
    public long? Chunks { get; init; }

    /// <summary>Blobnode rows only.</summary>
    public long? ChunksFree { get; init; }

    /// <summary>Blobnode rows of master only.</summary>
    public long? ChunksOversoldFree { get; init; }

    /// <summary>Shardnode rows only.</summary>
    public long? Shards { get; init; }

    /// <summary>Shardnode rows only.</summary>
    public long? ShardsFree { get; init; }
}

/// <summary>volume_stat: counts of volumes.</summary>
public sealed record VolumeReading
{
    public long? Total { get; init; }
    public long? Idle { get; init; }
    public long? Allocatable { get; init; }
    public long? Active { get; init; }
    public long? Locked { get; init; }
    public long? Unlocking { get; init; }
}

/// <summary>What in an answer differs from the JSON we know.</summary>
public enum SchemaFindingKind
{
    /// <summary>A field that no known version has.</summary>
    UnknownField,

    /// <summary>A required field is absent, null or of another type.</summary>
    MissingField,
}

/// <param name="Path">Dotted, rows without index: raft_status.peers[].match.</param>
public readonly record struct SchemaFinding(SchemaFindingKind Kind, string Path);
