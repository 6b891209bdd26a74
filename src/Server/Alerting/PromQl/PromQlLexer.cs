using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Alerting.PromQl;

internal enum TokenKind
{
    End,
    Word,
    Number,
    Duration,
    Text,
    Symbol,
}

/// <param name="Number">Of a number, or the seconds of a duration.</param>
internal readonly record struct Token(TokenKind Kind, string Text, double Number = 0);

/// <summary>Splits a PromQL expression into tokens.</summary>
internal static class PromQlLexer
{
    private static readonly string[] Symbols =
    [
        "==",
        "!=",
        ">=",
        "<=",
        "=~",
        "!~",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        ",",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        ">",
        "<",
        "=",
    ];

    /// <exception cref="FormatException">It is not a valid expression.</exception>
    public static List<Token> Split(string text)
    {
        var tokens = new List<Token>();
        for (var at = 0; at < text.Length; )
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            else if (text[at] == '#')
            {
                at = text.IndexOf('\n', at) is var end and >= 0 ? end : text.Length;
            }
            else if (char.IsAsciiLetter(text[at]) || text[at] is '_' or ':')
            {
                tokens.Add(new(TokenKind.Word, Take(text, ref at, IsWordCharacter)));
            }
            else if (char.IsAsciiDigit(text[at]) || text[at] == '.')
            {
                tokens.Add(ParseQuantity(Take(text, ref at, static c => char.IsAsciiLetterOrDigit(c) || c == '.')));
            }
            else if (text[at] is '"' or '\'')
            {
                tokens.Add(new(TokenKind.Text, QuotedText(text, ref at)));
            }
            else
            {
                var symbol =
                    Symbols.FirstOrDefault(symbol => text.AsSpan(at).StartsWith(symbol, StringComparison.Ordinal))
                    ?? throw new FormatException($"{text[at]} has no place in an expression");
                tokens.Add(new(TokenKind.Symbol, symbol));
                at += symbol.Length;
            }
        }
        tokens.Add(new(TokenKind.End, "the end"));
        return tokens;
    }

    /// <summary>Seconds of 90, 5m or 1h30m.</summary>
    public static double ParseSeconds(string text)
    {
        var seconds = 0.0;
        var at = 0;
        while (at < text.Length)
        {
            var number = Take(text, ref at, char.IsAsciiDigit);
            var unit = Take(text, ref at, char.IsAsciiLetter);
            seconds +=
                int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture)
                * unit switch
                {
                    "ms" => 0.001,
                    "s" => 1,
                    "m" => 60,
                    "h" => 3600,
                    "d" => 86400,
                    "w" => 7 * 86400.0,
                    _ => throw new FormatException($"{text} is not a duration"),
                };
        }
        return seconds;
    }

    private static bool IsWordCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or ':';

    private static Token ParseQuantity(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? new(TokenKind.Number, text, number)
            : new(TokenKind.Duration, text, ParseSeconds(text));

    private static string Take(string text, ref int at, Func<char, bool> takes)
    {
        var start = at;
        while (at < text.Length && takes(text[at]))
        {
            at++;
        }
        return text[start..at];
    }

    private static string QuotedText(string text, ref int at)
    {
        var quote = text[at++];
        var value = new StringBuilder();
        while (at < text.Length && text[at] != quote)
        {
            var c = text[at++];
            if (c == '\\' && at < text.Length)
            {
                c = text[at++] switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    var other => other,
                };
            }
            value.Append(c);
        }
        if (at++ >= text.Length)
        {
            throw new FormatException("a text in quotes does not end");
        }
        return value.ToString();
    }
}
