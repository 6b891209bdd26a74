namespace ClustermgrExporter.Exposition;

/// <summary>The finished sample lines of one page, cut by family. Immutable.</summary>
/// <param name="bytes">All lines, families in the order of their catalogue.</param>
/// <param name="ends">Where each family's lines end.</param>
internal sealed class FamilyLines(byte[] bytes, int[] ends)
{
    public int Length => bytes.Length;

    /// <summary>Stands for these lines where somebody wants to know them again without keeping them alive.</summary>
    public object Identity { get; } = new();

    public int Families => ends.Length;

    public bool Has(int family) => End(family - 1) != ends[family];

    /// <summary>The lines of one family; empty when it has none.</summary>
    public ReadOnlyMemory<byte> Of(int family) => bytes.AsMemory(End(family - 1)..ends[family]);

    private int End(int family) => family < 0 ? 0 : ends[family];
}
