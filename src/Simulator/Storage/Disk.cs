namespace ClustermgrSimulator.Storage;

/// <summary>status of a disk, as /disk/list has it.</summary>
public enum SimulatedDiskStatus
{
    Normal = 1,
    Broken = 2,
    Repairing = 3,
    Repaired = 4,
    Dropped = 5,
}

/// <summary>One registered disk, as the log has it.</summary>
internal sealed class Disk(uint id, uint nodeId, Blobnode host, string path, long size)
{
    public uint Id => id;
    public uint NodeId => nodeId;
    public Blobnode Host => host;
    public string Path => path;
    public long Size => size;

    public SimulatedDiskStatus Status { get; set; } = SimulatedDiskStatus.Normal;
    public bool Readonly { get; set; }

    /// <summary>In the dropping list: a flag beside the status.</summary>
    public bool Dropping { get; set; }

    public long Used { get; set; }
    public long Free => size - Used;
    public long MaxChunks => size / DiskInventory.ChunkSize;
    public long UsedChunks => Math.Min(MaxChunks, Used / DiskInventory.ChunkSize);
    public long FreeChunks => MaxChunks - UsedChunks;
    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>One blobnode process and its disks' heartbeats.</summary>
internal sealed class Blobnode(string url, string idc, string rack)
{
    public string Url => url;
    public string Idc => idc;
    public string Rack => rack;

    /// <summary>One of its heartbeats; the others are a whole number of intervals away.</summary>
    public DateTimeOffset LastHeartbeat { get; set; }

    /// <summary>Since when it is silent; null while it reports.</summary>
    public DateTimeOffset? SilentSince { get; set; }

    /// <summary>Its newest heartbeat at that time.</summary>
    public DateTimeOffset GetLastHeartbeatBefore(DateTimeOffset at, TimeSpan interval)
    {
        var until = SilentSince is { } silent && silent < at ? silent : at;
        var beats = Math.Floor((until - LastHeartbeat) / interval);
        return LastHeartbeat + (interval * beats);
    }
}
