using System.Collections.Immutable;
using System.Text;
using Clustermgr.Formatting;
using Wcwidth;

namespace ClustermgrExporter.Terminal;

/// <summary>Lines for a terminal. Whatever a cluster calls itself or answers: nothing but what prints reaches the
/// screen, and no text of others begins a line of its own.</summary>
internal sealed class PlainLines
{
    private readonly StringBuilder _text = new();

    public void Add(string line) => _text.Append(Printable.From(line)).Append('\n');

    /// <summary>Indented, two blanks between the columns; the last one as wide as it likes.</summary>
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
    /// <summary>Columns that it takes: two for an East Asian character, none for a mark upon the one before
    /// it.</summary>
    public static int Columns(string text) =>
        text.EnumerateRunes().Sum(rune => Math.Max(0, UnicodeCalculator.GetWidth(rune)));

    /// <summary>With blanks to so many columns.</summary>
    public static string Pad(string text, int columns) => text + new string(' ', Math.Max(0, columns - Columns(text)));
}
