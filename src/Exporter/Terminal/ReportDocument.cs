using System.Collections.Immutable;

namespace ClustermgrExporter.Terminal;

/// <summary>What the colour of a text says: each has one meaning, and nothing is said by colour alone.</summary>
internal enum TextStyle
{
    None,
    Heading,
    Healthy,
    Ticket,
    Page,
}

/// <summary>A text in its place. May hold anything: it is made printable when it is printed.</summary>
internal readonly record struct Cell(string Text, TextStyle Style = TextStyle.None)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <param name="Key">What the row is about, to find it again in the next sheet.</param>
internal sealed record Row(string Key, ImmutableArray<Cell> Cells);

/// <param name="Title">"" in a grid without headings.</param>
/// <param name="Spare">0: always shown. Else left out where there is no room, the highest first.</param>
/// <param name="Moves">It changes all the time in a cluster that works: no news.</param>
internal sealed record Column(string Title, int Spare = 0, bool Moves = false);

/// <summary>Rows below each other.</summary>
/// <param name="Name">Of what, in the plural: members.</param>
internal sealed record Grid(string Name, ImmutableArray<Column> Columns, ImmutableArray<Row> Rows)
{
    /// <summary>A row that is gone since the last sheet is news too.</summary>
    public bool TellsGone { get; init; }

    public bool HasHeadings => Columns.Any(column => column.Title.Length > 0);
}

/// <summary>All that is told of one cluster.</summary>
internal sealed record ReportDocument(string Cluster, Cell Verdict, ImmutableArray<Grid> Grids)
{
    public Grid? Named(string grid) => Grids.FirstOrDefault(other => other.Name == grid);
}
