namespace ClustermgrSimulator.Storage;

/// <summary>One row of disk_stat_infos.</summary>
internal sealed record IdcRow(string Idc)
{
    public long Total { get; set; }
    public long Chunks { get; set; }
    public long FreeChunks { get; set; }
    public long Available { get; set; }
    public long Readonly { get; set; }
    public long Expired { get; set; }
    public long Broken { get; set; }
    public long Repairing { get; set; }
    public long Repaired { get; set; }
    public long Dropping { get; set; }
    public long Dropped { get; set; }
    public long Shards { get; set; }
    public long FreeShards { get; set; }
}

/// <summary>space_stat as one member computed it at its last refresh.</summary>
internal sealed record SpaceView
{
    public long Total { get; set; }
    public long Free { get; set; }
    public long Readonly { get; set; }
    public long Used { get; set; }
    public long Writable { get; set; }
    public long Nodes { get; set; }
    public long Disks { get; set; }
    public List<IdcRow> Rows { get; } = [];

    /// <summary>
    /// Computes the figures as the server does: space counts normal disks only, available includes expired, and total
    /// and the chunks include every disk that was ever registered.
    /// </summary>
    /// <param name="expired">Whether a disk is expired for this member.</param>
    /// <param name="chunkError">Used chunks that this member counts as free; members differ.</param>
    public static SpaceView Create(
        DiskInventory inventory,
        IEnumerable<string> idcs,
        Func<Disk, bool> expired,
        long chunkError
    )
    {
        var view = new SpaceView { Nodes = inventory.Blobnodes.Count, Disks = inventory.Disks.Count };
        foreach (var idc in idcs)
        {
            var row = new IdcRow(idc);
            foreach (var disk in inventory.Disks)
            {
                if (disk.Host.Idc == idc)
                {
                    view.Count(disk, row, expired(disk));
                }
            }
            if (row.Total > 0)
            {
                row.FreeChunks = Math.Clamp(row.FreeChunks + chunkError, 0, row.Chunks);
            }
            view.Rows.Add(row);
        }
        return view;
    }

    private void Count(Disk disk, IdcRow row, bool expired)
    {
        row.Total++;
        row.Chunks += disk.MaxChunks;
        row.FreeChunks += disk.FreeChunks;
        if (disk.Dropping)
        {
            row.Dropping++;
        }
        switch (disk.Status)
        {
            case SimulatedDiskStatus.Broken:
                row.Broken++;
                break;
            case SimulatedDiskStatus.Repairing:
                row.Repairing++;
                break;
            case SimulatedDiskStatus.Repaired:
                row.Repaired++;
                break;
            case SimulatedDiskStatus.Dropped:
                row.Dropped++;
                break;
            default:
                CountNormal(disk, row, expired);
                break;
        }
    }

    private void CountNormal(Disk disk, IdcRow row, bool expired)
    {
        Total += disk.Size;
        Used += disk.Used;
        if (disk.Readonly)
        {
            row.Readonly++;
            Readonly += disk.Free;
            return;
        }
        row.Available++;
        Free += disk.Free;
        if (expired)
        {
            row.Expired++;
        }
        else
        {
            Writable += disk.FreeChunks * DiskInventory.ChunkSize / 2; // half of every stripe is parity
        }
    }
}
