using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ClustermgrExporter.Configuration;

internal enum YamlKind
{
    Text,
    List,
    Map,

    /// <summary>Already reported: readers report nothing more.</summary>
    Refused,
}

/// <summary>One node of a YAML document.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">Value of a scalar.</param>
/// <param name="Plain">The scalar has no quotes; null and ~ are then null.</param>
internal sealed record YamlNode(YamlKind Kind, int Line, string Text = "", bool Plain = false)
{
    public ImmutableArray<YamlNode> Items { get; init; } = [];

    /// <summary>As written, duplicates included.</summary>
    public ImmutableArray<KeyValuePair<YamlNode, YamlNode>> Entries { get; init; } = [];

    public bool IsNull => Kind == YamlKind.Text && Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

/// <summary>
/// Builds the tree from the parser's events. The ready-made YamlStream would stop at the first duplicate key, follow
/// aliases into bombs and overflow the stack on deep nesting.
/// </summary>
internal sealed class YamlTree
{
    private const int MaxLevels = 16;

    private readonly Parser _parser;
    private readonly ConfigProblems _problems;

    private YamlTree(string text, ConfigProblems problems)
    {
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>The root; null when there is none, with the reason among the problems.</summary>
    public static YamlNode? Parse(string text, ConfigProblems problems)
    {
        if (YamlSyntax.FindControlCharacterLine(text) is var line and > 0)
        {
            problems.Error(line, "holds a control character; the file must be plain text");
            return null;
        }
        try
        {
            return new YamlTree(text, problems).Document();
        }
        catch (YamlException e)
        {
            var (at, message) = YamlSyntax.Describe(e, text);
            problems.Error(at, message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // On some invalid input the parser throws other exceptions, such as index out of range; for the user it is
            // bad YAML.
            problems.Error(1, $"not YAML ({e.GetType().Name} while parsing); compare it with exporter.example.yaml");
        }

        return null;
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            _problems.Error(1, "the file is empty; start from exporter.example.yaml");
            return null;
        }

        var root = Node(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _problems.Error(GetLine(second), "a second document starts here; keep one document in the file");
            return null;
        }

        return root;
    }

    private YamlNode Node(int level)
    {
        var start = _parser.Consume<ParsingEvent>();
        var line = GetLine(start);
        if (level > MaxLevels)
        {
            throw new YamlException(start.Start, start.End, YamlSyntax.TooDeep);
        }
        var node = start switch
        {
            Scalar scalar => new YamlNode(YamlKind.Text, line, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => new YamlNode(YamlKind.List, line) { Items = Items(level) },
            MappingStart => new YamlNode(YamlKind.Map, line) { Entries = Entries(level) },
            _ => new YamlNode(YamlKind.Refused, line),
        };
        if (Validate(start) is not { } objection)
        {
            return node;
        }
        _problems.Error(line, objection);
        return new YamlNode(YamlKind.Refused, line);
    }

    private ImmutableArray<YamlNode> Items(int level)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node(level + 1));
        }
        return items.ToImmutable();
    }

    private ImmutableArray<KeyValuePair<YamlNode, YamlNode>> Entries(int level)
    {
        var entries = ImmutableArray.CreateBuilder<KeyValuePair<YamlNode, YamlNode>>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            entries.Add(new(Node(level + 1), Node(level + 1)));
        }
        return entries.ToImmutable();
    }

    private static string? Validate(ParsingEvent node) =>
        node switch
        {
            AnchorAlias => "aliases (*) are not supported; write the value out",
            NodeEvent { Anchor.IsEmpty: false } =>
                "anchors (&) are not supported; write each value out where it belongs",
            NodeEvent { Tag.IsEmpty: false } => "tags (!) are not supported; remove it",
            _ => null,
        };

    private static int GetLine(ParsingEvent parsed) => (int)parsed.Start.Line;
}

/// <summary>Turns errors of the parser into messages with advice.</summary>
internal static class YamlSyntax
{
    public const string TooDeep = "nested too deeply; no setting is deeper than four levels";

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
    public static int FindControlCharacterLine(string text)
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
