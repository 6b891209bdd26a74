using YamlDotNet.Core;

namespace ClustermgrExporter.Configuration;

/// <summary>What the parser complains of, with what to do about it.</summary>
internal static class YamlSyntax
{
    public const string TooDeep = "nested too deeply; no setting lies deeper than four levels";

    public static (int Line, string Message) Describe(YamlException e, string text)
    {
        var line = Math.Max(1, (int)e.Start.Line);
        if (e.Message == TooDeep)
        {
            return (line, TooDeep);
        }
        // The parser may notice a tab only from the line before it.
        if (e.Message.Contains("tab", StringComparison.Ordinal) && LineWithTab(text, line) is { } tab)
        {
            return (tab, "indented by a tab; YAML indents by spaces only");
        }
        var complaint = char.ToLowerInvariant(e.Message[0]) + e.Message[1..].TrimEnd('.');
        return (line, $"not YAML: {complaint}; check indentation, colons and quotes here and on the line before");
    }

    /// <summary>YamlDotNet reads U+0000 as the end of the file and would drop the rest in silence; other control
    /// characters come from binary files. The line of the first; 0 when there is none.</summary>
    public static int LineOfControlCharacter(string text)
    {
        var line = 1;
        foreach (var character in text)
        {
            if (character == '\n')
            {
                line++;
            }
            else if (character is not ('\t' or '\r') && char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                return line;
            }
        }

        return 0;
    }

    private static int? LineWithTab(string text, int from)
    {
        var lines = text.Split('\n');
        for (var line = from; line <= lines.Length; line++)
        {
            if (lines[line - 1].TakeWhile(character => char.IsWhiteSpace(character) || character == '-').Contains('\t'))
            {
                return line;
            }
        }

        return null;
    }
}
