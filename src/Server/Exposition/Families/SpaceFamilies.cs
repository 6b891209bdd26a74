using System.Collections.Immutable;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>
/// space_stat and shard_node_space_stat of the leader. Every member computes them on a timer of its own, so members
/// differ; only the leader's count.
/// </summary>
internal static class SpaceFamilies
{
    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Space("clustermgr_space_total_bytes", "Raw capacity of the disks.", "total_space.", space => space.Total),
        Space("clustermgr_space_free_bytes", "Free space.", "free_space.", space => space.Free),
        Space("clustermgr_space_used_bytes", "Used space.", "used_space.", space => space.Used),
        Space(
            "clustermgr_space_writable_bytes",
            "Space that new data may take.",
            "writable_space.",
            space => space.Writable
        ),
        Space(
            "clustermgr_space_readonly_bytes",
            "Free space on read-only disks.",
            "readonly_space; from v3.5.1.",
            space => space.Readonly
        ),
        Space("clustermgr_space_reserved_bytes", "Reserved space.", "reserved_space; master.", space => space.Reserved),
        Space("clustermgr_nodes", "Registered nodes.", "total_blob_node, total_shard_node.", space => space.Nodes),
        Space("clustermgr_space_disks", "Disks that the space figures count.", "total_disk.", space => space.Disks),
        Idc(
            "clustermgr_disks_registered",
            "Registered disks, repaired and dropped ones included.",
            "disk_stat_infos[].total.",
            Kinds.Both,
            idc => idc.Total
        ),
        Gauge(
            "clustermgr_disks",
            "node_type idc state",
            "Disks by state. The states overlap: usable = available - expired.",
            "disk_stat_infos[].available, readonly, expired, broken, repairing, repaired, dropping, dropped. The "
                + "states are no partition. "
                + Absent,
            WriteStates
        ),
        Idc(
            "clustermgr_chunks",
            "Chunks that the disks can hold.",
            "disk_stat_infos[].total_chunk.",
            Kinds.Blobnode,
            idc => idc.Chunks
        ),
        Idc(
            "clustermgr_chunks_free",
            "Free chunks.",
            "disk_stat_infos[].total_free_chunk.",
            Kinds.Blobnode,
            idc => idc.ChunksFree
        ),
        Idc(
            "clustermgr_chunks_oversold_free",
            "Free chunks with overselling.",
            "disk_stat_infos[].total_oversold_free_chunk; master.",
            Kinds.Blobnode,
            idc => idc.ChunksOversoldFree
        ),
        Idc(
            "clustermgr_shards",
            "Shards that the disks can hold.",
            "disk_stat_infos[].total_shard; master.",
            Kinds.Shardnode,
            idc => idc.Shards
        ),
        Idc(
            "clustermgr_shards_free",
            "Free shards.",
            "disk_stat_infos[].total_free_shard; master.",
            Kinds.Shardnode,
            idc => idc.ShardsFree
        ),
    ];

    private const string AbsentBlobnode = "Absent while no member answers as leader.";
    private const string Absent =
        "Absent while no member answers as leader; for shardnode also where there is no such node, disk, IDC or space.";

    private enum Kinds
    {
        Both,
        Blobnode,
        Shardnode,
    }

    private static FamilyRenderer<ClusterAnalysis> Space(
        string name,
        string help,
        string notes,
        Func<SpaceReading, SampleValue> value
    ) =>
        Gauge(
            name,
            "node_type",
            help,
            $"{notes} {Absent}",
            (lines, analysis) =>
            {
                if (Blobnodes(analysis) is { } blobnodes)
                {
                    lines.Add(value(blobnodes), "blobnode");
                }
                if (Shardnodes(analysis) is { } shardnodes)
                {
                    lines.Add(value(shardnodes), "shardnode");
                }
            }
        );

    private static FamilyRenderer<ClusterAnalysis> Idc(
        string name,
        string help,
        string notes,
        Kinds kinds,
        Func<IdcReading, SampleValue> value
    ) =>
        Gauge(
            name,
            "node_type idc",
            help,
            $"{notes} {(kinds == Kinds.Blobnode ? AbsentBlobnode : Absent)}",
            (lines, analysis) =>
            {
                if (kinds != Kinds.Shardnode && Blobnodes(analysis) is { } blobnodes)
                {
                    foreach (var idc in blobnodes.Idcs)
                    {
                        lines.Add(value(idc), "blobnode", idc.Idc);
                    }
                }
                if (kinds != Kinds.Blobnode && Shardnodes(analysis) is { } shardnodes)
                {
                    foreach (var idc in shardnodes.Idcs)
                    {
                        lines.Add(value(idc), "shardnode", idc.Idc);
                    }
                }
            }
        );

    private static void WriteStates(LineWriter lines, ClusterAnalysis analysis)
    {
        if (Blobnodes(analysis) is { } blobnodes)
        {
            WriteStates(lines, "blobnode", blobnodes);
        }
        if (Shardnodes(analysis) is { } shardnodes)
        {
            WriteStates(lines, "shardnode", shardnodes);
        }
    }

    private static void WriteStates(LineWriter lines, string nodeType, SpaceReading space)
    {
        foreach (var idc in space.Idcs)
        {
            lines.Add(idc.Available, nodeType, idc.Idc, "available");
            lines.Add(idc.Readonly, nodeType, idc.Idc, "readonly");
            lines.Add(idc.Expired, nodeType, idc.Idc, "expired");
            lines.Add(idc.Broken, nodeType, idc.Idc, "broken");
            lines.Add(idc.Repairing, nodeType, idc.Idc, "repairing");
            lines.Add(idc.Repaired, nodeType, idc.Idc, "repaired");
            lines.Add(idc.Dropping, nodeType, idc.Idc, "dropping");
            lines.Add(idc.Dropped, nodeType, idc.Idc, "dropped");
        }
    }

    private static SpaceReading? Blobnodes(ClusterAnalysis analysis) => analysis.Leader?.Reading?.Blobnodes;

    // Master always answers with the block; a cluster without shardnodes would otherwise look like one that is full.
    private static SpaceReading? Shardnodes(ClusterAnalysis analysis) =>
        analysis.Leader?.Reading?.Shardnodes is { } space
        && (space.Nodes > 0 || space.Disks > 0 || space.Total > 0 || !space.Idcs.IsEmpty)
            ? space
            : null;
}
