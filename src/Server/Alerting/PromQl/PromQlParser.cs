namespace ClustermgrExporter.Alerting.PromQl;

/// <summary>Parses a PromQL expression.</summary>
internal sealed class PromQlParser
{
    private static readonly string[][] OperatorsByPrecedence =
    [
        ["or"],
        ["and", "unless"],
        ["==", "!=", ">", "<", ">=", "<="],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private readonly List<Token> _tokens;
    private int _at;

    private PromQlParser(string text) => _tokens = PromQlLexer.Split(text);

    private Token Next => _tokens[_at];

    /// <exception cref="FormatException">It is invalid, or uses something that is not supported; the message says
    /// what.</exception>
    public static Expression Parse(string text)
    {
        var parser = new PromQlParser(text);
        var expression = parser.ParseBinary(0);
        return parser.Next.Kind == TokenKind.End
            ? expression
            : throw new FormatException($"{parser.Next.Text} is not expected where it stands");
    }

    private Expression ParseBinary(int level)
    {
        if (level == OperatorsByPrecedence.Length)
        {
            return ParseUnary();
        }
        var left = ParseBinary(level + 1);
        while (Next.Kind is TokenKind.Symbol or TokenKind.Word && OperatorsByPrecedence[level].Contains(Next.Text))
        {
            var operation = Take().Text;
            var keepsTruth = TakeIf("bool");
            var matching = ParseMatching();
            var right = ParseBinary(level + 1);
            left =
                level < 2
                    ? new SetExpression(operation, left, right, matching.By)
                    : new BinaryExpression(operation, left, right, matching, keepsTruth);
        }
        return left;
    }

    private Matching ParseMatching()
    {
        if (Next.Text is not ("on" or "ignoring"))
        {
            return Matching.AllLabels;
        }
        var by = new Grouping(keeps: Take().Text == "on", names: ParseNames());
        if (!TakeIf("group_left"))
        {
            return new(by, false);
        }
        return Next.Text == "(" && ParseNames().Count > 0
            ? throw new FormatException("group_left with labels is not known here")
            : new(by, true);
    }

    private Expression ParseUnary()
    {
        if (!TakeIf("-"))
        {
            return ParsePower();
        }
        return new MapExpression(ParseUnary(), static value => -value);
    }

    private Expression ParsePower()
    {
        var one = ParsePrimary();
        return TakeIf("^") ? new BinaryExpression("^", one, ParseUnary(), ParseMatching(), false) : one;
    }

    private Expression ParsePrimary()
    {
        var token = Take();
        switch (token)
        {
            case { Kind: TokenKind.Number }:
                return new NumberExpression(token.Number);
            case { Kind: TokenKind.Symbol, Text: "(" }:
                var inner = ParseBinary(0);
                Expect(")");
                return inner;
            case { Kind: TokenKind.Word } when Aggregation.Operations.Contains(token.Text):
                return ParseAggregation(token.Text);
            case { Kind: TokenKind.Word } when Next.Text == "(":
                return ParseCall(token.Text);
            case { Kind: TokenKind.Word }:
                return ParseSelector(token.Text);
            default:
                throw new FormatException($"{token.Text} is not expected where it stands");
        }
    }

    private Selector ParseSelector(string metric)
    {
        var matchers = new List<Matcher>();
        if (TakeIf("{"))
        {
            while (!TakeIf("}"))
            {
                var label = Take().Text;
                var operation = Take().Text;
                var value = ParseText();
                matchers.Add(new(label, CreatePredicate(operation, value)));
                if (Next.Text != "}")
                {
                    Expect(",");
                }
            }
        }
        return new(metric, matchers, ParseOffsetSeconds());
    }

    private static Func<string, bool> CreatePredicate(string operation, string value)
    {
        if (operation is "=" or "!=")
        {
            return operation == "=" ? label => label == value : label => label != value;
        }
        var words = ParseAlternatives(value);
        return operation switch
        {
            "=~" => words.Contains,
            "!~" => label => !words.Contains(label),
            _ => throw new FormatException($"{operation} matches no label"),
        };
    }

    /// <summary>No rule needs more of regular expressions, whose engine is larger than all of this.</summary>
    private static HashSet<string> ParseAlternatives(string pattern) =>
        pattern.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '|' or ' ')
            ? [.. pattern.Split('|')]
            : throw new FormatException($"{pattern} is not a list of words, as a|b, which is all that is matched here");

    private double ParseOffsetSeconds() => TakeIf("offset") ? TakeSeconds() : 0;

    private Aggregation ParseAggregation(string operation)
    {
        var by = ParseGrouping();
        Expect("(");
        var k = default(Expression);
        var label = "";
        if (operation is "topk" or "bottomk")
        {
            k = ParseBinary(0);
            Expect(",");
        }
        else if (operation == "count_values")
        {
            label = ParseText();
            Expect(",");
        }
        var of = ParseBinary(0);
        Expect(")");
        return new Aggregation(operation, by ?? ParseGrouping() ?? new Grouping([], keeps: true), of, k, label);
    }

    private Grouping? ParseGrouping() =>
        Next.Text is "by" or "without" ? new Grouping(keeps: Take().Text == "by", names: ParseNames()) : null;

    private Expression ParseCall(string function)
    {
        Expect("(");
        var called = RangeFunctions.Find(function) is { } ofRange ? ParseRange(ofRange) : ParseFunction(function);
        Expect(")");
        return called;
    }

    private RangeExpression ParseRange(RangeFunction function)
    {
        var metric = Take().Text;
        var selector = ParseSelector(metric);
        Expect("[");
        var range = TakeSeconds();
        Expect("]");
        if (Next.Text == "offset")
        {
            selector = selector.WithOffset(ParseOffsetSeconds());
        }
        return new(selector, range, function);
    }

    private Expression ParseFunction(string function)
    {
        switch (function)
        {
            case "time":
                return new TimeExpression();
            case "vector":
                return new VectorExpression(ParseBinary(0));
            case "absent":
                return new AbsentExpression(ParseBinary(0));
            case "floor":
                return new MapExpression(ParseBinary(0), Math.Floor);
            case "ceil":
                return new MapExpression(ParseBinary(0), Math.Ceiling);
            case "abs":
                return new MapExpression(ParseBinary(0), Math.Abs);
            case "label_replace":
                return ParseLabelReplace();
            default:
                throw new FormatException($"the function {function} is not known here");
        }
    }

    private LabelReplaceExpression ParseLabelReplace()
    {
        var of = ParseBinary(0);
        var texts = new string[4];
        for (var i = 0; i < texts.Length; i++)
        {
            Expect(",");
            texts[i] = ParseText();
        }
        // An empty pattern matches where the label is absent.
        return (texts[1], texts[3]) switch
        {
            ("$1", "(.+)") => new(of, texts[0], texts[2], static value => value.Length > 0 ? value : null),
            ("$1", "(.*)") => new(of, texts[0], texts[2], static value => value),
            (var text, "") when !text.Contains('$') => new(
                of,
                texts[0],
                texts[2],
                value => value.Length == 0 ? text : null
            ),
            _ => throw new FormatException("label_replace takes (.+), (.*) or nothing as its pattern here"),
        };
    }

    private List<string> ParseNames()
    {
        var names = new List<string>();
        Expect("(");
        while (!TakeIf(")"))
        {
            names.Add(Take().Text);
            if (Next.Text != ")")
            {
                Expect(",");
            }
        }
        return names;
    }

    private double TakeSeconds() =>
        Take() is { Kind: TokenKind.Duration } duration
            ? duration.Number
            : throw new FormatException("a duration is expected, as 5m");

    private string ParseText() =>
        Take() is { Kind: TokenKind.Text } text ? text.Text : throw new FormatException("a text in quotes is expected");

    private Token Take() => _tokens[_at < _tokens.Count - 1 ? _at++ : _at];

    private bool TakeIf(string text)
    {
        if (Next.Kind == TokenKind.Text || Next.Text != text)
        {
            return false;
        }
        _at++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!TakeIf(symbol))
        {
            throw new FormatException($"{symbol} is expected before {Next.Text}");
        }
    }
}
