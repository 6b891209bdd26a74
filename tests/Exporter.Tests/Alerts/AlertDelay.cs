using System.Globalization;
using System.Text.RegularExpressions;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>A range of seconds.</summary>
internal readonly record struct SecondsRange(double From, double To)
{
    public static SecondsRange operator +(SecondsRange one, SecondsRange other) =>
        new(one.From + other.From, one.To + other.To);
}

/// <summary>How long an alert takes, leg by leg: a row of the tables in docs/alerting.md.</summary>
/// <param name="Alert">Name without the common prefix.</param>
/// <param name="For">The rule's "for" time.</param>
/// <param name="Case">Distinguishes the row from others of the same alert; empty for the ordinary one.</param>
internal sealed partial record AlertDelay(
    string Alert,
    string For,
    string Case,
    IReadOnlyDictionary<string, SecondsRange> Legs,
    SecondsRange Total
)
{
    /// <summary>Interval between evaluations, in seconds. A rule's wait is rounded up to a multiple of it.</summary>
    public const int Evaluation = 10;

    public static IReadOnlyList<AlertDelay> ToPage(string document) => Read(document, "fault to receiver");

    public static IReadOnlyList<AlertDelay> ToEnd(string document) => Read(document, "mended to receiver");

    /// <summary>Returns the row of this case, or the ordinary one.</summary>
    public static AlertDelay Of(IReadOnlyList<AlertDelay> ways, string alert, string what) =>
        ways.SingleOrDefault(way => way.Alert == alert && way.Case == what)
        ?? ways.Single(way => way.Alert == alert && way.Case == "");

    /// <summary>The total if the waits of rules and Alertmanager are divided.</summary>
    public SecondsRange Divided(int divisor) =>
        Legs.Select(leg =>
                leg.Key switch
                {
                    "for" or "keep_firing_for" => new SecondsRange(
                        Rounded(leg.Value.From / divisor),
                        Rounded(leg.Value.To / divisor)
                    ),
                    "group_wait" or "group_interval" => new SecondsRange(
                        leg.Value.From / divisor,
                        leg.Value.To / divisor
                    ),
                    _ => leg.Value,
                }
            )
            .Aggregate((sum, leg) => sum + leg);

    /// <summary>Rounds up to the next evaluation.</summary>
    public static double Rounded(double seconds) => Math.Ceiling(seconds / Evaluation) * Evaluation;

    private static IReadOnlyList<AlertDelay> Read(string document, string total)
    {
        var lines = document.Split('\n');
        var head = Array.FindIndex(lines, line => line.EndsWith($"| {total} |", StringComparison.Ordinal));
        var names = Cells(lines[head])[1..^1];
        return
        [
            .. lines
                .Skip(head + 2)
                .TakeWhile(line => line.StartsWith('|'))
                .Select(line =>
                {
                    var cells = Cells(line);
                    var title = Title().Match(line);
                    return new AlertDelay(
                        title.Groups[1].Value,
                        title.Groups[2].Value,
                        title.Groups[3].Value,
                        names.Zip(cells[1..^1], (name, cell) => (name, Span(cell))).ToDictionary(),
                        Span(cells[^1])
                    );
                }),
        ];
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];

    private static SecondsRange Span(string cell)
    {
        var ends = cell.Replace(" s", "", StringComparison.Ordinal)
            .Split(" to ")
            .Select(end => double.Parse(end, CultureInfo.InvariantCulture))
            .ToList();
        return new SecondsRange(ends[0], ends[^1]);
    }

    // "| ClustermgrNoLeader (45s), members cut off from each other |"
    [GeneratedRegex(@"^\| Clustermgr(\w+) \((\w+)\)(?:, ([^|]+?))? \|")]
    private static partial Regex Title();
}
