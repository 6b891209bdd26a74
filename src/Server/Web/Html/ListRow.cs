using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>What a row is sorted by in one column: a number or a text.</summary>
internal readonly record struct SortValue(double Number, string Text)
{
    public static readonly IComparer<SortValue?> Comparer = Comparer<SortValue?>.Create(
        static (one, other) =>
            (one ?? default).Number.CompareTo((other ?? default).Number) is var order and not 0
                ? order
                : string.CompareOrdinal((one ?? default).Text, (other ?? default).Text)
    );

    public static SortValue? From(double? number) => number is { } known ? new(known, "") : null;

    public static SortValue? From(string? text) => text is null ? null : new(0, text.ToLowerInvariant());

    /// <summary>As the script reads it.</summary>
    public override string ToString() => Text.Length > 0 ? Text : Number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A column by which the list can be sorted.</summary>
/// <param name="Key">In ?sort=.</param>
/// <param name="Descending">Default direction, with the most relevant rows on top.</param>
/// <param name="GetValue">Null if unknown.</param>
internal sealed record ListColumn(
    string Key,
    TableColumn Column,
    bool Descending,
    Func<ClusterAnalysis, SortValue?> GetValue
);

/// <summary>One cluster in the list.</summary>
internal static class ListRow
{
    private const int MaxFindings = 3;

    public static readonly ListColumn Verdict = new(
        "verdict",
        new("Verdict and findings"),
        Descending: true,
        analysis => SortValue.From(ClusterFacts.Urgency(analysis))
    );

    public static readonly ImmutableArray<ListColumn> Columns =
    [
        new("cluster", new("Cluster"), false, analysis => SortValue.From(analysis.Snapshot.Cluster)),
        Verdict,
        new("leader", new("Leader"), false, analysis => SortValue.From(GetLeaderName(ClusterFacts.Leader(analysis)))),
        new(
            "members",
            new("Members up", IsNumeric: true),
            Descending: false,
            analysis => SortValue.From((double)ClusterFacts.Up(analysis) / analysis.Snapshot.Members.Length)
        ),
        new("margin", new("May still fail", IsNumeric: true), false, analysis => SortValue.From(analysis.QuorumMargin)),
        new(
            "broken",
            new("Broken disks", IsNumeric: true),
            Descending: true,
            analysis => SortValue.From(CountBroken(analysis))
        ),
        new("space", new("Writable space"), Descending: false, analysis => SortValue.From(WritableShare(analysis))),
    ];

    private static readonly TableColumn[] TableColumns = [.. Columns.Select(column => column.Column)];

    /// <summary>Searchable text that the row shows: name, verdict, leader and the first findings.</summary>
    public static IEnumerable<string> GetVisibleText(ClusterAnalysis analysis) =>
        [
            analysis.Snapshot.Cluster,
            ClusterFacts.GetVerdictText(analysis),
            GetLeaderName(ClusterFacts.Leader(analysis)) ?? "",
            .. Texts(ClusterFacts.Findings(analysis).Take(MaxFindings)),
        ];

    /// <summary>Searchable text that the row does not show: its members and the other findings.</summary>
    public static IEnumerable<string> GetHiddenText(ClusterAnalysis analysis) =>
        analysis
            .Snapshot.Members.Select(member => member.Name)
            .Concat(Texts(ClusterFacts.Findings(analysis).Skip(MaxFindings)))
            .Except(GetVisibleText(analysis));

    /// <summary>Both, a line each, in lower case. The script searches in the same text.</summary>
    public static string GetSearchText(ClusterAnalysis analysis) =>
        string.Join('\n', GetVisibleText(analysis).Concat(GetHiddenText(analysis))).ToLowerInvariant();

    /// <param name="place">Position in the configured order.</param>
    /// <param name="words">Words of the search.</param>
    public static Markup Render(ClusterAnalysis analysis, int place, ImmutableArray<string> words)
    {
        var name = analysis.Snapshot.Cluster;
        var level = VerdictText.GetCssClass(VerdictText.GetLevel(analysis));
        var told = analysis.Snapshot.PolledOnce ? level : "";
        var hidden = string.Join('\n', GetHiddenText(analysis));
        return Markup.From(
            $"""
            <tr role="row" class="{level}" data-key="{name}" data-verdict="{told}" data-place="{place}"
            data-find="{GetSearchText(analysis)}" data-hidden="{hidden}">{Table.Cells(
                TableColumns,
                Cells(analysis, words),
                [.. Columns.Select(column => column.GetValue(analysis)?.ToString())]
            )}</tr>

            """
        );
    }

    private static Markup?[] Cells(ClusterAnalysis analysis, ImmutableArray<string> words)
    {
        var name = analysis.Snapshot.Cluster;
        var up = ClusterFacts.Up(analysis);
        var members = analysis.Snapshot.Members.Length;
        var findings = ClusterFacts.Findings(analysis).IsEmpty
            ? null
            : Markup.From($"""<ul class="findings">{FindingList.Render(analysis, MaxFindings)}</ul>""");
        return
        [
            Markup.From($"""<a href="?cluster={Uri.EscapeDataString(name)}">{name}</a>"""),
            Markup.From(
                $"""{VerdictText.Render(analysis)}{findings}<small class="match">{DescribeMatch(analysis, words)}</small>"""
            ),
            Leader(ClusterFacts.Leader(analysis)),
            HtmlText.Highlight(up < members, Markup.FromText($"{up} of {members}")),
            HtmlText.OrUnknown(
                analysis.QuorumMargin,
                margin => HtmlText.Highlight(KeyFigures.IsMarginLow(margin, members), HtmlText.Count((int?)margin))
            ),
            HtmlText.OrUnknown(
                CountBroken(analysis),
                disks => HtmlText.Highlight(disks > 0, HtmlText.Count((long?)disks))
            ),
            Space(analysis.Leader?.Reading?.Blobnodes),
        ];
    }

    /// <summary>Explains why a row is found that does not show the searched words.</summary>
    private static string DescribeMatch(ClusterAnalysis analysis, ImmutableArray<string> words)
    {
        var seen = string.Join('\n', GetVisibleText(analysis)).ToLowerInvariant();
        var unseen = words.Where(word => !seen.Contains(word, StringComparison.Ordinal)).ToList();
        var matches = GetHiddenText(analysis).Where(line => unseen.Exists(line.ToLowerInvariant().Contains)).ToList();
        return matches.Count == 0 ? "" : $"matches {string.Join(", ", matches)}";
    }

    private static IEnumerable<string> Texts(IEnumerable<Finding> findings) =>
        findings.SelectMany(finding => (string[])[finding.Name, finding.Subject]).Distinct();

    private static long? CountBroken(ClusterAnalysis analysis) => ClusterFacts.Disks(analysis, idc => idc.Broken);

    private static double? WritableShare(ClusterAnalysis analysis) =>
        analysis.Leader?.Reading?.Blobnodes is { Total: { } total and > 0, Writable: { } writable }
            ? (double)writable / total
            : null;

    private static string? GetLeaderName(LeaderFacts? leader) =>
        leader is null ? null : leader.Member ?? $"node {leader.NodeId}";

    private static Markup Leader(LeaderFacts? leader)
    {
        if (GetLeaderName(leader) is not { } name)
        {
            return HtmlText.Highlight("none known");
        }
        return leader!.Answers == false
            ? Markup.From($"{name}{HtmlText.Highlight(", does not answer")}")
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
