namespace ClustermgrSimulator.Storage;

/// <summary>status of a volume.</summary>
internal enum VolumeStatus
{
    Idle = 1,
    Active = 2,
    Lock = 3,
    Unlocking = 4,
}

/// <summary>One volume and the disks that its units lie on.</summary>
internal sealed record Volume(uint Id, VolumeStatus Status, long Used, Disk[] Units)
{
    public const long Size = 16L << 30;

    public VolumeStatus Status { get; set; } = Status;

    public bool Allocatable => Status == VolumeStatus.Idle && HealthScore >= 0 && Used < Size;

    /// <summary>−(units that cannot be written).</summary>
    public int HealthScore => -Units.Count(d => d.Status != SimulatedDiskStatus.Normal || d.Readonly);
}

/// <summary>The volumes of a cluster, six data and six parity units each, spread over its disks.</summary>
internal sealed class VolumeSet
{
    /// <summary>Six data and six parity units.</summary>
    public const int CodeMode = 2;
    private const int Units = 12;

    public VolumeSet(int count, DiskInventory inventory, RandomSource random)
    {
        if (inventory.Disks.Count == 0)
        {
            return;
        }
        for (uint i = 1; i <= count; i++)
        {
            var status = random.NextDouble() < 0.3 ? VolumeStatus.Idle : VolumeStatus.Active;
            var first = random.NextInt(inventory.Disks.Count);
            var units = Enumerable.Range(0, Units).Select(u => inventory.Disks[(first + u) % inventory.Disks.Count]);
            All.Add(new Volume(i, status, (long)(Volume.Size * random.NextDouble() * 0.9), [.. units]));
        }
        AllocatableAsKnown = All.Count(v => v.Allocatable);
    }

    public List<Volume> All { get; } = [];

    /// <summary>Goes stale high: it falls only when an allocation is tried.</summary>
    public int AllocatableAsKnown { get; set; }

    /// <summary>The volumes that have a unit on a disk.</summary>
    public IEnumerable<Volume> GetVolumesOn(Disk disk) => All.Where(volume => volume.Units.Contains(disk));

    /// <summary>Moves one unit from a disk to a writable one.</summary>
    public void MoveOne(Disk from, DiskInventory inventory)
    {
        if (GetVolumesOn(from).FirstOrDefault() is not { } volume)
        {
            return;
        }
        var to = inventory
            .Disks.Where(disk =>
                disk is { Status: SimulatedDiskStatus.Normal, Readonly: false } && !volume.Units.Contains(disk)
            )
            .MinBy(disk => disk.Used);
        if (to is not null)
        {
            volume.Units[Array.IndexOf(volume.Units, from)] = to;
        }
    }

    public int Count(VolumeStatus status) => All.Count(v => v.Status == status);
}
