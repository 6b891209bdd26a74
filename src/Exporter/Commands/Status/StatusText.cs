using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Clusters one below the other, as status prints them.</summary>
internal static class StatusText
{
    /// <param name="watched">It is asked again and again, so since when a finding holds says something.</param>
    /// <param name="before">What was printed last, to mark what differs; null for nothing.</param>
    public static string Format(
        IEnumerable<StatusReport> clusters,
        TerminalFormat format,
        IEnumerable<StatusReport>? before = null,
        bool watched = false
    )
    {
        var printer = new ReportPrinter(format);
        var old = before?.ToDictionary(
            report => report.Analysis.Snapshot.Cluster,
            report => StatusDocument.Create(report, watched),
            StringComparer.Ordinal
        );
        return string.Join(
            '\n',
            clusters.Select(report =>
                printer.Print(
                    StatusDocument.Create(report, watched),
                    old?.GetValueOrDefault(report.Analysis.Snapshot.Cluster)
                )
            )
        );
    }
}
