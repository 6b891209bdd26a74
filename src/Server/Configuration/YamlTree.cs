using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ClustermgrExporter.Configuration;

internal enum YamlKind
{
    Text,
    List,
    Map,

    /// <summary>Already complained of: whoever reads it stays silent.</summary>
    Refused,
}

/// <summary>One node of a YAML document.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">Of a scalar.</param>
/// <param name="Plain">A scalar without quotes: null and ~ then mean nothing.</param>
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
    private const int MostLevels = 16;

    private readonly Parser _parser;
    private readonly ConfigErrors _problems;

    private YamlTree(string text, ConfigErrors problems)
    {
        _parser = new Parser(new StringReader(text));
        _problems = problems;
    }

    /// <summary>The root; null when there is none, with the reason among the problems.</summary>
    public static YamlNode? Parse(string text, ConfigErrors problems)
    {
        try
        {
            return new YamlTree(text, problems).Document();
        }
        catch (YamlException e)
        {
            var (line, message) = YamlSyntax.Describe(e, text);
            problems.Error(line, message);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The parser throws what it likes on some garbage (index out of range, say); for the user it is bad YAML.
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
            _problems.Error(LineOf(second), "a second document starts here; keep one document in the file");
            return null;
        }

        return root;
    }

    private YamlNode Node(int level)
    {
        var start = _parser.Consume<ParsingEvent>();
        var line = LineOf(start);
        if (level > MostLevels)
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
        if (Objection(start) is not { } objection)
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

    private static string? Objection(ParsingEvent node) =>
        node switch
        {
            AnchorAlias => "aliases (*) are not supported; write the value out",
            NodeEvent { Anchor.IsEmpty: false } =>
                "anchors (&) are not supported; write each value out where it belongs",
            NodeEvent { Tag.IsEmpty: false } => "tags (!) are not supported; remove it",
            _ => null,
        };

    private static int LineOf(ParsingEvent parsed) => (int)parsed.Start.Line;
}
