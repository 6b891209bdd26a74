using System.Text;

namespace ClustermgrExporter.Tests.Alerts;

/// <param name="Title">Title without the marks.</param>
/// <param name="Lines">The lines below it, up to the next heading of the second level.</param>
internal sealed record Section(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>The anchor in a link to the heading. The headings that tests use contain only letters and
    /// digits.</summary>
    public string Anchor => Title.ToLowerInvariant();
}

/// <summary>A fenced block.</summary>
/// <param name="Language">Language after the opening fence.</param>
/// <param name="Text">Text without the indentation of the list that contains it.</param>
internal sealed record Block(string Language, string Text);

/// <summary>Reads the parts of Markdown that these documents use.</summary>
internal static class Markdown
{
    private const string Fence = "```";

    /// <summary>Sections of the second level, in order.</summary>
    public static IReadOnlyList<Section> Sections(string text)
    {
        var sections = new List<(string Title, List<string> Lines)>();
        var fenced = false;
        foreach (var line in text.Split('\n'))
        {
            if (line.TrimStart().StartsWith(Fence, StringComparison.Ordinal))
            {
                fenced = !fenced;
            }
            if (!fenced && line.StartsWith("## ", StringComparison.Ordinal))
            {
                sections.Add((line[3..], []));
            }
            else if (sections.Count > 0)
            {
                sections[^1].Lines.Add(line);
            }
        }
        return [.. sections.Select(section => new Section(section.Title, section.Lines))];
    }

    /// <summary>Fenced blocks, in order.</summary>
    /// <exception cref="FormatException">A block is not closed.</exception>
    public static IReadOnlyList<Block> Blocks(IEnumerable<string> lines)
    {
        var blocks = new List<Block>();
        var text = new StringBuilder();
        var language = (string?)null;
        var indent = 0;
        foreach (var line in lines)
        {
            var trimmed = line.TrimStart();
            if (!trimmed.StartsWith(Fence, StringComparison.Ordinal))
            {
                if (language is not null)
                {
                    text.Append(line.Length >= indent ? line[indent..] : line).Append('\n');
                }
                continue;
            }
            if (language is null)
            {
                language = trimmed[Fence.Length..].Trim();
                indent = line.Length - trimmed.Length;
                continue;
            }
            blocks.Add(new Block(language, text.ToString()));
            text.Clear();
            language = null;
        }
        return language is null ? blocks : throw new FormatException($"a block is not closed: {text}");
    }
}
