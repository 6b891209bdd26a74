using System.Text.Json;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>Space, disks and volumes, by the leader's figures.</summary>
internal static class SpaceJson
{
    public static IEnumerable<(string Type, SpaceReading Space)> NodeTypes(StatReading? leader)
    {
        if (leader?.Blobnodes is { } blobnodes)
        {
            yield return ("blobnode", blobnodes);
        }
        if (leader?.Shardnodes is { } shardnodes)
        {
            yield return ("shardnode", shardnodes);
        }
    }

    public static void Write(Utf8JsonWriter json, (string Type, SpaceReading Space) node)
    {
        var (type, space) = node;
        json.Text("nodeType", type);
        json.Count("totalBytes", space.Total);
        json.Count("freeBytes", space.Free);
        json.Count("usedBytes", space.Used);
        json.Count("writableBytes", space.Writable);
        json.Count("readonlyBytes", space.Readonly);
        json.Count("reservedBytes", space.Reserved);
        json.Count("nodes", space.Nodes);
        json.Count("disks", space.Disks);
        json.List(
            "idcs",
            space.Idcs,
            (json, idc) =>
            {
                json.Text("idc", idc.Idc);
                json.Count("total", idc.Total);
                json.Count("available", idc.Available);
                json.Count("usable", ClusterFacts.Usable(idc));
                json.Count("readonly", idc.Readonly);
                json.Count("expired", idc.Expired);
                json.Count("broken", idc.Broken);
                json.Count("repairing", idc.Repairing);
                json.Count("repaired", idc.Repaired);
                json.Count("dropping", idc.Dropping);
                json.Count("dropped", idc.Dropped);
                json.Count("chunks", idc.Chunks);
                json.Count("chunksFree", idc.ChunksFree);
            }
        );
    }

    public static void WriteNotNormal(Utf8JsonWriter json, ClusterSnapshot snapshot)
    {
        var disks = snapshot.Disks;
        json.Time("readAt", snapshot.Wall(disks.ReadAt));
        json.Flag("truncated", disks.Truncated);
        json.List(
            "rows",
            disks.Disks,
            (json, record) =>
            {
                json.Id("id", record.Disk.Id);
                json.Text("host", record.Disk.Host);
                json.Text("path", record.Disk.Path);
                json.Text("idc", record.Disk.Idc);
                json.Text("rack", record.Disk.Rack);
                json.Text("state", record.State);
                json.Time("since", snapshot.Wall(record.Since));
            }
        );
    }

    public static void WriteVolumes(Utf8JsonWriter json, VolumeReading volumes)
    {
        json.Count("total", volumes.Total);
        json.Count("idle", volumes.Idle);
        json.Count("allocatable", volumes.Allocatable);
        json.Count("active", volumes.Active);
        json.Count("locked", volumes.Locked);
        json.Count("unlocking", volumes.Unlocking);
    }
}
