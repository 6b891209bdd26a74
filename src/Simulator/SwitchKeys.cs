namespace ClustermgrSimulator;

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
