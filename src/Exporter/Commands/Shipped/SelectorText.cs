using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Commands;

/// <summary>Matchers that a site adds to every selector of the exporter's series, so that rules and dashboards see the
/// series of one job alone.</summary>
internal sealed partial class SelectorText
{
    private readonly string _plain;

    private SelectorText(string plain) => _plain = plain;

    /// <param name="text">Matchers as in PromQL, with or without braces: job="cm",datacenter=~"eu.*".</param>
    /// <param name="error">The error, which continues the flag's name.</param>
    public static SelectorText? Parse(string text, out string error)
    {
        error = "";
        var inner = text.Trim();
        if (inner is ['{', .., '}'])
        {
            inner = inner[1..^1];
        }
        var matchers = ImmutableArray.CreateBuilder<string>();
        foreach (Match matcher in Matcher().Matches(inner))
        {
            if (matcher.Index != matchers.Sum(one => one.Length))
            {
                break;
            }
            matchers.Add(matcher.Value);
        }
        if (matchers.Count == 0 || matchers.Sum(one => one.Length) != inner.Length)
        {
            error =
                $" is {Quoted.From(text)}; write matchers as in PromQL, their values without quotes, backslashes, braces, "
                + "%, colons and number signs: --selector='job=\"clustermgr\"'";
            return null;
        }
        return new SelectorText(string.Join(',', matchers.Select(one => one.Trim(' ', ','))));
    }

    /// <summary>Adds the matchers to each of the exporter's series in an expression. Series that rules record have a
    /// colon and are left out, since they are made of such series.</summary>
    /// <param name="quote">How a double quote is written where the expression stands: "\"", or "\\\"" inside a
    /// string.</param>
    public string AddTo(string expression, string quote = "\"")
    {
        var matchers = _plain.Replace("\"", quote, StringComparison.Ordinal);
        return Series()
            .Replace(
                expression,
                series =>
                    series.Groups["brace"].Value.Length == 0 ? $"{series.Value}{{{matchers}}}"
                    : series.Groups["end"].Value.Length > 0 ? $"{series.Groups["name"].Value}{{{matchers}}}"
                    : $"{series.Groups["name"].Value}{{{matchers},"
            );
    }

    // A colon and a number sign could begin something else in YAML, a percent sign in printf.
    [GeneratedRegex("""\G\s*[a-zA-Z_][a-zA-Z0-9_]*\s*(=~|!~|!=|=)\s*"[^"\\'{}%:#\p{Cc}]*"\s*(,|$)""")]
    private static partial Regex Matcher();

    [GeneratedRegex(
        """(?<![a-zA-Z0-9_:])(?<name>(clustermgr|process|dotnet|http)_[a-z0-9_]+)"""
            + """(?![a-zA-Z0-9_:])(?<brace>\{(?<end>\})?)?"""
    )]
    private static partial Regex Series();
}
