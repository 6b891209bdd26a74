using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using ClustermgrExporter.Tests.Support;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>One recording rule or alert.</summary>
/// <param name="Name">Name; of alerts without the common prefix.</param>
/// <param name="Text">Text in the file, from its first line to its last.</param>
internal sealed partial record ShippedRule(string Name, bool IsAlert, string Text)
{
    /// <summary>How long the expression must hold before the alert fires.</summary>
    public TimeSpan For => Time(Wait().Match(Text));

    /// <summary>How long the alert keeps firing after the expression no longer holds.</summary>
    public TimeSpan KeepFiringFor => Time(Keep().Match(Text));

    /// <summary>Whether its text names the other rule, which may be itself.</summary>
    public bool Reads(ShippedRule other) =>
        Text.Contains(
            other.IsAlert ? $"ALERTS{{alertname=\"{AlertTimeline.Prefix}{other.Name}\"" : other.Name,
            StringComparison.Ordinal
        );

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

/// <summary>A file of rules, with promtool to run it.</summary>
internal sealed partial record Rules(ImmutableArray<ShippedRule> All)
{
    public const string File = "alerts/clustermgr.rules.yaml";

    /// <summary>The alert that always fires.</summary>
    public const string Watchdog = "Watchdog";

    /// <summary>The shipped rules.</summary>
    public static Rules Shipped { get; } =
        Parse(System.IO.File.ReadAllText(Path.Combine(GoldenFile.GetRepositoryRoot(), File)));

    /// <summary>Names of all alerts, in the order of the file.</summary>
    public IEnumerable<string> Alerts => All.Where(rule => rule.IsAlert).Select(rule => rule.Name);

    /// <summary>The exporter's metrics that the rules read.</summary>
    public IReadOnlySet<string> Metrics { get; } =
        All.SelectMany(rule => Metric().Matches(rule.Text))
            .Select(match => match.Value)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>The same rules without the texts of their alerts. promtool renders them at each step, with queries,
    /// which takes a seventh of a run that only looks at when alerts fire. CoverageTests checks the texts.</summary>
    public Rules WithoutTexts =>
        new([
            .. All.Select(rule =>
                rule.Text.IndexOf("        annotations:", StringComparison.Ordinal) is var texts and > 0
                    ? rule with
                    {
                        Text = rule.Text[..texts],
                    }
                    : rule
            ),
        ]);

    public string Text => "groups:\n- name: all\n  rules:\n" + string.Concat(All.Select(rule => rule.Text));

    /// <summary>The wanted rules, and the recording rules that they need.</summary>
    public Rules With(params IEnumerable<ShippedRule> wanted)
    {
        var needed = wanted.ToHashSet();
        // A rule comes after those that it reads.
        foreach (var rule in All.Reverse())
        {
            if (needed.Any(other => other.Reads(rule)))
            {
                needed.Add(rule);
            }
        }
        return new Rules([.. All.Where(needed.Contains)]);
    }

    /// <summary>The alerts that read a rule, directly or through other rules; not the rule itself.</summary>
    public IEnumerable<ShippedRule> Dependants(ShippedRule record) =>
        All.Where(rule => rule.IsAlert && rule != record && With(rule).All.Contains(record));

    /// <summary>Replaces a rule, and returns it with the rules that read it, directly or not, and the alerts that those
    /// read. Their recordings get new names, so that they can be stored beside those of the correct rules.</summary>
    public Rules Downstream(ShippedRule old, ShippedRule by)
    {
        var changed = new List<ShippedRule> { old };
        if (!old.IsAlert)
        {
            // A rule comes after those that it reads.
            changed.AddRange(All.Where(rule => rule != old && !rule.IsAlert && With(rule).All.Contains(old)));
            changed.AddRange(Dependants(old));
        }
        var needed = changed.ToHashSet();
        needed.UnionWith(All.Where(rule => rule.IsAlert && changed.Any(other => other.Reads(rule))));
        var recordings = changed.Where(rule => !rule.IsAlert).Select(rule => Regex.Escape(rule.Name)).ToList();
        var names = new Regex($"(?<![A-Za-z0-9_:])({string.Join('|', recordings)})(?![A-Za-z0-9_:])");
        return new Rules([
            .. All.Where(needed.Contains)
                .Select(rule => rule == old ? by : rule)
                .Select(rule =>
                    recordings.Count == 0 ? rule : rule with { Text = names.Replace(rule.Text, "$1:faulty") }
                ),
        ]);
    }

    /// <summary>Returns which alerts fire when.</summary>
    public async Task<AlertTimeline> PlayAsync(InputSeries input, CancellationToken ct, params IEnumerable<string> more)
    {
        var (_, output) = await WithoutTexts.TestAsync(input, ct, more);
        return AlertTimeline.Parse(output, input.Interval);
    }

    /// <summary>Returns promtool's output, for checks of more than when alerts fire.</summary>
    public async Task<(int Exit, string Output)> TestAsync(
        InputSeries input,
        CancellationToken ct,
        params IEnumerable<string> more
    )
    {
        using var folder = new TempFolder();
        var file = folder.Write("rules.yaml", Text);
        return await ExternalTool.RunAsync(
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
                    return new ShippedRule(
                        isAlert ? start.Groups[2].Value[AlertTimeline.Prefix.Length..] : start.Groups[2].Value,
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
