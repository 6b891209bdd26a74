using System.Collections.Immutable;
using System.Text.Json;
using Clustermgr.Analysis;

namespace Clustermgr.Parsing;

/// <summary>{volumes:[…], marker} of /volume/list: the health of each volume, and where its units are.</summary>
internal static class VolumePageParser
{
    private const int Marker = 1;

    private const int Units = 0,
        Vid = 1,
        CodeModeNumber = 2,
        Health = 3;

    private const int DiskId = 0;

    /// <summary>A page has at most 2,000 volumes.</summary>
    private const int MaxRows = 4096;

    /// <summary>The widest code has 38 units.</summary>
    private const int MaxUnits = 256;

    private static readonly JsonShape Page = new(
        "",
        new(FieldType.Rows, "volumes"),
        new(FieldType.Unsigned, "marker", InSnake: Presence.ZeroWhenAbsent)
    );

    private static readonly JsonShape Volume = new(
        "volumes[].",
        new(FieldType.Rows, "units", InSnake: Presence.Optional),
        new(FieldType.Unsigned, "vid"),
        new(FieldType.Count, "code_mode"),
        new(FieldType.Signed, "health_score")
    );

    private static readonly JsonShape Unit = new(
        "volumes[].units[].",
        new(FieldType.Unsigned, "disk_id"),
        new(FieldType.Text, "host")
    );

    /// <summary>Without the units.</summary>
    public static VolumePage? Parse(ReadOnlySpan<byte> utf8, out string reason) => ParsePage(utf8, false, out reason);

    public static VolumePage? ParseWithUnits(ReadOnlySpan<byte> utf8, out string reason) =>
        ParsePage(utf8, true, out reason);

    private static VolumePage? ParsePage(ReadOnlySpan<byte> utf8, bool units, out string reason)
    {
        var bytes = utf8.Length;
        return InvalidBodyException.TryParse(
            utf8,
            (ref Utf8JsonReader reader) => Read(ref reader, units, bytes),
            out reason
        );
    }

    private static VolumePage Read(ref Utf8JsonReader reader, bool units, int bytes)
    {
        var log = StrictList.CreateLog(in reader);
        var row = new JsonRow(Page, log);
        var volumes = ImmutableArray.CreateBuilder<VolumeRow>();
        while (row.Next(ref reader))
        {
            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.StartObject || volumes.Count == MaxRows)
                {
                    throw InvalidBodyException.At(
                        in reader,
                        volumes.Count == MaxRows ? $"more than {MaxRows} volumes" : "a volume is not an object"
                    );
                }
                volumes.Add(ReadVolume(ref reader, log, units));
                StrictList.ThrowIfIncomplete(log);
            }
        }
        StrictList.ThrowIfIncomplete(log);
        return new VolumePage(volumes.DrainToImmutable(), row.UInt64(Marker) ?? 0, bytes);
    }

    private static VolumeRow ReadVolume(ref Utf8JsonReader reader, SchemaLog log, bool units)
    {
        var row = new JsonRow(Volume, log);
        ImmutableArray<VolumeUnit> where = [];
        while (row.Next(ref reader))
        {
            if (row.Slot != Units || !units)
            {
                reader.Skip();
                continue;
            }
            where = ReadUnits(ref reader, log);
        }
        var health = row.Int64(Health) ?? 0;
        var mode = row.Int64(CodeModeNumber) ?? 0;
        if (health is > 0 or < -MaxUnits || mode > int.MaxValue)
        {
            throw new InvalidBodyException($"volume {row.UInt64(Vid)} has health_score {health} and code_mode {mode}");
        }
        return new VolumeRow(row.UInt64(Vid) ?? 0, (int)mode, (int)-health) { Units = where };
    }

    private static ImmutableArray<VolumeUnit> ReadUnits(ref Utf8JsonReader reader, SchemaLog log)
    {
        var units = ImmutableArray.CreateBuilder<VolumeUnit>();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject || units.Count == MaxUnits)
            {
                throw InvalidBodyException.At(in reader, "a unit is not an object, or there are too many");
            }
            var row = new JsonRow(Unit, log);
            var host = "";
            while (row.Next(ref reader))
            {
                host = MemberText.Read(in reader, log);
            }
            units.Add(new VolumeUnit(row.UInt64(DiskId) ?? 0, host));
        }
        return units.DrainToImmutable();
    }
}
