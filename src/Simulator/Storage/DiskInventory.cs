namespace ClustermgrSimulator.Storage;

/// <summary>The blobnodes, their disks and how they fill. Not thread-safe: the cluster's gate guards it.</summary>
internal sealed class DiskInventory
{
    public const long ChunkSize = 16L << 30;
    private const long TiB = 1L << 40;

    private DateTimeOffset _filledAt;

    public DiskInventory(SimulatorOptions options, RandomSource random, DateTimeOffset now)
    {
        _filledAt = now;
        uint id = 0;
        uint node = 0;
        for (var i = 0; i < options.Idcs.Count; i++)
        {
            for (var h = 0; h < options.BlobnodesPerIdc; h++)
            {
                var host = new Blobnode($"http://10.1.{i}.{h + 1}:8889", options.Idcs[i], $"rack{h % 2}")
                {
                    LastHeartbeat = now - random.NextDelay(options.Timings.LastHeartbeat),
                };
                Blobnodes.Add(host);
                node++;
                for (var d = 0; d < options.DisksPerBlobnode; d++)
                {
                    var size = 8 * TiB;
                    Disks.Add(
                        new Disk(++id, node, host, $"/data/disk{d}", size)
                        {
                            Used = (long)(size * Math.Clamp(options.Fill + ((random.NextDouble() - 0.5) * 0.04), 0, 1)),
                            CreatedAt = now - TimeSpan.FromDays(90) - (TimeSpan.FromSeconds(1) * random.NextDouble()),
                        }
                    );
                }
            }
        }
    }

    public List<Blobnode> Blobnodes { get; } = [];

    public List<Disk> Disks { get; } = [];

    /// <summary>Over all writable disks together.</summary>
    public double FillBytesPerSecond { get; private set; }

    public Disk? Find(ulong id) => Disks.Find(d => d.Id == id);

    /// <summary>Registers an empty disk at the path of another.</summary>
    public Disk Replace(Disk old, DateTimeOffset now)
    {
        var disk = new Disk(Disks.Max(other => other.Id) + 1, old.NodeId, old.Host, old.Path, old.Size)
        {
            CreatedAt = now,
        };
        Disks.Add(disk);
        return disk;
    }

    public void SetFillRate(double bytesPerSecond, DateTimeOffset now)
    {
        FillTo(now);
        FillBytesPerSecond = bytesPerSecond;
    }

    /// <summary>Advances the use of the disks to a time.</summary>
    public void FillTo(DateTimeOffset now)
    {
        var bytes = FillBytesPerSecond * (now - _filledAt).TotalSeconds;
        if (bytes == 0)
        {
            _filledAt = now;
            return;
        }
        var writable = Disks.FindAll(d => d is { Status: SimulatedDiskStatus.Normal, Readonly: false });
        if (writable.Count == 0 || Math.Abs(bytes) < writable.Count)
        {
            return; // too little to distribute: let it accumulate
        }
        _filledAt = now;
        var share = (long)(bytes / writable.Count);
        foreach (var disk in writable)
        {
            disk.Used = Math.Clamp(disk.Used + share, 0, disk.Size);
        }
    }
}
