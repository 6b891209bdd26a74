using System.Collections.Immutable;
using Clustermgr.Analysis;
using ClustermgrExporter.Polling.History;

namespace ClustermgrExporter.Web.Html;

/// <summary>One cluster: the verdict, what is wrong, and what one looks at next.</summary>
internal static class DetailView
{
    private const int MostEvents = 30;

    public static string Title(ClusterAnalysis analysis) =>
        $"{ClusterFacts.Words(analysis)}: {analysis.Snapshot.Cluster}";

    public static Markup Render(ClusterAnalysis analysis, ImmutableArray<ClusterEvent> events)
    {
        var (html, snapshot) = (new Markup(), analysis.Snapshot);
        html.Add(
            $"""
            <main id="status" data-cluster="{snapshot.Cluster}">
            <h1>{snapshot.Cluster}: {ClusterFacts.Words(analysis)}</h1>
            <p>As of {HtmlText.Time(snapshot.WallAt)}.</p>

            """
        );
        FindingList.Add(html, analysis, int.MaxValue);
        Essentials(html, analysis);
        Table.Add(
            html,
            "Members",
            [
                "Member",
                "Role",
                "Node",
                "Names as leader",
                "Term",
                "Commit",
                "Applied",
                "Lag (entries)",
                "Last answer",
                "Outcome",
                "Safe to restart",
            ],
            snapshot.Members.Select((member, i) => Member(analysis, member, analysis.SafeToRestart[i]))
        );
        Disks(html, snapshot);
        Table.Add(
            html,
            "Task switches",
            ["Switch", "State", "Raw value", "Expected"],
            snapshot.Switches.Select(Switch)
        );
        if (snapshot.Services.Counts.Any())
        {
            Table.Add(
                html,
                "Services",
                ["Service", "IDC", "Online", "Offline", "Hosts offline"],
                snapshot.Services.Counts.Select(count =>
                    (string[])
                        [
                            count.Service,
                            count.Idc,
                            $"{count.Online}",
                            $"{count.Offline}",
                            string.Join(", ", snapshot.Services.Offline(count)),
                        ]
                )
            );
        }
        Events(html, events);
        html.Add($"</main>");
        return html;
    }

    private static void Essentials(Markup html, ClusterAnalysis analysis)
    {
        var (space, volumes) = (analysis.Leader?.Reading?.Blobnodes, analysis.Leader?.Reading?.Volumes);
        var reads = analysis.Snapshot.LinearizableReadUp is { } up
            ? up
                ? "reach a quorum"
                : "reach no quorum"
            : HtmlText.NotKnown;
        html.Add(
            $"""
            <dl>
            <dt>Leader</dt><dd>{ListView.Leader(analysis)}</dd>
            <dt>Voters</dt><dd>{HtmlText.Number(analysis.Voters)}; a quorum is {HtmlText.Number(analysis.Quorum)}</dd>
            <dt>More that may fail</dt><dd>{HtmlText.Number(analysis.QuorumMargin)}</dd>
            <dt>Linearizable reads</dt><dd>{reads}</dd>
            <dt>Space of the blobnodes</dt><dd>{HtmlText.Bytes(space?.Writable)} writable of {HtmlText.Bytes(
                space?.Total
            )}</dd>
            <dt>Volumes</dt><dd>{HtmlText.Number(volumes?.Allocatable)} can be allocated of {HtmlText.Number(
                volumes?.Total
            )}</dd>
            </dl>

            """
        );
    }

    private static string[] Member(ClusterAnalysis analysis, MemberRecord member, bool? safe)
    {
        var raft = member.Reading?.Raft;
        var outcome = member.Outcome is { } known ? Words.For(known) : "not polled yet";
        return
        [
            member.Name,
            raft is null ? HtmlText.NotKnown : Words.For(raft.State),
            HtmlText.Number(member.NodeId),
            raft?.Leader == 0 ? "none" : HtmlText.Number(raft?.Leader),
            HtmlText.Number(raft?.Term),
            HtmlText.Number(raft?.Commit),
            HtmlText.Number(raft?.Applied),
            HtmlText.Number(ClusterFacts.Lag(analysis, member)),
            HtmlText.Time(analysis.Snapshot.Wall(ClusterFacts.LastAnswer(member))),
            member.Detail.Length > 0 ? $"{outcome}: {member.Detail}" : outcome,
            HtmlText.YesNo(safe),
        ];
    }

    private static void Disks(Markup html, ClusterSnapshot snapshot)
    {
        var disks = snapshot.Disks;
        if (disks.Disks.IsEmpty)
        {
            var sentence = snapshot.Wall(disks.ReadAt) is { } read
                ? $"No disk was other than normal at {HtmlText.Time(read)}."
                : "Which disks are not normal is not known.";
            html.Add($"<p>{sentence}</p>\n");
            return;
        }
        Table.Add(
            html,
            disks.Truncated ? "Disks that are not normal (there are more)" : "Disks that are not normal",
            ["Disk", "State", "Since", "Host", "Path", "IDC", "Rack"],
            disks.Disks.Select(record =>
                (string[])
                    [
                        $"{record.Disk.Id}",
                        record.State,
                        HtmlText.Time(snapshot.Wall(record.Since)),
                        record.Disk.Host,
                        record.Disk.Path,
                        record.Disk.Idc,
                        record.Disk.Rack,
                    ]
            )
        );
    }

    private static string[] Switch(SwitchRecord entry) =>
        [
            entry.Key,
            Words.For(TaskSwitches.StateOf(entry.Key, entry.Reading)),
            entry.Reading?.Raw is { } raw ? $"\"{raw}\"" : "none",
            entry.Expected is { } expected
                ? expected
                    ? "enabled"
                    : "disabled"
                : "not configured",
        ];

    private static void Events(Markup html, ImmutableArray<ClusterEvent> events)
    {
        if (events.IsEmpty)
        {
            return;
        }
        Table.Add(
            html,
            "What happened lately",
            ["At", "What", "About", "Sentence"],
            events
                .Reverse()
                .Take(MostEvents)
                .Select(entry =>
                    (string[])[HtmlText.Time(entry.At), entry.Change.Kind, entry.Change.Subject, entry.Change.Sentence]
                )
        );
    }
}
