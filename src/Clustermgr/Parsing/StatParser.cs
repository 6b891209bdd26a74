using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>
/// Parses /stat in both spellings, and in any mixture of them. Without the core of raft_status (node id, term, state,
/// leader) the answer is invalid; any other missing field is null and a finding.
/// </summary>
internal static class StatParser
{
    /// <returns>Null, with a reason, when the body is not a known /stat.</returns>
    public static StatReading? Parse(ReadOnlySpan<byte> utf8, out string reason) =>
        InvalidBodyException.TryParse(utf8, Read, out reason);

    private static StatReading Read(ref Utf8JsonReader reader)
    {
        Expect(in reader, JsonTokenType.StartObject, "the body is not an object");
        var log = new SchemaLog(DetectDialect(reader), collectUnknown: true);
        var row = new JsonRow(StatShapes.Top.Shape, log);
        string? leaderHost = null;
        RaftReading? raft = null;
        SpaceReading? blobnodes = null,
            shardnodes = null;
        VolumeReading? volumes = null;
        while (row.Next(ref reader))
        {
            switch (row.Slot)
            {
                case StatShapes.Top.LeaderHost:
                    leaderHost = MemberText.Read(in reader, log);
                    break;
                case StatShapes.Top.RaftStatus:
                    raft = RaftParser.Read(ref reader, log);
                    break;
                case StatShapes.Top.SpaceStat:
                    blobnodes = SpaceParser.Read(ref reader, log, shardnodes: false);
                    break;
                case StatShapes.Top.ShardNodeSpaceStat:
                    shardnodes = SpaceParser.Read(ref reader, log, shardnodes: true);
                    break;
                case StatShapes.Top.VolumeStat:
                    volumes = Volumes(ref reader, log);
                    break;
            }
        }
        return new StatReading
        {
            Dialect = log.Dialect,
            LeaderHost = leaderHost ?? "",
            ReadOnly = row.Flag(StatShapes.Top.ReadOnly),
            Raft = raft ?? throw new InvalidBodyException("raft_status is missing"),
            Blobnodes = blobnodes,
            Shardnodes = shardnodes,
            Volumes = volumes,
            SchemaFindings = log.Findings,
            Cuts = log.Cuts,
        };
    }

    /// <summary>Determines the spelling, on a copy of the reader: which fields may be missing depends on it, and it
    /// shows in the first tokens of every known version.</summary>
    private static Dialect DetectDialect(Utf8JsonReader reader)
    {
        if (!Find(ref reader, "raft_status"u8))
        {
            throw new InvalidBodyException("there is no raft_status");
        }
        Expect(in reader, JsonTokenType.StartObject, "raft_status is not an object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("node_id"u8))
            {
                return Dialect.SnakeCase;
            }
            if (reader.ValueTextEquals("nodeId"u8))
            {
                return Dialect.CamelCase;
            }
            reader.Skip();
        }
        throw new InvalidBodyException("raft_status has neither node_id nor nodeId");
    }

    /// <summary>Moves to the value of a property of the object that the reader stands on.</summary>
    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(name))
            {
                return reader.Read();
            }
            reader.Skip();
        }
        return false;
    }

    private static void Expect(ref readonly Utf8JsonReader reader, JsonTokenType token, string otherwise)
    {
        if (reader.TokenType != token)
        {
            throw InvalidBodyException.At(in reader, otherwise);
        }
    }

    private static VolumeReading Volumes(ref Utf8JsonReader reader, SchemaLog log)
    {
        var row = new JsonRow(StatShapes.Volumes.Shape, log);
        row.Next(ref reader);
        return new VolumeReading
        {
            Total = row.Int64(StatShapes.Volumes.Total),
            Idle = row.Int64(StatShapes.Volumes.Idle),
            Allocatable = row.Int64(StatShapes.Volumes.Allocatable),
            Active = row.Int64(StatShapes.Volumes.Active),
            Locked = row.Int64(StatShapes.Volumes.Locked),
            Unlocking = row.Int64(StatShapes.Volumes.Unlocking),
        };
    }
}
