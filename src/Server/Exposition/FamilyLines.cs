namespace ClustermgrExporter.Exposition;

/// <summary>The finished sample lines of one page, cut by family. Immutable.</summary>
/// <param name="families">The lines of each family, in the order of their catalogue; empty where it has none. A
/// family's lines that did not change are shared with the page before.</param>
internal sealed class FamilyLines(byte[][] families)
{
    /// <summary>Bytes of all lines.</summary>
    public int Length { get; } = families.Sum(lines => lines.Length);

    /// <summary>Stands for these lines where somebody wants to know them again without keeping them alive.</summary>
    public object Identity { get; } = new();

    public int Families => families.Length;

    public bool Has(int family) => families[family].Length != 0;

    /// <summary>The lines of one family; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Of(int family) => families[family];

    /// <summary>These lines of a family: the array that this page has where it is equal, else a new one.</summary>
    internal byte[] Keep(int family, ReadOnlySpan<byte> lines) =>
        lines.SequenceEqual(families[family]) ? families[family] : lines.ToArray();
}
