using Clustermgr.Analysis;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Html;

/// <summary>The page of one cluster: the verdict first, then the details in the order in which they are
/// needed.</summary>
internal static class DetailView
{
    public static string Title(ClusterAnalysis analysis) =>
        $"{ClusterFacts.GetVerdictText(analysis)}: {analysis.Snapshot.Cluster}";

    /// <param name="alone">No other cluster is watched: there is no list to go back to.</param>
    /// <param name="range">What the plots show.</param>
    public static Markup Render(ClusterAnalysis analysis, ClusterHistory history, bool alone, PlotRange range)
    {
        var name = analysis.Snapshot.Cluster;
        var findings = FindingList.Render(analysis, int.MaxValue);
        return Markup.From(
            $"""
            <div class="detail" data-key="{name}" data-verdict="{GetVerdict(analysis)}">
            {(alone ? null : Markup.From($"""<p class="up"><a href="./">All clusters</a></p>"""))}
            <h1 tabindex="-1">{name}</h1>
            <p class="words">{VerdictText.Render(analysis)}</p>
            {Tools}
            {RenderAge(analysis)}
            {(
                ClusterFacts.Findings(analysis).IsEmpty
                    ? null
                    : Markup.From(
                        $"""<ul class="findings panel" aria-label="Findings" data-key="findings">{findings}</ul>"""
                    )
            )}
            {KeyFigures.Render(analysis)}
            {Sections(analysis, history, range)}
            </div>
            """
        );
    }

    /// <summary>Buttons that need the script.</summary>
    private static readonly Markup Tools = Markup.FromHtml(
        """<p class="tools hint"><button type="button" class="ticket-text">Copy as text</button></p>"""
    );

    /// <summary>Shows the age of the page where scripts do not run; where they do, the header shows it.</summary>
    public static Markup RenderAge(ClusterAnalysis analysis) =>
        Markup.From($"""<p class="quiet plain">As of {TimeText.At(analysis.Snapshot.WallClockAt)}.</p>""");

    /// <summary>The script announces a change of this; empty before the first poll.</summary>
    private static string GetVerdict(ClusterAnalysis analysis)
    {
        var pages = ClusterFacts.Pages(analysis);
        return analysis.Snapshot.PolledOnce
            ? $"{VerdictText.GetLevel(analysis)} {pages} {ClusterFacts.Findings(analysis).Length - pages}"
            : "";
    }

    private static Markup Sections(ClusterAnalysis analysis, ClusterHistory history, PlotRange range)
    {
        var samples = range.Filter(history.Samples(), analysis.Snapshot.WallClockAt);
        return Markup.From(
            $"""
            <div class="sections" data-key="sections">
            {Column("wide", Section("Members", MemberTables.Members(analysis)))}
            {Column(
                "major",
                Section(
                    "Disks",
                    DiskTables.ByIdc(analysis),
                    ProgressTable.Render(analysis),
                    DiskTables.NotNormal(analysis.Snapshot)
                ),
                Section("Task switches", TaskTables.Switches(analysis.Snapshot)),
                Section("What happened", Timeline.Render(history.Events()))
            )}
            {Column(
                "minor",
                range.Choice(analysis.Snapshot.Cluster),
                Section("Space", SpacePlots.Gauges(analysis), SpacePlots.Render(analysis, samples)),
                Section("Raft", RaftPlots.Render(analysis, samples)),
                Section(
                    "Services and volumes",
                    TaskTables.Services(analysis.Snapshot),
                    TaskTables.Volumes(analysis.Leader?.Reading?.Volumes),
                    VolumeScanTable.Render(analysis.Snapshot)
                )
            )}
            {(
                analysis.Peers.IsEmpty
                    ? null
                    : Column("wide peers", Section("Peers, as the leader lists them", MemberTables.Peers(analysis)))
            )}
            </div>
            """
        );
    }

    private static Markup Column(string size, params Markup[] sections) =>
        Markup.From($"""<div class="{size}" data-key="{size}">{sections}</div>""");

    private static Markup Section(string title, params Markup?[] content)
    {
        var id = string.Join('-', title.ToLowerInvariant().Split([' ', ','], StringSplitOptions.RemoveEmptyEntries));
        return Markup.From(
            $"""

            <section class="panel" aria-labelledby="{id}" data-key="{id}"><h2 id="{id}">{title}</h2>
            {content}</section>
            """
        );
    }
}
