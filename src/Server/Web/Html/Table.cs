namespace ClustermgrExporter.Web.Html;

/// <param name="IsNumeric">Aligned to the right.</param>
internal readonly record struct TableColumn(string Label, bool IsNumeric = false);

/// <param name="Key">Identifies the row to the script.</param>
/// <param name="Cells">One for each column; the first names the row. Null is shown as not known.</param>
internal sealed record TableRow(string Key, params Markup?[] Cells)
{
    public string Class { get; init; } = "";
}

/// <summary>Tables that become cards on narrow pages, where each cell shows the name of its column. CSS display values
/// other than those of tables remove the table semantics for screen readers; roles restore them.</summary>
internal static class Table
{
    public static Markup Render(
        string caption,
        TableColumn[] columns,
        IEnumerable<TableRow> rows,
        string className = "cards"
    ) =>
        Markup.From(
            $"""
            <table class="{className}" role="table"><caption>{caption}</caption>
            {Head(columns)}
            <tbody role="rowgroup">{rows.Select(row =>
                Markup.From(
                    $"""
                    <tr role="row"{Markup.Class(row.Class)} data-key="{row.Key}">{Cells(columns, row.Cells)}</tr>

                    """
                )
            )}</tbody></table>

            """
        );

    public static Markup Head(TableColumn[] columns) =>
        Markup.From(
            $"""
            <thead role="rowgroup"><tr role="row">{columns.Select(column =>
                Markup.From(
                    $"""<th scope="col" role="columnheader"{Class(column)}>{column.Label}</th>"""
                )
            )}</tr></thead>
            """
        );

    /// <param name="by">Sort values for the script; null if unknown.</param>
    public static Markup Cells(TableColumn[] columns, Markup?[] cells, string?[]? by = null)
    {
        var html = new Markup();
        foreach (var (i, (column, cell)) in columns.Zip(cells).Index())
        {
            var value = cell ?? HtmlText.Unknown;
            var key = by?[i] is { } known ? Markup.From($" data-by=\"{known}\"") : null;
            if (i == 0)
            {
                html.Add($"""<th scope="row" role="rowheader"{key}>{value}</th>""");
            }
            else
            {
                html.Add($"""<td role="cell"{Class(column)} data-of="{column.Label}"{key}>{value}</td>""");
            }
        }
        return html;
    }

    public static Markup? Class(TableColumn column) => Markup.Class(column.IsNumeric ? "num" : "");
}
