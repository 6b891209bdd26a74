using System.Globalization;
using System.Text.Json;
using ClustermgrSimulator.Storage;

namespace ClustermgrSimulator.Http;

/// <summary>Writes the rows of the list endpoints.</summary>
internal static class ListBodies
{
    public static void Disks(Utf8JsonWriter json, SimulationState state, IReadOnlyList<Disk> disks, ulong marker)
    {
        json.WriteStartObject();
        // v3.3 was seen to answer an empty list, master null.
        if (disks.Count == 0 && state.Options.Version > ServerVersion.V33)
        {
            json.WriteNull("disks");
        }
        else
        {
            json.WriteStartArray("disks");
            foreach (var disk in disks)
            {
                Row(json, state, disk);
            }
            json.WriteEndArray();
        }
        json.WriteNumber("marker", marker);
        json.WriteEndObject();
    }

    public static void Services(Utf8JsonWriter json, uint clusterId, IEnumerable<SimulatedService> services)
    {
        var rows = services.ToList();
        json.WriteStartObject();
        if (rows.Count == 0)
        {
            json.WriteNull("nodes");
        }
        else
        {
            json.WriteStartArray("nodes");
            foreach (var row in rows)
            {
                json.WriteStartObject();
                json.WriteNumber("cluster_id", clusterId);
                json.WriteString("name", row.Name);
                json.WriteString("host", row.Host);
                json.WriteString("idc", row.Idc);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    public static void Volumes(Utf8JsonWriter json, IReadOnlyList<Volume> volumes, ulong marker)
    {
        json.WriteStartObject();
        json.WriteStartArray("volumes");
        foreach (var volume in volumes)
        {
            Row(json, volume);
        }
        json.WriteEndArray();
        json.WriteNumber("marker", marker);
        json.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter json, SimulationState state, Disk disk)
    {
        var created = disk.CreatedAt.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
            CultureInfo.InvariantCulture
        );
        json.WriteStartObject();
        json.WriteNumber("cluster_id", state.Options.ClusterId);
        json.WriteString("idc", disk.Host.Idc);
        json.WriteString("rack", disk.Host.Rack);
        json.WriteString("host", disk.Host.Url);
        json.WriteString("path", disk.Path);
        json.WriteNumber("status", (int)disk.Status);
        json.WriteBoolean("readonly", disk.Readonly);
        json.WriteString("create_time", created);
        json.WriteString("last_update_time", created); // does not move when the status changes
        if (state.Options.Version >= ServerVersion.V33)
        {
            json.WriteNumber("disk_set_id", 2);
            json.WriteNumber("node_id", disk.NodeId);
        }
        json.WriteNumber("disk_id", disk.Id);
        json.WriteNumber("used", disk.Used);
        json.WriteNumber("free", disk.Free);
        json.WriteNumber("size", disk.Size);
        json.WriteNumber("max_chunk_cnt", disk.MaxChunks);
        json.WriteNumber("free_chunk_cnt", disk.FreeChunks);
        json.WriteNumber("used_chunk_cnt", disk.UsedChunks);
        if (state.Options.Version == ServerVersion.Master)
        {
            json.WriteNumber("oversold_free_chunk_cnt", 0);
        }
        json.WriteEndObject();
    }

    private static void Row(Utf8JsonWriter json, Volume volume)
    {
        json.WriteStartObject();
        json.WriteStartArray("units");
        for (var i = 0; i < volume.Units.Length; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("vuid", ((ulong)volume.Id << 32) | ((ulong)i << 24) | 1);
            json.WriteNumber("disk_id", volume.Units[i].Id);
            json.WriteString("host", volume.Units[i].Host.Url);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("vid", volume.Id);
        json.WriteNumber("code_mode", VolumeSet.CodeMode);
        json.WriteNumber("status", (int)volume.Status);
        json.WriteNumber("health_score", volume.HealthScore);
        json.WriteNumber("total", Volume.Size);
        json.WriteNumber("free", Volume.Size - volume.Used);
        json.WriteNumber("used", volume.Used);
        json.WriteNumber("create_by_node_id", 1);
        json.WriteEndObject();
    }
}
