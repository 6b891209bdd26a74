namespace ClustermgrSimulator;

/// <summary>Which clustermgr the members run: their spelling and their fields differ.</summary>
public enum ServerVersion
{
    V32,
    V33,
    V35,
    Master,
}

/// <summary>A cluster as it is before anything happens to it. The defaults are a small production cluster.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Same seed, same answers.</summary>
    public ulong Seed { get; init; } = 1;

    public ServerVersion Version { get; init; } = ServerVersion.Master;

    public uint ClusterId { get; init; } = 1;

    public int Members { get; init; } = 3;

    /// <summary>host:port of each member's HTTP side; null for 10.0.0.1:9998 and so on. A server sets its
    /// own.</summary>
    public IReadOnlyList<string>? MemberHosts { get; init; }

    /// <summary>Node id of the first leader; null for a random one.</summary>
    public ulong? FirstLeader { get; init; }

    /// <summary>Null for a random one.</summary>
    public ulong? FirstTerm { get; init; }

    /// <summary>Commit index at the start.</summary>
    public ulong FirstIndex { get; init; } = 48_210;

    /// <summary>Entries a second that the cluster commits by itself.</summary>
    public double WritesPerSecond { get; init; } = 2;

    public IReadOnlyList<string> Idcs { get; init; } = ["z0", "z1", "z2"];

    public int BlobnodesPerIdc { get; init; } = 4;

    public int DisksPerBlobnode { get; init; } = 3;

    /// <summary>How full the disks are at the start, from 0 to 1.</summary>
    public double Fill { get; init; } = 0.34;

    /// <summary>Shardnodes in each IDC, one disk each; only master knows them.</summary>
    public int ShardnodesPerIdc { get; init; }

    public int Volumes { get; init; } = 100;

    /// <summary>Switches that are set at the start; null for every switch of the version set to true.</summary>
    public IReadOnlyDictionary<string, string>? Switches { get; init; }

    /// <summary>Registered services; null for two schedulers, a proxy an IDC, and a blobnode and a worker a host.
    /// </summary>
    public IReadOnlyList<SimulatedService>? Services { get; init; }

    /// <summary>True when the registered schedulers answer and work: they take up broken and dropped disks by
    /// themselves. Otherwise nothing listens at their addresses.</summary>
    public bool SchedulersRun { get; init; }

    /// <summary>refresh_interval_s: how often a member computes its space figures.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>The shared secret; null where authentication is off.</summary>
    public string? Secret { get; init; }

    public Timings Timings { get; init; } = new();
}

/// <summary>One registered instance.</summary>
/// <param name="Name">SCHEDULER, PROXY, BLOBNODE, WORKER or SHARDNODE.</param>
/// <param name="Host">URL with scheme.</param>
public sealed record SimulatedService(string Name, string Host, string Idc, bool Online = true);

/// <summary>The switch keys that a version knows.</summary>
public static class SwitchKeys
{
    private static readonly string[] CommonKeys =
    [
        "disk_repair",
        "balance",
        "disk_drop",
        "blob_delete",
        "shard_repair",
        "volume_inspect",
    ];

    public static IReadOnlyList<string> GetKeys(ServerVersion version) =>
        version switch
        {
            ServerVersion.V32 or ServerVersion.V33 => CommonKeys,
            ServerVersion.V35 => [.. CommonKeys, "data_inspect"],
            _ => [.. CommonKeys, "data_inspect", "shard_disk_repair", "shard_node_blob_delete"],
        };
}
