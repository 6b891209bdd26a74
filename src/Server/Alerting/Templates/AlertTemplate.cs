using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Alerting.Templates;

/// <summary>The data of an alert for which a template is rendered.</summary>
/// <param name="Query">Evaluates an expression at this instant.</param>
internal sealed record TemplateContext(
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> ExternalLabels,
    double Value,
    Func<string, IReadOnlyList<QueryRow>> Query
);

/// <summary>A text of a rule with {{ … }}: a subset of Go templates, with the functions of Prometheus.</summary>
internal sealed class AlertTemplate
{
    private readonly Node[] _nodes;

    private AlertTemplate(Node[] nodes, string text)
    {
        _nodes = nodes;
        Metrics =
            (HashSet<string>)
                [.. text.Split(WordSeparators).Where(word => word.StartsWith("clustermgr_", StringComparison.Ordinal))];
    }

    private static readonly char[] WordSeparators = [' ', '"', '(', ')', '{', '}', ',', '[', '\n'];

    /// <summary>Metrics that its queries may read.</summary>
    public IReadOnlySet<string> Metrics { get; }

    /// <exception cref="FormatException">It is invalid, or uses something that is not supported; the message says
    /// what.</exception>
    public static AlertTemplate Parse(string text)
    {
        var parts = TemplateParts.Split(text);
        var at = 0;
        var nodes = ParseBlock(parts, ref at, out var end);
        return end.Length == 0 ? new(nodes, text) : throw new FormatException($"{{{{ {end} }}}} ends nothing");
    }

    /// <exception cref="FormatException">A value is not of the kind that a function takes.</exception>
    public string Render(TemplateContext context)
    {
        var text = new StringBuilder();
        RenderNodes(_nodes, null, context, text);
        return text.ToString();
    }

    private static Node[] ParseBlock(IReadOnlyList<TemplatePart> parts, ref int at, out string end)
    {
        var nodes = new List<Node>();
        while (at < parts.Count)
        {
            var part = parts[at++];
            if (!part.IsAction)
            {
                nodes.Add(new(part.Text, null, "", [], []));
                continue;
            }
            var word = part.Text.Split(' ', 2)[0];
            if (word is "end" or "else")
            {
                end = part.Text;
                return [.. nodes];
            }
            if (word is not ("if" or "with" or "range"))
            {
                nodes.Add(new("", TemplatePipeline.Parse(part.Text), "", [], []));
                continue;
            }
            var pipeline = TemplatePipeline.Parse(part.Text[word.Length..]);
            var inner = ParseBlock(parts, ref at, out var stop);
            var otherwise = Array.Empty<Node>();
            if (stop == "else")
            {
                otherwise = ParseBlock(parts, ref at, out stop);
            }
            if (stop != "end")
            {
                throw new FormatException($"{{{{ {part.Text} }}}} is not ended");
            }
            nodes.Add(new("", pipeline, word, inner, otherwise));
        }
        end = "";
        return [.. nodes];
    }

    private static void RenderNodes(Node[] nodes, object? dot, TemplateContext context, StringBuilder text)
    {
        foreach (var node in nodes)
        {
            if (node.Pipeline is not { } pipeline)
            {
                text.Append(node.Text);
                continue;
            }
            var value = pipeline.Value(dot, context);
            if (node.Word.Length == 0)
            {
                text.Append(TemplateFunctions.Print(value));
            }
            else if (!TemplateFunctions.IsTrue(value))
            {
                RenderNodes(node.Otherwise, dot, context, text);
            }
            else if (node.Word != "range")
            {
                RenderNodes(node.Inner, node.Word == "with" ? value : dot, context, text);
            }
            else
            {
                foreach (var row in value as IReadOnlyList<QueryRow> ?? throw new FormatException("range needs rows"))
                {
                    RenderNodes(node.Inner, row, context, text);
                }
            }
        }
    }

    /// <param name="Word">if, with, range; empty for a text or a value.</param>
    private sealed record Node(string Text, TemplatePipeline? Pipeline, string Word, Node[] Inner, Node[] Otherwise);
}

/// <param name="IsAction">Whether the text was inside {{ }}.</param>
internal readonly record struct TemplatePart(string Text, bool IsAction);

internal static class TemplateParts
{
    /// <exception cref="FormatException">An action is not closed.</exception>
    public static List<TemplatePart> Split(string text)
    {
        var parts = new List<TemplatePart>();
        var at = 0;
        var trims = false;
        while (at < text.Length)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            var before = open < 0 ? text[at..] : text[at..open];
            before = trims ? before.TrimStart() : before;
            trims = false;
            if (open < 0)
            {
                parts.Add(new(before, false));
                break;
            }
            var close = text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0)
            {
                throw new FormatException("{{ is not closed");
            }
            var action = text[(open + 2)..close];
            if (action.StartsWith("- ", StringComparison.Ordinal))
            {
                (before, action) = (before.TrimEnd(), action[1..]);
            }
            if (action.EndsWith(" -", StringComparison.Ordinal))
            {
                (trims, action) = (true, action[..^1]);
            }
            parts.Add(new(before, false));
            parts.Add(new(action.Trim(), true));
            at = close + 2;
        }
        return parts;
    }
}

/// <summary>$value | humanizePercentage: commands, each of which receives the result of the one before.</summary>
internal sealed class TemplatePipeline(string[][] commands)
{
    /// <exception cref="FormatException">It is none.</exception>
    public static TemplatePipeline Parse(string text)
    {
        var commands = new List<string[]>();
        var words = new List<string>();
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            if (c == ' ')
            {
                at++;
            }
            else if (c == '|')
            {
                commands.Add([.. words]);
                words.Clear();
                at++;
            }
            else
            {
                var start = at++;
                if (c == '"')
                {
                    while (at < text.Length && text[at] != '"')
                    {
                        at += text[at] == '\\' ? 2 : 1;
                    }
                    at = Math.Min(at + 1, text.Length);
                }
                else
                {
                    at = text.IndexOfAny([' ', '|'], at) is var end and >= 0 ? end : text.Length;
                }
                words.Add(text[start..at]);
            }
        }
        commands.Add([.. words]);
        return commands.All(command => command.Length > 0)
            ? new([.. commands])
            : throw new FormatException($"{{{{ {text} }}}} has an empty command");
    }

    public object? Value(object? dot, TemplateContext context)
    {
        object? value = null;
        foreach (var (i, command) in commands.Index())
        {
            object?[] given = i == 0 ? [] : [value];
            value =
                char.IsAsciiLetter(command[0][0]) && command[0] is not ("true" or "false")
                    ? TemplateFunctions.Call(
                        command[0],
                        [.. command.Skip(1).Select(word => Operand(word, dot, context)), .. given],
                        context.Query
                    )
                : command.Length == 1 && i == 0 ? Operand(command[0], dot, context)
                : throw new FormatException($"{command[0]} is not a function");
        }
        return value;
    }

    private static object? Operand(string word, object? dot, TemplateContext context)
    {
        const string Labels = "$labels.";
        const string External = "$externalLabels.";
        if (word.StartsWith(Labels, StringComparison.Ordinal))
        {
            return context.Labels.GetValueOrDefault(word[Labels.Length..], "");
        }
        if (word.StartsWith(External, StringComparison.Ordinal))
        {
            return context.ExternalLabels.GetValueOrDefault(word[External.Length..], "");
        }
        return (word, dot) switch
        {
            ("$value", _) => context.Value,
            (".", _) => dot,
            (".Value", QueryRow row) => row.Value,
            (_, QueryRow row) when word.StartsWith(".Labels.", StringComparison.Ordinal) =>
                row.Labels.GetValueOrDefault(word[".Labels.".Length..], ""),
            (['"', .. var text, '"'], _) => text.Replace("\\\"", "\"", StringComparison.Ordinal)
                .Replace("\\n", "\n", StringComparison.Ordinal)
                .Replace("\\\\", "\\", StringComparison.Ordinal),
            _ when double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
            _ => throw new FormatException($"{word} is not known here"),
        };
    }
}
