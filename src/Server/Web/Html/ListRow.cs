using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>One cluster in the list.</summary>
internal static class ListRow
{
    private const int MostFindings = 3;

    public static readonly Column[] Columns =
    [
        new("Cluster"),
        new("Verdict and findings"),
        new("Leader"),
        new("Members up", Number: true),
        new("May still fail", Number: true),
        new("Broken disks", Number: true),
        new("Writable space"),
    ];

    /// <param name="place">In the configured order.</param>
    public static Markup Render(ClusterAnalysis analysis, int place)
    {
        var (name, level) = (analysis.Snapshot.Cluster, VerdictText.Word(VerdictText.LevelOf(analysis)));
        return Markup.From(
            $"""
            <tr role="row" class="{level}" data-key="{name}" data-verdict="{(
                analysis.Snapshot.PolledOnce ? level : ""
            )}" data-place="{place}" data-rank="{ListQuery.Rank(analysis)}" data-find="{ListQuery.TextOf(
                analysis
            )}">{Table.Cells(Columns, Cells(analysis))}</tr>

            """
        );
    }

    private static Markup?[] Cells(ClusterAnalysis analysis)
    {
        var name = analysis.Snapshot.Cluster;
        var (up, members) = (ClusterFacts.Up(analysis), analysis.Snapshot.Members.Length);
        var findings = ClusterFacts.Findings(analysis).IsEmpty
            ? null
            : Markup.From($"""<ul class="findings">{FindingList.Render(analysis, MostFindings)}</ul>""");
        return
        [
            Markup.From($"""<a href="?cluster={Uri.EscapeDataString(name)}">{name}</a>"""),
            Markup.From($"{VerdictText.Render(analysis)}{findings}"),
            Leader(ClusterFacts.Leader(analysis)),
            HtmlText.Odd(up < members, Markup.FromText($"{up} of {members}")),
            HtmlText.Known(
                analysis.QuorumMargin,
                margin => HtmlText.Odd(Essentials.IsOdd(margin, members), HtmlText.Count((int?)margin))
            ),
            HtmlText.Known(
                ClusterFacts.Disks(analysis, idc => idc.Broken),
                disks => HtmlText.Odd(disks > 0, HtmlText.Count((long?)disks))
            ),
            Space(analysis.Leader?.Reading?.Blobnodes),
        ];
    }

    private static Markup Leader(LeaderFacts? leader)
    {
        if (leader is null)
        {
            return HtmlText.Odd("none known");
        }
        var name = leader.Member ?? $"node {leader.NodeId}";
        return leader.Answers == false
            ? Markup.From($"{name}{HtmlText.Odd(", does not answer")}")
            : Markup.FromText(name);
    }

    private static Markup? Space(SpaceReading? space) =>
        space is { Total: { } total and > 0, Writable: { } writable }
            ? Markup.From(
                $"""
                <span class="share">
                {Bar.Render("bar", ((double)writable / total, "data"))}
                <span class="num">{HtmlText.Percent(writable, total)}</span>
                </span>
                """
            )
            : null;
}
