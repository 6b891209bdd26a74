using System.Globalization;
using System.Text;

namespace ClustermgrExporter.Tests.Alerts;

/// <summary>One row of the matrix.</summary>
/// <param name="Raises">Alerts that it must raise.</param>
/// <param name="JustBelow">The alert whose limit it stays just below; null for none.</param>
/// <param name="Timeline">Alerts that it raised.</param>
internal sealed record MatrixRow(string Name, string[] Raises, string? JustBelow, AlertTimeline Timeline);

/// <summary>The matrix as text, in docs/alerting.md.</summary>
/// <param name="Incidents">Incidents of simulated clusters.</param>
/// <param name="Recordings">Recordings of real clusters.</param>
internal sealed record MatrixTable(IReadOnlyList<MatrixRow> Incidents, IReadOnlyList<MatrixRow> Recordings)
{
    private IEnumerable<MatrixRow> All => Incidents.Concat(Recordings);

    public static async Task<MatrixTable> PlayedAsync()
    {
        var incidents = new List<MatrixRow>();
        var recordings = new List<MatrixRow>();
        foreach (var incident in Alerts.Incidents.All)
        {
            incidents.Add(
                new(incident.Name, incident.Raises, incident.JustBelow, await Matrix.TimelineAsync(incident))
            );
        }
        foreach (var name in RecordedIncidents.Names)
        {
            recordings.Add(
                new(
                    $"recording-{name}",
                    RecordedIncidents.Raises(name),
                    null,
                    await RecordedIncidents.TimelineAsync(name)
                )
            );
        }
        return new(incidents, recordings);
    }

    /// <summary>Returns the document with the current table.</summary>
    public string In(string document) => DocumentBlock.In(document, "matrix", Text());

    /// <summary>Counts the alerts that fired as they should, all that fired, and all that should have fired.</summary>
    public (int Right, int Fired, int Wanted) Count()
    {
        var right = 0;
        var fired = 0;
        var wanted = 0;
        foreach (var row in All)
        {
            right += row.Timeline.Alerts.Intersect(row.Raises).Count();
            fired += row.Timeline.Alerts.Count;
            wanted += row.Raises.Length;
        }
        return (right, fired, wanted);
    }

    private string Text()
    {
        var (right, fired, wanted) = Count();
        var precision = Percent(right, fired);
        var recall = Percent(right, wanted);
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"""
            {Incidents.Count} incidents, played by simulated clusters to the exporter on a test's clock, and from its
            pages to the rules in steps of 15 s (a minute and more for those that last hours); and {Recordings.Count}
            recordings of real clusters, in steps of 5 s.
            {fired} alerts fired and {wanted} should have: precision {precision}, recall {recall}.
            In parentheses the time of the first from the start of the story, most of which begin to hurt at 2:00.

            | incident | raises |
            |---|---|

            """
        );
        foreach (var row in All.Where(row => row.Timeline.Alerts.Count > 0))
        {
            var alerts = row
                .Timeline.Firings.GroupBy(firing => firing.Alert)
                .Select(alert => (Name: alert.Key, First: alert.Min(firing => firing.From)))
                .Select(alert => $"{alert.Name} ({(int)alert.First.TotalMinutes}:{alert.First.Seconds:00})");
            text.Append(CultureInfo.InvariantCulture, $"| {Words(row)} | {string.Join(", ", alerts)} |\n");
        }
        text.Append("\nThese raise nothing:\n\n");
        foreach (var row in All.Where(row => row.Timeline.Alerts.Count == 0))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"- {Words(row)}{(row.JustBelow is { } alert ? $" (just not {alert})" : "")}\n"
            );
        }
        return text.ToString();
    }

    private static string Words(MatrixRow row) => row.Name.Replace('-', ' ');

    private static string Percent(int part, int whole) =>
        (100.0 * part / whole).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
