using System.Globalization;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>The progress of each disk that is being repaired or dropped.</summary>
internal static class ProgressTable
{
    private static readonly Column[] _columns =
    [
        new("Disk"),
        new("Task"),
        new("Jobs done"),
        new("A minute", Number: true),
        new("Outlook"),
        new("Last change", Number: true),
    ];

    /// <summary>Null if there is nothing to show.</summary>
    public static Markup? Render(ClusterAnalysis analysis)
    {
        if (ProgressFacts.Unknown(analysis) is { } reason)
        {
            return Markup.From(
                $"""<p class="none" data-key="progress">How far repairs and drops are is not known: {reason}.</p>"""
            );
        }
        var disks = ProgressFacts.UnderWay(analysis).ToList();
        return disks.Count == 0
            ? null
            : Markup.From(
                $"""
                <div data-key="progress">{Table.Render(
                    "Repairs and drops under way",
                    _columns,
                    disks.Select(disk => Row(analysis, disk))
                )}<p class="none">Told by {analysis.Snapshot.Scheduler.Host}, {TimeText.Ago(
                    analysis.Snapshot.Wall(analysis.Snapshot.Scheduler.ReadAt)
                )}.</p></div>
                """
            );
    }

    private static TableRow Row(ClusterAnalysis analysis, DiskProgress disk)
    {
        var still = ProgressFacts.StandsStill(analysis, disk);
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
            ProgressFacts.PerMinute(analysis, disk) is { } rate
                ? Markup.FromText(rate.ToString(rate < 10 ? "0.#" : "0", CultureInfo.InvariantCulture))
                : null,
            HtmlText.Odd(still, Markup.FromText(ProgressFacts.Outlook(analysis, disk))),
            TimeText.Ago(analysis.Snapshot.Wall(disk.AdvancedAt))
        );
    }
}
