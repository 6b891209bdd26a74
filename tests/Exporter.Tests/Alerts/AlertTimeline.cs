using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>An alert that fires from one step to another, both included.</summary>
/// <param name="Alert">Name without the common prefix.</param>
/// <param name="Labels">Labels that distinguish it from others, without the severity.</param>
internal sealed record Firing(string Alert, string Severity, string Labels, TimeSpan From, TimeSpan To);

/// <summary>Which alerts fire when. The watchdog, which always fires, is left out; another test checks it.</summary>
/// <param name="Step">Interval between two evaluations.</param>
/// <param name="Errors">promtool's messages about rules that could not be evaluated; empty if there are none.</param>
internal sealed partial record AlertTimeline(ImmutableArray<Firing> Firings, TimeSpan Step, string Errors)
{
    public const string Prefix = "Clustermgr";
    public const string Query = """ALERTS{alertstate="firing",alertname!="ClustermgrWatchdog"}""";

    /// <summary>The names of all alerts that fire, sorted and without duplicates.</summary>
    public IReadOnlyList<string> Alerts =>
        [.. Firings.Select(firing => firing.Alert).Distinct().Order(StringComparer.Ordinal)];

    public IEnumerable<Firing> Pages => Firings.Where(firing => firing.Severity == "page");

    /// <summary>Parses promtool's output for a test file that expects silence at every step.</summary>
    public static AlertTimeline Parse(string output, TimeSpan interval)
    {
        var steps = new SortedDictionary<TimeSpan, HashSet<(string, string, string)>>();
        var errors = new StringBuilder();
        TimeSpan? time = null;
        foreach (var line in output.Split('\n'))
        {
            if (Asked().Match(line) is { Success: true } asked)
            {
                time = line.Contains("ALERTS", StringComparison.Ordinal) ? Duration(asked.Groups[1].Value) : null;
            }
            else if (time is { } at && line.TrimStart().StartsWith("got:", StringComparison.Ordinal))
            {
                steps[at] = [.. Element().Matches(line).Select(element => Read(element.Groups[1].Value))];
            }
            else if (
                line.Contains("error", StringComparison.OrdinalIgnoreCase)
                || line.Contains("rule:", StringComparison.Ordinal)
                || line.Contains("many-to-many", StringComparison.Ordinal)
            )
            {
                errors.AppendLine(line.Trim());
            }
        }
        return new AlertTimeline([.. Spans(steps, interval)], interval, errors.ToString());
    }

    /// <summary>Creates a timeline from what fires at each step, without the watchdog.</summary>
    public static AlertTimeline Of(
        SortedDictionary<TimeSpan, HashSet<(string Alert, string, string)>> steps,
        TimeSpan interval,
        string errors
    )
    {
        foreach (var step in steps.Values)
        {
            step.RemoveWhere(alert => alert.Alert == "Watchdog");
        }
        return new AlertTimeline([.. Spans(steps, interval)], interval, errors);
    }

    /// <summary>Keeps only these alerts.</summary>
    public AlertTimeline Only(IReadOnlySet<string> alerts) =>
        this with
        {
            Firings = [.. Firings.Where(firing => alerts.Contains(firing.Alert))],
        };

    /// <summary>Keeps only the alerts of one cluster.</summary>
    public AlertTimeline Of(string cluster) =>
        this with
        {
            Firings =
            [
                .. Firings.Where(firing => firing.Labels.Contains($"cluster=\"{cluster}\"", StringComparison.Ordinal)),
            ],
        };

    /// <summary>Writes one line for each time that an alert fires.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Errors);
        foreach (var firing in Firings)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Clock(firing.From)} to {Clock(firing.To)}  {firing.Severity, -6} {firing.Alert}{{{firing.Labels}}}\n"
            );
        }
        return text.Length == 0 ? "nothing\n" : text.ToString();
    }

    private static string Clock(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes:00}:{time.Seconds:00}");

    private static IEnumerable<Firing> Spans(
        SortedDictionary<TimeSpan, HashSet<(string Alert, string Severity, string Labels)>> steps,
        TimeSpan interval
    ) =>
        steps
            .Values.SelectMany(step => step)
            .Distinct()
            .SelectMany(alert =>
                Runs(steps.Where(step => step.Value.Contains(alert)).Select(step => step.Key), interval)
                    .Select(run => new Firing(alert.Alert, alert.Severity, alert.Labels, run.From, run.To))
            )
            .OrderBy(firing => firing.From)
            .ThenBy(firing => firing.Alert, StringComparer.Ordinal)
            .ThenBy(firing => firing.Labels, StringComparer.Ordinal);

    private static IEnumerable<(TimeSpan From, TimeSpan To)> Runs(IEnumerable<TimeSpan> times, TimeSpan interval)
    {
        (TimeSpan From, TimeSpan To)? run = null;
        foreach (var time in times)
        {
            if (run is { } open && time - open.To > interval)
            {
                yield return open;
                run = null;
            }
            run = (run?.From ?? time, time);
        }
        if (run is { } last)
        {
            yield return last;
        }
    }

    private static (string, string, string) Read(string labels) =>
        Read(
            Label()
                .Matches(labels)
                .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value, StringComparer.Ordinal)
        );

    /// <summary>Returns the name, the severity, and the labels that distinguish it from others.</summary>
    public static (string, string, string) Read(IReadOnlyDictionary<string, string> all)
    {
        var telling = all.Where(label => label.Key is not ("__name__" or "alertname" or "alertstate" or "severity"))
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}=\"{label.Value}\"");
        return (all["alertname"][Prefix.Length..], all.GetValueOrDefault("severity", ""), string.Join(',', telling));
    }

    /// <summary>Parses Prometheus' format: 1d2h3m4s.</summary>
    private static TimeSpan Duration(string text) =>
        TimeSpan.FromSeconds(
            Unit()
                .Matches(text)
                .Sum(unit =>
                    double.Parse(unit.Groups[1].Value, CultureInfo.InvariantCulture)
                    * unit.Groups[2].Value switch
                    {
                        "d" => 86400,
                        "h" => 3600,
                        "m" => 60,
                        _ => 1,
                    }
                )
        );

    [GeneratedRegex("""^\s+expr: ".*", time: (\S+),$""")]
    private static partial Regex Asked();

    [GeneratedRegex("""\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\} \S+?(?=, \{|$)""")]
    private static partial Regex Element();

    [GeneratedRegex("""(\w+)="((?:[^"\\]|\\.)*)"(?:, |$)""")]
    private static partial Regex Label();

    [GeneratedRegex("([0-9.]+)(d|h|m|s)")]
    private static partial Regex Unit();
}
