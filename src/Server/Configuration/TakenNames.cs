namespace ClustermgrExporter.Configuration;

/// <summary>Names of clusters and addresses of members that were read, of all files of one configuration.</summary>
internal sealed class TakenNames
{
    private readonly Dictionary<string, ConfigSpot> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigSpot> _members = new(StringComparer.Ordinal);

    /// <summary>Null where the name was free, and is taken now; else where it stands.</summary>
    public ConfigSpot? Cluster(string name, ConfigSpot spot) => Take(_clusters, name, spot);

    /// <inheritdoc cref="Cluster"/>
    public ConfigSpot? Member(string address, ConfigSpot spot) => Take(_members, address, spot);

    private static ConfigSpot? Take(Dictionary<string, ConfigSpot> taken, string name, ConfigSpot spot) =>
        taken.TryAdd(name, spot) ? null : taken[name];
}

/// <summary>Where something stands.</summary>
/// <param name="Path">As clusters[0].members[1].</param>
internal sealed record ConfigSpot(string File, string Path, int Line)
{
    /// <summary>As somebody is told who looks at a file.</summary>
    public string From(string file) => file == File ? $"{Path} (line {Line})" : $"{Path} ({File}:{Line})";
}
