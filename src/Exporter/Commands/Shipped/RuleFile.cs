using System.Buffers;
using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClustermgrExporter.Alerting;

namespace ClustermgrExporter.Commands;

/// <summary>A file of alert rules as text, changed line by line: what is not changed stays as it is, comments
/// included.</summary>
internal sealed class RuleFile
{
    private ImmutableList<RuleBlock> _blocks;

    private RuleFile(ImmutableList<RuleBlock> blocks) => _blocks = blocks;

    /// <summary>Names of the alerts without their prefix, in the order of the file.</summary>
    public IEnumerable<string> Alerts => _blocks.Select(block => block.Alert).OfType<string>();

    public override string ToString() => string.Concat(_blocks.Select(block => block.Text));

    /// <summary>Splits a text into blocks. A rule or the head of a group starts a block, with the comments right before
    /// it that have the same indentation.</summary>
    public static RuleFile Parse(string text)
    {
        var blocks = ImmutableList.CreateBuilder<RuleBlock>();
        int began = 0,
            at = 0;
        int? comment = null;
        foreach (var line in text.Split('\n'))
        {
            if (IsHead(line))
            {
                var start = comment ?? at;
                blocks.Add(RuleBlock.From(text[began..start]));
                began = start;
            }
            comment = IsOwnComment(line) ? comment ?? at : null;
            at += line.Length + 1;
        }
        blocks.Add(RuleBlock.From(text[began..]));
        return new(blocks.ToImmutable());
    }

    private static bool IsHead(string line) =>
        line.StartsWith("      - alert:", StringComparison.Ordinal)
        || line.StartsWith("      - record:", StringComparison.Ordinal)
        || line.StartsWith("  - name:", StringComparison.Ordinal);

    private static bool IsOwnComment(string line) =>
        line.StartsWith("      #", StringComparison.Ordinal) || line.StartsWith("  #", StringComparison.Ordinal);

    /// <summary>Finds an alert by its name with or without the prefix; null when there is none.</summary>
    public string? Find(string alert)
    {
        var name = alert.StartsWith(DirectRules.Prefix, StringComparison.Ordinal)
            ? alert[DirectRules.Prefix.Length..]
            : alert;
        return Alerts.FirstOrDefault(known => known == name);
    }

    public void Drop(string alert) => _blocks = _blocks.RemoveAll(block => block.Alert == alert);

    public void Change(Func<RuleBlock, RuleBlock> change) => _blocks = [.. _blocks.Select(change)];

    public void Change(string alert, Func<RuleBlock, RuleBlock> change) =>
        Change(block => block.Alert == alert ? change(block) : block);
}

/// <summary>One rule with its comments, or the text between rules.</summary>
/// <param name="Alert">Name of the alert without the prefix; null when the block is not an alert.</param>
internal sealed partial record RuleBlock(string? Alert, string Text)
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    public static RuleBlock From(string text) =>
        new(Name().Match(text) is { Success: true } name ? name.Groups["name"].Value : null, text);

    /// <param name="key">for or keep_firing_for.</param>
    public RuleBlock WithDuration(string key, string duration)
    {
        var line = $"        {key}: {duration}\n";
        if (FindLine(key) is { } old)
        {
            return this with { Text = Text[..old] + line + Text[(Text.IndexOf('\n', old) + 1)..] };
        }
        var before = (key == "for" ? FindLine("keep_firing_for") : null) ?? FindLine("labels");
        return this with { Text = Text.Insert(before ?? Text.Length, line) };
    }

    /// <summary>The start of the line of a key of the rule; null when it has none.</summary>
    private int? FindLine(string key) =>
        Text.IndexOf($"\n        {key}: ", StringComparison.Ordinal) is var end and >= 0 ? end + 1 : null;

    public string Severity => SeverityLabel().Match(Text).Groups["severity"].Value;

    public RuleBlock WithSeverity(string severity) =>
        this with
        {
            Text = SeverityLabel().Replace(Text, label => $"{label.Groups["before"]}{severity} }}"),
        };

    /// <summary>Changes the URL of its entry in the runbooks.</summary>
    /// <param name="url">May contain {alert} for the alert's name in lower case; otherwise the name becomes its
    /// fragment.</param>
    public RuleBlock WithRunbook(string url) =>
        this with
        {
            Text = Runbook()
                .Replace(
                    Text,
                    link =>
                        link.Groups["before"].Value
                        + (
                            url.Contains("{alert}", StringComparison.Ordinal)
                                ? url.Replace("{alert}", link.Groups["anchor"].Value, StringComparison.Ordinal)
                                : $"{url}#{link.Groups["anchor"].Value}"
                        )
                        + "'"
                ),
        };

    /// <param name="url">URL of Grafana.</param>
    public RuleBlock WithDashboards(string url) =>
        this with
        {
            Text = Dashboard()
                .Replace(Text, link => $"{link.Groups["before"]}{url.TrimEnd('/')}{link.Groups["path"]}'"),
        };

    /// <returns>Null when the text around the number does not occur exactly once.</returns>
    public RuleBlock? WithThreshold(RuleThreshold threshold, string value)
    {
        (int From, int To)? only = null;
        for (
            var at = Text.IndexOf(threshold.Before, StringComparison.Ordinal);
            at >= 0;
            at = Text.IndexOf(threshold.Before, at + 1, StringComparison.Ordinal)
        )
        {
            var from = at + threshold.Before.Length;
            var to = from + Text.AsSpan(from).IndexOfAnyExcept(NumberCharacters);
            if (to == from || !Text.AsSpan(to).StartsWith(threshold.After, StringComparison.Ordinal))
            {
                continue;
            }
            if (only is not null)
            {
                return null;
            }
            only = (from, to);
        }
        return only is { } number ? this with { Text = Text[..number.From] + value + Text[number.To..] } : null;
    }

    public RuleBlock WithSelector(SelectorText selector)
    {
        // The expression is plain text of YAML, but queries in annotations are strings of Go's templates, with escaped
        // quotes.
        var annotations = Text.IndexOf("\n        annotations:", StringComparison.Ordinal);
        var rule = annotations < 0 ? Text : Text[..annotations];
        return this with
        {
            Text =
                Expression().Replace(rule, expression => selector.AddTo(expression.Value))
                + (annotations < 0 ? "" : selector.AddTo(Text[annotations..], "\\\"")),
        };
    }

    [GeneratedRegex("""^ {6}- alert: Clustermgr(?<name>\w+)$""", RegexOptions.Multiline)]
    private static partial Regex Name();

    [GeneratedRegex("""(?<before>^ {8}labels: \{ severity: )(?<severity>\w+) \}""", RegexOptions.Multiline)]
    private static partial Regex SeverityLabel();

    [GeneratedRegex("""(?<before>^ {10}runbook_url: ').*#(?<anchor>\w+)'$""", RegexOptions.Multiline)]
    private static partial Regex Runbook();

    [GeneratedRegex(
        """(?<before>^ {10}dashboard_url: ').*?(?<path>/d/[^']*?)(\{\{ else \}\}.*)?'$""",
        RegexOptions.Multiline
    )]
    private static partial Regex Dashboard();

    [GeneratedRegex("""^ {8}expr:.*\n( {10}.*\n|\n)*""", RegexOptions.Multiline)]
    private static partial Regex Expression();
}
