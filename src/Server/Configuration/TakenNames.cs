namespace ClustermgrExporter.Configuration;

/// <summary>The cluster names and member addresses of all files of one configuration that were read so far.</summary>
internal sealed class TakenNames
{
    private readonly Dictionary<string, ConfigSpot> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigSpot> _members = new(StringComparer.Ordinal);

    /// <summary>Claims a name. Returns null if it was free, or else where it was used first.</summary>
    public ConfigSpot? Cluster(string name, ConfigSpot spot) => Take(_clusters, name, spot);

    /// <inheritdoc cref="Cluster"/>
    public ConfigSpot? Member(string address, ConfigSpot spot) => Take(_members, address, spot);

    private static ConfigSpot? Take(Dictionary<string, ConfigSpot> taken, string name, ConfigSpot spot) =>
        taken.TryAdd(name, spot) ? null : taken[name];
}

/// <summary>A position in the configuration.</summary>
/// <param name="Path">Such as clusters[0].members[1].</param>
internal sealed record ConfigSpot(string File, string Path, int Line)
{
    /// <summary>The position, as seen from a file.</summary>
    public string From(string file) => file == File ? $"{Path} (line {Line})" : $"{Path} ({File}:{Line})";
}
