namespace ClustermgrExporter.Web.Html;

/// <param name="Number">Aligned to the right.</param>
internal readonly record struct Column(string Label, bool Number = false);

/// <param name="Key">By which the script knows the row again.</param>
/// <param name="Cells">One for each column; the first names the row. Null is not known.</param>
internal sealed record TableRow(string Key, params Markup?[] Cells)
{
    public string Class { get; init; } = "";
}

/// <summary>Tables that become cards where the page is narrow: each cell then says its column itself. Display values
/// other than a table's take the meaning of a table away from screen readers; roles give it back.</summary>
internal static class Table
{
    public static Markup Render(
        string caption,
        Column[] columns,
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

    public static Markup Head(Column[] columns) =>
        Markup.From(
            $"""
            <thead role="rowgroup"><tr role="row">{columns.Select(column =>
                Markup.From(
                    $"""<th scope="col" role="columnheader"{Class(column)}>{column.Label}</th>"""
                )
            )}</tr></thead>
            """
        );

    /// <param name="by">What each is sorted by, where the script sorts; null where it is not known.</param>
    public static Markup Cells(Column[] columns, Markup?[] cells, string?[]? by = null)
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

    public static Markup? Class(Column column) => Markup.Class(column.Number ? "num" : "");
}
