using System.Globalization;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>The progress of each disk that is being repaired or dropped.</summary>
internal static class ProgressTable
{
    private static readonly TableColumn[] Columns =
    [
        new("Disk"),
        new("Task"),
        new("Jobs done"),
        new("A minute", IsNumeric: true),
        new("Outlook"),
        new("Last change", IsNumeric: true),
    ];

    /// <summary>Null if there is nothing to show.</summary>
    public static Markup? Render(ClusterAnalysis analysis)
    {
        if (ProgressFacts.DescribeUnknown(analysis) is { } reason)
        {
            return Markup.From(
                $"""<p class="none" data-key="progress">How far repairs and drops are is not known: {reason}.</p>"""
            );
        }
        var disks = ProgressFacts.GetDisksInProgress(analysis).ToList();
        return disks.Count == 0
            ? null
            : Markup.From(
                $"""
                <div data-key="progress">{Table.Render(
                    "Repairs and drops under way",
                    Columns,
                    disks.Select(disk => Row(analysis, disk))
                )}<p class="none">Told by {analysis.Snapshot.Scheduler.Host}, {TimeText.Ago(
                    analysis.Snapshot.ToWallClock(analysis.Snapshot.Scheduler.ReadAt)
                )}.</p></div>
                """
            );
    }

    private static TableRow Row(ClusterAnalysis analysis, DiskProgress disk)
    {
        var still = ProgressFacts.IsStalled(analysis, disk);
        var share = disk.Total == 0 ? 0 : (double)disk.Done / disk.Total;
        return new TableRow(
            $"{disk.Disk} {disk.Task}",
            HtmlText.Id(disk.Disk),
            Markup.FromText(disk.Task == TaskReading.DiskDrop ? "drop" : "repair"),
            Markup.From(
                $"""
                {Bar.Render("bar", (share, still ? "warn" : "data"))}<span class="legend">{HtmlText.Count(
                    disk.Done
                )} of {HtmlText.Count(disk.Total)}</span>
                """
            ),
            ProgressFacts.GetJobsPerMinute(analysis, disk) is { } rate
                ? Markup.FromText(rate.ToString(rate < 10 ? "0.#" : "0", CultureInfo.InvariantCulture))
                : null,
            HtmlText.Highlight(still, Markup.FromText(ProgressFacts.DescribeOutlook(analysis, disk))),
            TimeText.Ago(analysis.Snapshot.ToWallClock(disk.AdvancedAt))
        );
    }
}
