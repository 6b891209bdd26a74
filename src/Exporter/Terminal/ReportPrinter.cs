using System.Collections.Immutable;
using System.Text;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Terminal;

/// <summary>
/// Prints reports as lines. Text from clusters is escaped: only characters that print reach the screen, and it cannot
/// start a line of its own. A line that differs from the last report starts with a star; on a terminal with colours the
/// change is shown in reverse.
/// </summary>
internal sealed class ReportPrinter(TerminalFormat format)
{
    private const string Gap = "  ";

    /// <summary>With less room a sentence that is wrapped here is harder to read than one that the terminal
    /// wraps.</summary>
    private const int MinWrapColumns = 20;

    public string Print(ReportDocument report, ReportDocument? before = null)
    {
        var text = new StringBuilder();
        var leftOut = new List<string>();
        var was =
            before is not null && before.Verdict.Text != report.Verdict.Text
                ? $" (before: {Printable.From(before.Verdict.Text)})"
                : "";
        text.Append(Printable.From(report.Cluster))
            .Append(": ")
            .Append(ApplyStyle(report.Verdict, was.Length > 0))
            .Append(was)
            .Append('\n');
        var first = true;
        foreach (var grid in report.Tables)
        {
            var lines = Lines(grid, before is null ? null : before.FindTable(grid.Name) ?? grid with { Rows = [] });
            if (lines.Count == 0)
            {
                continue;
            }
            if (!first)
            {
                text.Append('\n');
            }
            first = false;
            Add(text, grid, lines, leftOut);
        }
        if (leftOut.Count > 0)
        {
            var sentence = $"left out, as {format.Columns} columns are not enough: {string.Join("; ", leftOut)}";
            text.Append('\n').Append(Gap).AppendJoin($"\n{Gap}", Wrap(sentence, Gap.Length)).Append('\n');
        }
        return text.ToString();
    }

    private static List<Line> Lines(ReportTable grid, ReportTable? before)
    {
        if (before is null)
        {
            return [.. grid.Rows.Select(row => new Line(row.Cells, []))];
        }
        var old = before.Rows.ToDictionary(row => row.Key);
        var lines = grid
            .Rows.Select(row => new Line(row.Cells, FindChangedCells(grid, row, old.GetValueOrDefault(row.Key))))
            .ToList();
        var now = grid.Rows.Select(row => row.Key).ToHashSet();
        if (grid.ShowsRemovedRows)
        {
            lines.AddRange(
                before
                    .Rows.Where(row => !now.Contains(row.Key))
                    .Select(row => new Line(row.Cells.SetItem(0, "gone"), [0]))
            );
        }
        return lines;
    }

    /// <summary>Indices of the cells that changed.</summary>
    private static HashSet<int> FindChangedCells(ReportTable grid, ReportRow row, ReportRow? old) =>
        [
            .. Enumerable
                .Range(0, grid.Columns.Length)
                .Where(i => old is null || (!grid.Columns[i].IsVolatile && row.Cells[i].Text != old.Cells[i].Text)),
        ];

    private void Add(StringBuilder text, ReportTable grid, List<Line> lines, List<string> leftOut)
    {
        int[] widths =
        [
            .. grid.Columns.Select(
                (column, i) =>
                    lines
                        .Select(line => TextWidth.Columns(Printable.From(line.Cells[i].Text)))
                        .Append(TextWidth.Columns(column.Title))
                        .Max()
            ),
        ];
        var columns = Enumerable.Range(0, widths.Length).ToList();
        var spared = new List<int>();
        while (
            columns.Sum(column => Gap.Length + widths[column]) > format.Columns
            && columns.Any(column => grid.Columns[column].DropOrder > 0)
        )
        {
            spared.Add(columns.MaxBy(column => grid.Columns[column].DropOrder));
            columns.Remove(spared[^1]);
        }
        if (spared.Count > 0)
        {
            leftOut.Add(
                $"{string.Join(", ", spared.Order().Select(column => grid.Columns[column].Title))} of the {grid.Name}"
            );
        }
        if (grid.HasHeadings)
        {
            Add(
                text,
                new Line([.. grid.Columns.Select(column => new ReportCell(column.Title, TextStyle.Heading))], []),
                columns,
                widths
            );
        }
        foreach (var line in lines)
        {
            Add(text, line, columns, widths);
        }
    }

    private void Add(StringBuilder text, Line line, List<int> columns, int[] widths)
    {
        text.Append(line.ChangedCells.Overlaps(columns) ? "* " : Gap);
        var at = Gap.Length;
        foreach (var i in columns.SkipLast(1))
        {
            text.Append(ApplyStyle(line.Cells[i], line.ChangedCells.Contains(i)))
                .Append(' ', widths[i] - TextWidth.Columns(Printable.From(line.Cells[i].Text)))
                .Append(Gap);
            at += widths[i] + Gap.Length;
        }
        var last = line.Cells[columns[^1]];
        text.AppendJoin(
                $"\n{new string(' ', at)}",
                Wrap(Printable.From(last.Text), at)
                    .Select(part => ApplyStyle(last with { Text = part }, line.ChangedCells.Contains(columns[^1])))
            )
            .Append('\n');
    }

    /// <summary>Wraps a text at blanks, if the format asks for it and there is enough room.</summary>
    private List<string> Wrap(string text, int at)
    {
        var room = format.Columns - at;
        if (!format.Wraps || room < MinWrapColumns || TextWidth.Columns(text) <= room)
        {
            return [text];
        }
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            var longer = lines[^1].Length == 0 ? word : $"{lines[^1]} {word}";
            if (lines[^1].Length == 0 || TextWidth.Columns(longer) <= room)
            {
                lines[^1] = longer;
            }
            else
            {
                lines.Add(word);
            }
        }
        return lines;
    }

    private string ApplyStyle(ReportCell cell, bool isChanged)
    {
        var shown = Printable.From(cell.Text);
        string[] codes = [.. Code(cell.Style), .. isChanged ? ["7"] : Array.Empty<string>()];
        return format.Colour && codes.Length > 0 && shown.Length > 0
            ? $"\u001b[{string.Join(';', codes)}m{shown}\u001b[0m"
            : shown;
    }

    private static string[] Code(TextStyle style) =>
        style switch
        {
            TextStyle.Heading => ["1"],
            TextStyle.Healthy => ["32"],
            TextStyle.Ticket => ["33"],
            TextStyle.Page => ["1", "31"],
            _ => [],
        };

    /// <param name="ChangedCells">Indices of the cells that changed.</param>
    private sealed record Line(ImmutableArray<ReportCell> Cells, HashSet<int> ChangedCells);
}
