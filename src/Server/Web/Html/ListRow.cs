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

    public static SortValue? Of(double? number) => number is { } known ? new(known, "") : null;

    public static SortValue? Of(string? text) => text is null ? null : new(0, text.ToLowerInvariant());

    /// <summary>As the script reads it.</summary>
    public override string ToString() => Text.Length > 0 ? Text : Number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A column by which the list can be sorted.</summary>
/// <param name="Key">In ?sort=.</param>
/// <param name="Descending">Default direction, with the most relevant rows on top.</param>
/// <param name="ValueOf">Null if unknown.</param>
internal sealed record ListColumn(
    string Key,
    Column Column,
    bool Descending,
    Func<ClusterAnalysis, SortValue?> ValueOf
);

/// <summary>One cluster in the list.</summary>
internal static class ListRow
{
    private const int MostFindings = 3;

    public static readonly ListColumn Verdict = new(
        "verdict",
        new("Verdict and findings"),
        Descending: true,
        analysis => SortValue.Of(ClusterFacts.Urgency(analysis))
    );

    public static readonly ImmutableArray<ListColumn> Columns =
    [
        new("cluster", new("Cluster"), false, analysis => SortValue.Of(analysis.Snapshot.Cluster)),
        Verdict,
        new("leader", new("Leader"), false, analysis => SortValue.Of(NameOf(ClusterFacts.Leader(analysis)))),
        new(
            "members",
            new("Members up", Number: true),
            Descending: false,
            analysis => SortValue.Of((double)ClusterFacts.Up(analysis) / analysis.Snapshot.Members.Length)
        ),
        new("margin", new("May still fail", Number: true), false, analysis => SortValue.Of(analysis.QuorumMargin)),
        new("broken", new("Broken disks", Number: true), Descending: true, analysis => SortValue.Of(Broken(analysis))),
        new("space", new("Writable space"), Descending: false, analysis => SortValue.Of(WritableShare(analysis))),
    ];

    private static readonly Column[] s_columns = [.. Columns.Select(column => column.Column)];

    /// <summary>Searchable text that the row shows: name, verdict, leader and the first findings.</summary>
    public static IEnumerable<string> Seen(ClusterAnalysis analysis) =>
        [
            analysis.Snapshot.Cluster,
            ClusterFacts.Words(analysis),
            NameOf(ClusterFacts.Leader(analysis)) ?? "",
            .. Texts(ClusterFacts.Findings(analysis).Take(MostFindings)),
        ];

    /// <summary>Searchable text that the row does not show: its members and the other findings.</summary>
    public static IEnumerable<string> Hidden(ClusterAnalysis analysis) =>
        analysis
            .Snapshot.Members.Select(member => member.Name)
            .Concat(Texts(ClusterFacts.Findings(analysis).Skip(MostFindings)))
            .Except(Seen(analysis));

    /// <summary>Both, a line each, in lower case. The script searches in the same text.</summary>
    public static string TextOf(ClusterAnalysis analysis) =>
        string.Join('\n', Seen(analysis).Concat(Hidden(analysis))).ToLowerInvariant();

    /// <param name="place">Position in the configured order.</param>
    /// <param name="words">Words of the search.</param>
    public static Markup Render(ClusterAnalysis analysis, int place, ImmutableArray<string> words)
    {
        var (name, level) = (analysis.Snapshot.Cluster, VerdictText.Word(VerdictText.LevelOf(analysis)));
        var told = analysis.Snapshot.PolledOnce ? level : "";
        return Markup.From(
            $"""
            <tr role="row" class="{level}" data-key="{name}" data-verdict="{told}" data-place="{place}"
            data-find="{TextOf(analysis)}" data-hidden="{string.Join('\n', Hidden(analysis))}">{Table.Cells(
                s_columns,
                Cells(analysis, words),
                [.. Columns.Select(column => column.ValueOf(analysis)?.ToString())]
            )}</tr>

            """
        );
    }

    private static Markup?[] Cells(ClusterAnalysis analysis, ImmutableArray<string> words)
    {
        var name = analysis.Snapshot.Cluster;
        var (up, members) = (ClusterFacts.Up(analysis), analysis.Snapshot.Members.Length);
        var findings = ClusterFacts.Findings(analysis).IsEmpty
            ? null
            : Markup.From($"""<ul class="findings">{FindingList.Render(analysis, MostFindings)}</ul>""");
        return
        [
            Markup.From($"""<a href="?cluster={Uri.EscapeDataString(name)}">{name}</a>"""),
            Markup.From(
                $"""{VerdictText.Render(analysis)}{findings}<small class="match">{Match(analysis, words)}</small>"""
            ),
            Leader(ClusterFacts.Leader(analysis)),
            HtmlText.Odd(up < members, Markup.FromText($"{up} of {members}")),
            HtmlText.Known(
                analysis.QuorumMargin,
                margin => HtmlText.Odd(Essentials.IsOdd(margin, members), HtmlText.Count((int?)margin))
            ),
            HtmlText.Known(Broken(analysis), disks => HtmlText.Odd(disks > 0, HtmlText.Count((long?)disks))),
            Space(analysis.Leader?.Reading?.Blobnodes),
        ];
    }

    /// <summary>Explains why a row is found that does not show the searched words.</summary>
    private static string Match(ClusterAnalysis analysis, ImmutableArray<string> words)
    {
        var seen = string.Join('\n', Seen(analysis)).ToLowerInvariant();
        var unseen = words.Where(word => !seen.Contains(word, StringComparison.Ordinal)).ToList();
        var matches = Hidden(analysis).Where(line => unseen.Exists(line.ToLowerInvariant().Contains)).ToList();
        return matches.Count == 0 ? "" : $"matches {string.Join(", ", matches)}";
    }

    private static IEnumerable<string> Texts(IEnumerable<Finding> findings) =>
        findings.SelectMany(finding => (string[])[finding.Name, finding.Subject]).Distinct();

    private static long? Broken(ClusterAnalysis analysis) => ClusterFacts.Disks(analysis, idc => idc.Broken);

    private static double? WritableShare(ClusterAnalysis analysis) =>
        analysis.Leader?.Reading?.Blobnodes is { Total: { } total and > 0, Writable: { } writable }
            ? (double)writable / total
            : null;

    private static string? NameOf(LeaderFacts? leader) =>
        leader is null ? null : leader.Member ?? $"node {leader.NodeId}";

    private static Markup Leader(LeaderFacts? leader)
    {
        if (NameOf(leader) is not { } name)
        {
            return HtmlText.Odd("none known");
        }
        return leader!.Answers == false
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
