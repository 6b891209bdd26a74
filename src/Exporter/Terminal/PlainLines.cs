using System.Collections.Immutable;
using System.Text;
using Clustermgr.Formatting;
using Wcwidth;

namespace ClustermgrExporter.Terminal;

/// <summary>Plain lines for a terminal. Text from clusters is escaped: only characters that print reach the screen, and
/// it cannot start a line of its own.</summary>
internal sealed class PlainLines
{
    private readonly StringBuilder _text = new();

    public void Add(string line) => _text.Append(Printable.From(line)).Append('\n');

    /// <summary>Adds an indented table, with two blanks between the columns and nothing behind the last one.</summary>
    public void AddTable(ImmutableArray<ImmutableArray<string>> rows)
    {
        ImmutableArray<ImmutableArray<string>> shown =
        [
            .. rows.Select(row => row.Select(Printable.From).ToImmutableArray()),
        ];
        foreach (var row in shown)
        {
            var line = string.Concat(
                row.Select(
                    (cell, column) => $"  {TextWidth.Pad(cell, shown.Max(other => TextWidth.Columns(other[column])))}"
                )
            );
            _text.Append(line.TrimEnd()).Append('\n');
        }
    }

    public override string ToString() => _text.ToString();
}

/// <summary>How wide printable text is on a terminal.</summary>
internal static class TextWidth
{
    /// <summary>The number of columns: two for an East Asian character, none for a combining mark.</summary>
    public static int Columns(string text) =>
        text.EnumerateRunes().Sum(rune => Math.Max(0, UnicodeCalculator.GetWidth(rune)));

    /// <summary>Pads a text with blanks to a number of columns.</summary>
    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Columns(text)));
}
