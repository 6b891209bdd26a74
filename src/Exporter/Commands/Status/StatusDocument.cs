using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Formatting;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The report on one cluster: the verdict, the findings with the worst first, the essentials, and then all
/// details.</summary>
internal static class StatusDocument
{
    /// <summary>The grid with the essentials; the grids before it show what is wrong.</summary>
    public const string Essentials = "essentials";

    /// <summary>The first cell of its rows about what could not be asked.</summary>
    public const string Note = "note";

    private const string NoHeading = "";

    /// <param name="watched">True to show since when findings hold.</param>
    public static ReportDocument Create(StatusReport report, bool watched)
    {
        var analysis = report.Analysis;
        var snapshot = report.Analysis.Snapshot;
        var verdict = ClusterVerdict.FromAnalysis(analysis);
        var leader = analysis.Leader?.Reading;
        return new ReportDocument(
            snapshot.Cluster,
            new ReportCell(verdict.Text, GetStyle(verdict, analysis)),
            [
                Findings(analysis, watched),
                AlertGrid.Create(report.Alerts, snapshot.Cluster),
                StorageGrids.CreateImpactGrid(report.Impact),
                StorageGrids.Worst(report.Impact),
                new ReportTable(Essentials, Columns(NoHeading, NoHeading), [.. SummaryRows.List(report).Select(Fact)]),
                MemberGrids.Members(analysis),
                MemberGrids.Peers(analysis),
                .. StorageGrids.Disks(leader),
                StorageGrids.Progress(analysis),
                StorageGrids.NotNormal(snapshot.Disks),
                StorageGrids.Space(leader),
                StorageGrids.Volumes(leader),
                StorageGrids.CreateScanGrid(snapshot.VolumeScan),
                Switches(snapshot),
                new ReportTable(
                    "services",
                    Columns("SERVICE", "IDC", "ONLINE", "OFFLINE", "HOSTS OFFLINE"),
                    [
                        .. snapshot.Services.Counts.Select(count => new ReportRow(
                            $"{count.Service} {count.Idc}",
                            [
                                count.Service,
                                CellText.Text(count.Idc),
                                CellText.Number(count.Online),
                                CellText.Number(count.Offline),
                                CellText.Text(string.Join(',', snapshot.Services.GetOfflineHosts(count))),
                            ]
                        )),
                    ]
                ),
            ]
        );
    }

    public static ImmutableArray<ReportColumn> Columns(params IEnumerable<string> titles) =>
        [.. titles.Select(title => new ReportColumn(title))];

    // There may be several notes, so their text is the key.
    private static ReportRow Fact((string Word, string Text) fact) =>
        new(fact.Word == Note ? fact.Text : fact.Word, [fact.Word, fact.Text]);

    private static TextStyle GetStyle(ClusterVerdict verdict, ClusterAnalysis analysis) =>
        verdict.Kind switch
        {
            VerdictKind.Healthy => TextStyle.Healthy,
            VerdictKind.Unknown => TextStyle.Page,
            _ => analysis.Findings.Any(finding => finding.Severity == Severity.Page)
                ? TextStyle.Page
                : TextStyle.Ticket,
        };

    private static ReportTable Findings(ClusterAnalysis analysis, bool watched) =>
        new(
            "findings",
            Columns(NoHeading, NoHeading, NoHeading),
            [
                .. analysis.Findings.Select(finding => new ReportRow(
                    $"{finding.Name} {finding.Subject}",
                    [
                        finding.Severity == Severity.Page
                            ? new ReportCell("PAGE", TextStyle.Page)
                            : new ReportCell("ticket", TextStyle.Ticket),
                        finding.Name,
                        watched
                            ? $"{finding.Sentence} Since {analysis.Snapshot.ToWallClock(finding.Since):HH:mm:ss} UTC."
                            : finding.Sentence,
                    ]
                )),
            ]
        )
        {
            ShowsRemovedRows = true,
        };

    /// <summary>With the value as it is stored: only the exact word true enables.</summary>
    private static ReportTable Switches(ClusterSnapshot snapshot) =>
        new(
            "switches",
            Columns("SWITCH", "STATE", "RAW VALUE", "EXPECTED"),
            [
                // When no switch is known, a line above says so, and no row is shown.
                .. snapshot
                    .Switches.Where(_ => snapshot.Switches.Any(entry => entry.Reading is not null))
                    .Select(entry => new ReportRow(
                        entry.Key,
                        [
                            entry.Key,
                            LabelNames.ToLabel(TaskSwitches.GetState(entry.Key, entry.Reading)),
                            entry.Reading switch
                            {
                                null => CellText.Unknown,
                                { Raw: null } => "unset",
                                { Raw: { } raw } => Quoted.From(raw),
                            },
                            entry.Expected switch
                            {
                                null => CellText.Unknown,
                                true => "enabled",
                                false => "disabled",
                            },
                        ]
                    )),
            ]
        );
}
