using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Renders the output of successive polls.</summary>
/// <param name="terminal">Returns its columns and lines; null when stdout is not a terminal.</param>
/// <param name="environment">Environment variables of the process.</param>
internal sealed class StatusScreen(
    StatusOptions view,
    Func<(int Columns, int Lines)?> terminal,
    IReadOnlyDictionary<string, string> environment
)
{
    // Wrapping is switched off meanwhile: a line that is wider than the screen is cut off, and does not push out the
    // first lines.
    private const string Begin = "\u001b[?7l\u001b[H",
        ToEndOfLine = "\u001b[K",
        End = "\u001b[J\u001b[?7h";

    private StatusReport[]? _before;

    public string Next(StatusReport[] reports)
    {
        var size = terminal();
        var before = _before;
        _before = reports = [.. reports.Select(WithStartTimes)];
        if (view.Json)
        {
            return StatusJson.Format(reports, view.FailOn, indented: view.Watch is null);
        }
        var text = StatusText.Format(
            reports,
            TerminalFormat.FromEnvironment(size?.Columns, view.Colour, environment),
            before,
            watched: view.Watch is not null,
            brief: reports.Length > 1 && !view.Wide && !view.Volumes
        );
        if (view.Watch is null)
        {
            return text;
        }
        var at = $"{reports.Max(report => report.Analysis.Snapshot.WallClockAt).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        // In a pipe reports follow each other; on a terminal they are drawn in place and cut to its height, so that the
        // verdict does not scroll away.
        if (size is not { } screen)
        {
            return $"{(before is null ? "" : "\n")}{at}\n{text}";
        }
        var lines = text.TrimEnd('\n').Split('\n');
        var room = Math.Max(1, screen.Lines - 2);
        var cut = lines.Length > room ? $", {lines.Length - room} lines more than fit here" : "";
        return Begin
            + string.Concat(
                lines.Take(room).Prepend($"{at}{cut}; Ctrl-C ends it").Select(line => $"{line}{ToEndOfLine}\n")
            )
            + End;
    }

    /// <summary>Takes the start times of findings from the report before, since each poll starts without
    /// them.</summary>
    private StatusReport WithStartTimes(StatusReport report)
    {
        var analysis = report.Analysis;
        var snapshot = report.Analysis.Snapshot;
        var before = _before
            ?.FirstOrDefault(other => other.Analysis.Snapshot.Cluster == snapshot.Cluster)
            ?.Analysis.Findings;
        return before is not { } known
            ? report
            : report with
            {
                Analysis = analysis with
                {
                    Findings = FindingSet.KeepStartTimes(analysis.Findings, known, snapshot.At),
                },
            };
    }
}
