using System.Text;

namespace ClustermgrExporter.Tests.Alerts;

/// <param name="Title">Without the marks.</param>
/// <param name="Lines">What stands below it, up to the next heading of its level or above.</param>
internal sealed record Section(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>As a link to the heading has it. The headings that are asked for hold letters and digits
    /// only.</summary>
    public string Anchor => Title.ToLowerInvariant();
}

/// <summary>A fenced block.</summary>
/// <param name="Language">Of its fence.</param>
/// <param name="Text">Without the indentation of the list that it stands in.</param>
internal sealed record Block(string Language, string Text);

/// <summary>As much of Markdown as these documents use.</summary>
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
    /// <exception cref="FormatException">One does not end.</exception>
    public static IReadOnlyList<Block> Blocks(IEnumerable<string> lines)
    {
        var blocks = new List<Block>();
        var (text, language, indent) = (new StringBuilder(), (string?)null, 0);
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
                (language, indent) = (trimmed[Fence.Length..].Trim(), line.Length - trimmed.Length);
                continue;
            }
            blocks.Add(new Block(language, text.ToString()));
            text.Clear();
            language = null;
        }
        return language is null ? blocks : throw new FormatException($"a block does not end: {text}");
    }
}
