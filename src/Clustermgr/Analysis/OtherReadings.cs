using System.Collections.Immutable;

namespace Clustermgr.Analysis;

/// <summary>/config/get of one key.</summary>
/// <param name="Raw">The stored string as it is; null when the key is unset (404).</param>
public sealed record SwitchReading(string? Raw);

/// <summary>status of a disk, as /disk/list has it. Dropping is a flag beside it, not a status.</summary>
public enum DiskStatus
{
    Unknown = 0,
    Normal = 1,
    Broken = 2,
    Repairing = 3,
    Repaired = 4,
    Dropped = 5,
}

/// <summary>One row of /disk/list or /disk/droppinglist.</summary>
public sealed record DiskReading(
    ulong Id,
    string Host,
    string Path,
    string Idc,
    string Rack,
    DiskStatus Status,
    bool Readonly
)
{
    /// <summary>Null when it was not requested.</summary>
    public long? FreeChunks { get; init; }
}

/// <summary>One page of disks. An empty page is the last one, whatever its marker.</summary>
/// <param name="Marker">Where the next page starts.</param>
public sealed record DiskPage(ImmutableArray<DiskReading> Disks, ulong Marker) : IListPage
{
    public bool IsEmpty => Disks.IsEmpty;

    /// <summary>Number of rows left out and texts shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }
}

/// <summary>One row of /service/list or /service/get.</summary>
public sealed record ServiceInstance(string Name, string Host, string Idc);

/// <summary>All rows of /service/list (registered, dead ones included) or /service/get (the live ones).</summary>
public sealed record ServicePage(ImmutableArray<ServiceInstance> Instances)
{
    /// <summary>Number of texts shortened because they exceed a limit.</summary>
    public int Cuts { get; init; }
}
