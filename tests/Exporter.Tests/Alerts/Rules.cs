using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>One recording rule or alert.</summary>
/// <param name="Name">Of alerts without the prefix that all share.</param>
/// <param name="Text">As it stands in the file, from its first line to the last.</param>
internal sealed partial record Rule(string Name, bool IsAlert, string Text)
{
    /// <summary>The same alert under another name, and without its texts, which take long to fill in.</summary>
    public Rule Named(string old, string name) =>
        this with
        {
            Name = name,
            Text = Text[..Text.IndexOf("        annotations:", StringComparison.Ordinal)]
                .Replace(
                    $"alert: {Timeline.Prefix}{old}\n",
                    $"alert: {Timeline.Prefix}{name}\n",
                    StringComparison.Ordinal
                ),
        };

    /// <summary>How long it must hold before an alert fires.</summary>
    public TimeSpan For => Time(Wait().Match(Text));

    /// <summary>How long it fires on when it holds no more.</summary>
    public TimeSpan KeepFiringFor => Time(Keep().Match(Text));

    private static TimeSpan Time(Match match) =>
        !match.Success
            ? TimeSpan.Zero
            : TimeSpan.FromSeconds(
                int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                    * (
                        match.Groups[2].Value switch
                        {
                            "h" => 3600,
                            "m" => 60,
                            _ => 1,
                        }
                    )
            );

    [GeneratedRegex("^        for: ([0-9]+)([hms])$", RegexOptions.Multiline)]
    private static partial Regex Wait();

    [GeneratedRegex("^        keep_firing_for: ([0-9]+)([hms])$", RegexOptions.Multiline)]
    private static partial Regex Keep();
}

/// <summary>A file of rules, and promtool to run it.</summary>
internal sealed partial record Rules(ImmutableArray<Rule> All)
{
    public const string File = "alerts/clustermgr.rules.yaml";

    /// <summary>The alert that always fires.</summary>
    public const string Watchdog = "Watchdog";

    /// <summary>As they ship.</summary>
    public static Rules Shipped { get; } = Parse(System.IO.File.ReadAllText(Path.Combine(GoldenFile.Root(), File)));

    /// <summary>Names of all alerts, in the order of the file.</summary>
    public IEnumerable<string> Alerts => All.Where(rule => rule.IsAlert).Select(rule => rule.Name);

    /// <summary>The exporter's metrics that they read.</summary>
    public IReadOnlySet<string> Metrics { get; } =
        All.SelectMany(rule => Metric().Matches(rule.Text))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);

    public string Text => "groups:\n- name: all\n  rules:\n" + string.Concat(All.Select(rule => rule.Text));

    /// <summary>These rules, and the recording rules that they need.</summary>
    public Rules With(params IEnumerable<Rule> wanted)
    {
        var needed = wanted.ToHashSet();
        // A rule stands after those that it reads.
        foreach (var rule in All.Reverse())
        {
            var read = rule.IsAlert ? $"ALERTS{{alertname=\"{Timeline.Prefix}{rule.Name}\"" : rule.Name;
            if (needed.Any(other => other.Text.Contains(read, StringComparison.Ordinal)))
            {
                needed.Add(rule);
            }
        }
        return new Rules([.. All.Where(needed.Contains)]);
    }

    /// <summary>The alerts that read a rule, also by way of others; not itself.</summary>
    public IEnumerable<Rule> Dependants(Rule record) =>
        All.Where(rule => rule.IsAlert && rule != record && With(rule).All.Contains(record));

    public Rules Replaced(Rule old, params IEnumerable<Rule> by) =>
        new([.. All.SelectMany(rule => rule == old ? by : [rule])]);

    /// <summary>Which alerts fire when.</summary>
    public async Task<Timeline> PlayAsync(InputSeries input, CancellationToken ct, params IEnumerable<string> more)
    {
        var (_, output) = await TestAsync(input, ct, more);
        return Timeline.Parse(output, input.Interval);
    }

    /// <summary>promtool's own words, for more than when alerts fire.</summary>
    public async Task<(int Exit, string Output)> TestAsync(
        InputSeries input,
        CancellationToken ct,
        params IEnumerable<string> more
    )
    {
        using var folder = new TempFolder();
        var file = folder.Write("rules.yaml", Text);
        return await Tool.RunAsync(
            "promtool",
            ["test", "rules", folder.Write("test.yaml", input.TestFile(file, Metrics, more))],
            null,
            ct
        );
    }

    private static Rules Parse(string text)
    {
        var starts = Start().Matches(text);
        var ends = starts.Skip(1).Select(next => next.Index).Append(text.Length);
        return new Rules([
            .. starts.Zip(
                ends,
                (start, end) =>
                {
                    var lines = text[start.Index..end]
                        .Split('\n')
                        .TakeWhile(line => !line.StartsWith("  - name:", StringComparison.Ordinal));
                    var isAlert = start.Groups[1].Value == "alert";
                    return new Rule(
                        isAlert ? start.Groups[2].Value[Timeline.Prefix.Length..] : start.Groups[2].Value,
                        isAlert,
                        string.Join('\n', lines).TrimEnd() + "\n"
                    );
                }
            ),
        ]);
    }

    [GeneratedRegex("^      - (alert|record): (\\S+)", RegexOptions.Multiline)]
    private static partial Regex Start();

    [GeneratedRegex("(?<![A-Za-z0-9_:])clustermgr_[a-z_]+(?![a-z_:])")]
    private static partial Regex Metric();
}
