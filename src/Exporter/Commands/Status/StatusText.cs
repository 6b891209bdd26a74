using System.Globalization;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Clusters one below the other, as status prints them.</summary>
internal static class StatusText
{
    /// <param name="watched">True when polls repeat, so that the start times of findings are meaningful.</param>
    /// <param name="before">The previous reports, to mark what differs; null for none.</param>
    /// <param name="brief">A line for each cluster, and below it what is wrong: the worst first.</param>
    public static string Format(
        IEnumerable<StatusReport> clusters,
        TerminalFormat format,
        IEnumerable<StatusReport>? before = null,
        bool watched = false,
        bool brief = false
    )
    {
        var printer = new ReportPrinter(format);
        var old = before?.ToDictionary(
            report => report.Analysis.Snapshot.Cluster,
            report => Document(report),
            StringComparer.Ordinal
        );
        ReportDocument Document(StatusReport report)
        {
            var whole = StatusDocument.Create(report, watched);
            return brief ? Brief(whole) : whole;
        }
        string Print(StatusReport report) =>
            printer.Print(Document(report), old?.GetValueOrDefault(report.Analysis.Snapshot.Cluster));
        if (!brief)
        {
            return string.Join('\n', clusters.Select(Print));
        }
        var all = clusters.ToList();
        return Counts(all)
            + string.Concat(all.OrderByDescending(Urgency).Select(Print))
            + "\nmembers, disks and switches: of all with --wide, of one with --cluster=NAME\n";
    }

    /// <summary>Keeps the findings, the alerts, what was asked for, and the notes.</summary>
    private static ReportDocument Brief(ReportDocument whole) =>
        whole with
        {
            Tables =
            [
                .. whole
                    .Tables.TakeWhile(grid => grid.Name != StatusDocument.Essentials)
                    .Append(Notes(whole.FindTable(StatusDocument.Essentials)!)),
            ],
        };

    private static ReportTable Notes(ReportTable essentials) =>
        essentials with
        {
            Rows = [.. essentials.Rows.Where(row => row.Cells[0].Text == StatusDocument.Note)],
        };

    /// <summary>A cluster that cannot be judged comes first: it may be the worst.</summary>
    private static long Urgency(StatusReport report) =>
        Kind(report) == VerdictKind.Unknown ? long.MaxValue : ClusterFacts.Urgency(report.Analysis);

    private static VerdictKind Kind(StatusReport report) => ClusterVerdict.FromAnalysis(report.Analysis).Kind;

    private static string Counts(List<StatusReport> reports)
    {
        var unknown = reports.Count(report => Kind(report) == VerdictKind.Unknown);
        var healthy = reports.Count(report => Kind(report) == VerdictKind.Healthy);
        var parts = new (int Count, string Words)[]
        {
            (unknown, "cannot be judged"),
            (reports.Count - unknown - healthy, "not healthy"),
            (healthy, "healthy"),
        };
        var told = parts
            .Where(part => part.Count > 0)
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Words}"));
        return $"{Pluralizer.Count(reports.Count, "cluster")}: {string.Join(", ", told)}\n";
    }
}
