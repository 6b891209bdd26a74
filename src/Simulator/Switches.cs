namespace ClustermgrSimulator;

/// <summary>The switch keys that a version knows.</summary>
public static class Switches
{
    private static readonly string[] _always =
    [
        "disk_repair",
        "balance",
        "disk_drop",
        "blob_delete",
        "shard_repair",
        "volume_inspect",
    ];

    public static IReadOnlyList<string> For(ServerVersion version) =>
        version switch
        {
            ServerVersion.V32 or ServerVersion.V33 => _always,
            ServerVersion.V35 => [.. _always, "data_inspect"],
            _ => [.. _always, "data_inspect", "shard_disk_repair", "shard_node_blob_delete"],
        };
}
