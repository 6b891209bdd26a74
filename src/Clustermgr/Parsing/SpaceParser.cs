using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;
using Idc = Clustermgr.Parsing.StatShapes.Idc;
using Space = Clustermgr.Parsing.StatShapes.Space;

namespace Clustermgr.Parsing;

/// <summary>space_stat and shard_node_space_stat of /stat.</summary>
internal static class SpaceParser
{
    public static SpaceReading Read(ref Utf8JsonReader reader, SchemaLog log, bool shardnodes)
    {
        var shape = shardnodes ? Space.ShardnodeShape : Space.BlobnodeShape;
        var row = new JsonRow(shape, log);
        ImmutableArray<IdcReading> idcs = [];
        while (row.Next(ref reader))
        {
            idcs = shardnodes
                ? JsonRows.Read(ref reader, log, Idc.ShardnodeShape.Path, ReadShardnodes, ByName, Thresholds.MaxIdcs)
                : JsonRows.Read(ref reader, log, Idc.BlobnodeShape.Path, ReadBlobnodes, ByName, Thresholds.MaxIdcs);
        }
        return new SpaceReading
        {
            Total = row.Int64(Space.Total),
            Free = row.Int64(Space.Free),
            Used = row.Int64(Space.Used),
            Writable = row.Int64(Space.Writable),
            Readonly = row.Int64(Space.Readonly),
            Reserved = row.Int64(Space.Reserved),
            Nodes = row.Int64(shardnodes ? Space.ShardNodes : Space.BlobNodes),
            Disks = row.Int64(Space.Disks),
            Idcs = idcs,
        };
    }

    private static int ByName(IdcReading a, IdcReading b) => string.CompareOrdinal(a.Idc, b.Idc);

    private static IdcReading? ReadBlobnodes(ref Utf8JsonReader reader, SchemaLog log) =>
        ReadIdc(ref reader, log, Idc.BlobnodeShape, shardnodes: false);

    private static IdcReading? ReadShardnodes(ref Utf8JsonReader reader, SchemaLog log) =>
        ReadIdc(ref reader, log, Idc.ShardnodeShape, shardnodes: true);

    private static IdcReading? ReadIdc(ref Utf8JsonReader reader, SchemaLog log, JsonShape shape, bool shardnodes)
    {
        var row = new JsonRow(shape, log);
        string? idc = null;
        while (row.Next(ref reader))
        {
            idc = MemberText.Read(in reader, log);
        }
        return idc is null
            ? null
            : new IdcReading
            {
                Idc = idc,
                Total = row.Int64(Idc.Total),
                Available = row.Int64(Idc.Available),
                Readonly = row.Int64(Idc.Readonly),
                Expired = row.Int64(Idc.Expired),
                Broken = row.Int64(Idc.Broken),
                Repairing = row.Int64(Idc.Repairing),
                Repaired = row.Int64(Idc.Repaired),
                Dropping = row.Int64(Idc.Dropping),
                Dropped = row.Int64(Idc.Dropped),
                Chunks = shardnodes ? null : row.Int64(Idc.Chunks),
                ChunksFree = shardnodes ? null : row.Int64(Idc.ChunksFree),
                ChunksOversoldFree = shardnodes ? null : row.Int64(Idc.ChunksOversoldFree),
                Shards = shardnodes ? row.Int64(Idc.Shards) : null,
                ShardsFree = shardnodes ? row.Int64(Idc.ShardsFree) : null,
            };
    }
}
