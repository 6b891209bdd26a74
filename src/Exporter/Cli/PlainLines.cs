using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ClustermgrExporter.Config;

namespace ClustermgrExporter.Cli;

/// <summary>Lines for a terminal. Whatever a cluster calls itself or answers: nothing but what prints reaches the screen,
/// and no text of others begins a line of its own.</summary>
internal sealed class PlainLines
{
    private readonly StringBuilder _text = new();

    public void Add(string line) => _text.Append(Shown(line)).Append('\n');

    /// <summary>Indented, two blanks between the columns; the last one as wide as it likes.</summary>
    public void AddTable(ImmutableArray<ImmutableArray<string>> rows)
    {
        ImmutableArray<ImmutableArray<string>> shown = [.. rows.Select(row => row.Select(Shown).ToImmutableArray())];
        foreach (var row in shown)
        {
            var line = string.Concat(row.Select((cell, column) =>
                $"  {DisplayWidth.Pad(cell, shown.Max(other => DisplayWidth.Of(other[column])))}"));
            _text.Append(line.TrimEnd()).Append('\n');
        }
    }

    public override string ToString() => _text.ToString();

    private static string Shown(string text)
    {
        if (text.EnumerateRunes().All(Quoted.IsPrintable)) return text;
        var shown = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Quoted.IsPrintable(rune)) shown.Append(rune.ToString());
            else shown.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
        }
        return shown.ToString();
    }
}
