using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Clusters one below the other, as status prints them.</summary>
internal static class StatusText
{
    /// <param name="watched">It is asked again and again, so since when a finding holds says something.</param>
    /// <param name="before">What was printed last, to mark what differs; null for nothing.</param>
    public static string Of(
        IEnumerable<StatusReport> clusters,
        Paper paper,
        IEnumerable<StatusReport>? before = null,
        bool watched = false
    )
    {
        var printer = new SheetPrinter(paper);
        var old = before?.ToDictionary(
            report => report.Analysis.Snapshot.Cluster,
            report => StatusSheet.Of(report, watched),
            StringComparer.Ordinal
        );
        return string.Join(
            '\n',
            clusters.Select(report =>
                printer.Print(StatusSheet.Of(report, watched), old?.GetValueOrDefault(report.Analysis.Snapshot.Cluster))
            )
        );
    }
}
