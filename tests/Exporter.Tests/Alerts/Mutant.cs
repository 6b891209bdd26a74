using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A rule with one fault put into it.</summary>
/// <param name="Rule">The faulty rule.</param>
/// <param name="Fault">What was done to it, for people.</param>
internal sealed partial record Mutant(Rule Original, Rule Rule, string Fault)
{
    /// <summary>Every comparison turned around, every aggregation and join without its cluster, every wait halved, every alert
    /// without an end.</summary>
    public static IEnumerable<Mutant> Of(Rule rule)
    {
        var from = rule.Text.IndexOf("expr:", StringComparison.Ordinal);
        var to = rule.Text.IndexOf("\n        labels:", StringComparison.Ordinal) is var labels and > 0 ? labels : rule.Text.Length;
        foreach (Match match in Comparison().Matches(rule.Text[..to]))
        {
            if (match.Index > from) yield return Made(rule, match, Turned(match.Value));
        }
        foreach (Match match in Grouping().Matches(rule.Text[..to]))
        {
            if (match.Index > from) yield return Made(rule, match, match.Groups[1].Value + match.Groups[2].Value);
        }
        if (Wait().Match(rule.Text) is { Success: true } wait) yield return Made(rule, wait, Halved(wait.Value));
        if (!rule.IsAlert || rule.Name == Rules.Watchdog) yield break;
        // One that never ends says that all is ill for ever.
        if (Keeps().Match(rule.Text) is { Success: true } keeps) yield return Made(rule, keeps, "keep_firing_for: 1d");
        else if (Labels().Match(rule.Text) is { Success: true } start) yield return Made(rule, start, "keep_firing_for: 1d\n        labels:");
    }

    public override string ToString() => $"{Original.Name}: {Fault}";

    private static Mutant Made(Rule rule, Match match, string by)
    {
        var text = rule.Text[..match.Index] + by + rule.Text[(match.Index + match.Length)..];
        var line = rule.Text[(rule.Text.LastIndexOf('\n', match.Index) + 1)..rule.Text.IndexOf('\n', match.Index)].Trim();
        return new Mutant(rule, rule with { Text = text }, $"\"{match.Value}\" is \"{by}\" in: {line}");
    }

    private static string Turned(string comparison) => comparison switch
    {
        "==" => "!=",
        "!=" => "==",
        ">" => "<=",
        "<" => ">=",
        ">=" => "<",
        "<=" => ">",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "no comparison"),
    };

    private static string Halved(string wait)
    {
        var unit = wait[^1] switch { 'h' => 3600, 'm' => 60, _ => 1 };
        return $"for: {int.Parse(wait[5..^1], System.Globalization.CultureInfo.InvariantCulture) * unit / 2}s";
    }

    // Not inside the braces of a selector, where != and =~ match labels, and not in a comment.
    [GeneratedRegex("""(?<![=!<>])(==|!=|>=|<=|>|<)(?![=~>])(?![^{}\n]*\})(?<!#[^\n]*)""")]
    private static partial Regex Comparison();

    [GeneratedRegex("""((?:by|on) \()cluster(?:, )?([a-z_, ]*\))""")]
    private static partial Regex Grouping();

    [GeneratedRegex("(?<=\n        )for: [0-9]+[hms]")]
    private static partial Regex Wait();

    [GeneratedRegex("(?<=\n        )keep_firing_for: [0-9]+[hms]")]
    private static partial Regex Keeps();

    [GeneratedRegex("(?<=\n        )labels:")]
    private static partial Regex Labels();
}
