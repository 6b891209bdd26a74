using System.Collections.Immutable;

namespace ClustermgrExporter.Polling;

/// <summary>The clusters that a new configuration added, removed or changed, by name.</summary>
internal sealed record RegistryChange(
    ImmutableArray<string> Added,
    ImmutableArray<string> Removed,
    ImmutableArray<string> Changed,
    int Unchanged
)
{
    /// <summary>Removed clusters that had findings: their alerts end although nothing is known to be fixed.</summary>
    public ImmutableArray<string> Unwatched { get; init; } = [];

    /// <summary>Whether no cluster was added, removed or changed.</summary>
    public bool IsEmpty => Added.IsEmpty && Removed.IsEmpty && Changed.IsEmpty;

    // A log line lists only a few names; with a thousand clusters the count matters.
    private const int MaxNames = 5;

    public static RegistryChange Between(
        IReadOnlyCollection<string> before,
        IEnumerable<string> now,
        IReadOnlySet<string> kept
    )
    {
        var old = before.ToHashSet(StringComparer.Ordinal);
        var names = now.ToImmutableArray();
        return new RegistryChange(
            [.. names.Where(name => !old.Contains(name))],
            [.. before.Except(names, StringComparer.Ordinal)],
            [.. names.Where(name => old.Contains(name) && !kept.Contains(name))],
            kept.Count
        );
    }

    /// <summary>1 added (prod2), 0 removed, 0 changed, 3 unchanged.</summary>
    public override string ToString() =>
        $"{FormatNames(Added, "added")}, {FormatNames(Removed, "removed")}, {FormatNames(Changed, "changed")}, {Unchanged} unchanged";

    private static string FormatNames(ImmutableArray<string> names, string what) =>
        names.Length == 0
            ? $"0 {what}"
            : $"{names.Length} {what} "
                + $"({string.Join(", ", names.Take(MaxNames))}{(names.Length > MaxNames ? ", …" : "")})";
}
