using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>What status writes for one poll after the other.</summary>
/// <param name="terminal">Its columns and lines; null where stdout is no terminal.</param>
/// <param name="environment">Of the process.</param>
internal sealed class StatusScreen(
    StatusView view,
    Func<(int Columns, int Lines)?> terminal,
    IReadOnlyDictionary<string, string> environment
)
{
    // A line that is wider than the screen is cut off at its edge meanwhile: broken, it would push the first ones out.
    private const string Begin = "\u001b[?7l\u001b[H",
        ToEndOfLine = "\u001b[K",
        End = "\u001b[J\u001b[?7h";

    private StatusReport[]? _before;

    public string Next(StatusReport[] reports)
    {
        var (size, before) = (terminal(), _before);
        _before = reports = [.. reports.Select(Dated)];
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
        var at = $"{reports.Max(report => report.Analysis.Snapshot.WallAt).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        // One after the other in a pipe; on a terminal in place, and no longer than it is: the verdict must not scroll
        // away.
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

    /// <summary>Each poll asks anew; since when a finding holds, the reports before tell.</summary>
    private StatusReport Dated(StatusReport report)
    {
        var (analysis, snapshot) = (report.Analysis, report.Analysis.Snapshot);
        var before = _before
            ?.FirstOrDefault(other => other.Analysis.Snapshot.Cluster == snapshot.Cluster)
            ?.Analysis.Findings;
        return before is not { } known
            ? report
            : report with
            {
                Analysis = analysis with { Findings = Findings.Since(analysis.Findings, known, snapshot.At) },
            };
    }
}
