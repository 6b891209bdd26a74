using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A rule with one injected fault.</summary>
/// <param name="Rule">The faulty rule.</param>
/// <param name="Fault">Description of the fault, for people.</param>
internal sealed partial record Mutant(ShippedRule Original, ShippedRule Rule, string Fault)
{
    /// <summary>Returns a mutant for every reversed comparison, every aggregation or join without the cluster, every
    /// halved wait, every alert without an end, every moved limit, every shortened range and every removed word of a
    /// selector.</summary>
    public static IEnumerable<Mutant> Of(ShippedRule rule)
    {
        var from = rule.Text.IndexOf("expr:", StringComparison.Ordinal);
        var to = rule.Text.IndexOf("\n        labels:", StringComparison.Ordinal) is var labels and > 0
            ? labels
            : rule.Text.Length;
        foreach (Match match in Comparison().Matches(rule.Text[..to]))
        {
            if (match.Index > from)
            {
                yield return Made(rule, match, Turned(match.Value));
            }
        }
        foreach (Match match in Grouping().Matches(rule.Text[..to]))
        {
            if (match.Index > from)
            {
                yield return Made(rule, match, match.Groups[1].Value + match.Groups[2].Value);
            }
        }
        foreach (Match match in Alternative().Matches(rule.Text[..to]))
        {
            if (match.Index > from)
            {
                yield return Made(rule, match, "");
            }
        }
        if (Wait().Match(rule.Text) is { Success: true } wait)
        {
            yield return Made(rule, wait, Halved(wait.Value));
        }
        if (!rule.IsAlert || rule.Name == Rules.Watchdog)
        {
            yield break;
        }
        foreach (Match match in Limit().Matches(rule.Text[..to]).Concat(Range().Matches(rule.Text[..to])))
        {
            if (match.Index < from)
            {
                continue;
            }
            foreach (var other in match.Value.EndsWith(']') ? [Sixth(match)] : Moved(match.Value))
            {
                yield return Made(rule, match, other);
            }
        }
        // An alert that never ends reports a fault forever.
        if (Keeps().Match(rule.Text) is { Success: true } keeps)
        {
            yield return Made(rule, keeps, "keep_firing_for: 1d");
        }
        else if (Labels().Match(rule.Text) is { Success: true } start)
        {
            yield return Made(rule, start, "keep_firing_for: 1d\n        labels:");
        }
    }

    public override string ToString() => $"{Original.Name}: {Fault}";

    private static Mutant Made(ShippedRule rule, Match match, string by)
    {
        var text = rule.Text[..match.Index] + by + rule.Text[(match.Index + match.Length)..];
        var line = rule.Text[(rule.Text.LastIndexOf('\n', match.Index) + 1)..rule.Text.IndexOf('\n', match.Index)]
            .Trim();
        return new Mutant(rule, rule with { Text = text }, $"\"{match.Value}\" is \"{by}\" in: {line}");
    }

    private static string Turned(string comparison) =>
        comparison switch
        {
            "==" => "!=",
            "!=" => "==",
            ">" => "<=",
            "<" => ">=",
            ">=" => "<",
            "<=" => ">",
            _ => throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "not a comparison"),
        };

    /// <summary>A limit of 0 becomes 10, a small integer changes by one, and other limits by a factor of 1.4.</summary>
    private static string[] Moved(string limit)
    {
        var value = double.Parse(limit, System.Globalization.CultureInfo.InvariantCulture);
        return value == 0 ? ["10"]
            : value <= 10 && value % 1 == 0 ? [Text(value + 1), Text(value - 1)]
            : [Text(value * 1.4), Text(value / 1.4)];

        static string Text(double number) =>
            number.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Sixth(Match range)
    {
        var unit = range.Groups[2].Value switch
        {
            "d" => 86400,
            "h" => 3600,
            _ => 60,
        };
        return $"[{int.Parse(range.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) * unit / 6}s]";
    }

    private static string Halved(string wait)
    {
        var unit = wait[^1] switch
        {
            'h' => 3600,
            'm' => 60,
            _ => 1,
        };
        return $"for: {int.Parse(wait[5..^1], System.Globalization.CultureInfo.InvariantCulture) * unit / 2}s";
    }

    // Not inside the braces of a selector, where != and =~ match labels, and not in a comment.
    [GeneratedRegex("""(?<![=!<>])(==|!=|>=|<=|>|<)(?![=~>])(?![^{}\n]*\})(?<!#[^\n]*)""")]
    private static partial Regex Comparison();

    [GeneratedRegex("""((?:by|on) \()cluster(?:, )?([a-z_, ]*\))""")]
    private static partial Regex Grouping();

    // A limit after a comparison. == 0 and == 1 are already reversed. Not 2^53, above which floats are not exact.
    [GeneratedRegex(
        """(?<=(?:>=|<=|>|<) )(?!9007199254740992)[0-9]+(?:\.[0-9]+)?(?![0-9.])(?![^{}\n]*\})(?<!#[^\n]*)"""
    )]
    private static partial Regex Limit();

    // Not [1m], which bridges a failed scrape, nor [5m], which bridges an election: another test checks these.
    [GeneratedRegex("""\[(?![15]m\])([0-9]+)([mhd])\](?<!#[^\n]*)""")]
    private static partial Regex Range();

    // One of the alternatives in a selector.
    [GeneratedRegex("""(?<==~"[a-z_|]*)(?<=["|])[a-z_]+\||\|[a-z_]+(?=")""")]
    private static partial Regex Alternative();

    [GeneratedRegex("(?<=\n        )for: [0-9]+[hms]")]
    private static partial Regex Wait();

    [GeneratedRegex("(?<=\n        )keep_firing_for: [0-9]+[hms]")]
    private static partial Regex Keeps();

    [GeneratedRegex("(?<=\n        )labels:")]
    private static partial Regex Labels();
}
