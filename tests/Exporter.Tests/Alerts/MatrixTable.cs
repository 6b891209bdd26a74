using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>The matrix as people read it, in docs/alerting.md.</summary>
internal static class MatrixTable
{
    private const string Begin = "<!-- matrix -->\n";
    private const string End = "<!-- /matrix -->\n";

    /// <summary>The document with the table as it is now.</summary>
    public static string In(string document, IReadOnlyList<(Incident Incident, Timeline Timeline)> played)
    {
        var (begin, end) = (document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, document.IndexOf(End, StringComparison.Ordinal));
        return document[..begin] + Of(played) + document[end..];
    }

    /// <summary>How many of those that fired should have, and how many of those that should have fired did.</summary>
    public static (int Right, int Fired, int Wanted) Count(IEnumerable<(Incident Incident, Timeline Timeline)> played)
    {
        var (right, fired, wanted) = (0, 0, 0);
        foreach (var (incident, timeline) in played)
        {
            right += timeline.Alerts.Intersect(incident.Raises).Count();
            fired += timeline.Alerts.Count;
            wanted += incident.Raises.Length;
        }
        return (right, fired, wanted);
    }

    private static string Of(IReadOnlyList<(Incident Incident, Timeline Timeline)> played)
    {
        var (right, fired, wanted) = Count(played);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            {played.Count} incidents, played by simulated clusters to the exporter on a test's clock, and from its pages to the rules in steps of
            15 s (a minute and more for those that last hours). {fired} alerts fired and {wanted} should have: precision {Percent(right, fired)}, recall {Percent(right, wanted)}.
            In parentheses the time of the first from the start of the story, most of which begin to hurt at 2:00.

            | incident | raises |
            |---|---|

            """);
        foreach (var (incident, timeline) in played.Where(one => one.Timeline.Alerts.Count > 0))
        {
            var alerts = timeline.Firings.GroupBy(firing => firing.Alert).Select(alert =>
                $"{alert.Key} ({(int)alert.Min(firing => firing.From).TotalMinutes}:{alert.Min(firing => firing.From).Seconds:00})");
            text.Append(CultureInfo.InvariantCulture, $"| {Words(incident)} | {string.Join(", ", alerts)} |\n");
        }
        text.Append("\nThese raise nothing:\n\n");
        foreach (var (incident, _) in played.Where(one => one.Timeline.Alerts.Count == 0))
            text.Append(CultureInfo.InvariantCulture, $"- {Words(incident)}{(incident.JustBelow is { } alert ? $" (just not {alert})" : "")}\n");
        return text.ToString();
    }

    private static string Words(Incident incident) => incident.Name.Replace('-', ' ');

    private static string Percent(int part, int whole) => (100.0 * part / whole).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
