namespace ClustermgrExporter.Configuration;

/// <summary>The cluster names and member addresses of all files of one configuration that were read so far.</summary>
internal sealed class NameRegistry
{
    private readonly Dictionary<string, ConfigPosition> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigPosition> _members = new(StringComparer.Ordinal);

    /// <summary>Claims a name. Returns null if it was free, or else where it was used first.</summary>
    public ConfigPosition? TryClaimCluster(string name, ConfigPosition spot) => TryClaim(_clusters, name, spot);

    /// <inheritdoc cref="TryClaimCluster"/>
    public ConfigPosition? TryClaimMember(string address, ConfigPosition spot) => TryClaim(_members, address, spot);

    private static ConfigPosition? TryClaim(
        Dictionary<string, ConfigPosition> taken,
        string name,
        ConfigPosition spot
    ) => taken.TryAdd(name, spot) ? null : taken[name];
}

/// <summary>A position in the configuration.</summary>
/// <param name="Path">Such as clusters[0].members[1].</param>
internal sealed record ConfigPosition(string File, string Path, int Line)
{
    /// <summary>The position, as seen from a file.</summary>
    public string DescribeFrom(string file) => file == File ? $"{Path} (line {Line})" : $"{Path} ({File}:{Line})";
}
