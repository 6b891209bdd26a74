using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Tables of members, from their own answers, and of peers, from the leader's.</summary>
internal static class MemberTables
{
    private static readonly TableColumn[] MemberColumns =
    [
        new("Member"),
        new("Role"),
        new("Node", IsNumeric: true),
        new("Follows", IsNumeric: true),
        new("Term", IsNumeric: true),
        new("Commit", IsNumeric: true),
        new("Applied", IsNumeric: true),
        new("Lag", IsNumeric: true),
        new("Last answer", IsNumeric: true),
        new("Outcome"),
        new("Safe to restart"),
    ];

    private static readonly TableColumn[] PeerColumns =
    [
        new("Host"),
        new("Node", IsNumeric: true),
        new("Kind"),
        new("State"),
        new("Match", IsNumeric: true),
        new("Lag", IsNumeric: true),
        new("Active"),
    ];

    public static Markup Members(ClusterAnalysis analysis) =>
        Table.Render(
            "Each member by its own answer; lag in entries, as the leader sees it",
            MemberColumns,
            analysis.Snapshot.Members.Select((member, i) => Member(analysis, member, analysis.SafeToRestart[i]))
        );

    public static Markup Peers(ClusterAnalysis analysis) =>
        Table.Render("Who belongs to the cluster, and how far each has come", PeerColumns, analysis.Peers.Select(Peer));

    private static TableRow Member(ClusterAnalysis analysis, MemberRecord member, bool? safe)
    {
        var raft = member.Reading?.Raft;
        bool? up = member.Outcome is null ? null : member.Up;
        return new TableRow(
            member.Name,
            Markup.From($"""<span class="named">{StateIcon.GetIcon(up)}<span>{member.Name}</span></span>"""),
            raft is null ? null : Role(member, raft),
            HtmlText.Id(member.NodeId),
            raft?.Leader == 0 ? HtmlText.Highlight("none") : HtmlText.Id(raft?.Leader),
            HtmlText.Id(raft?.Term),
            HtmlText.Id(raft?.Commit),
            RenderApplied(raft),
            HtmlText.Count(ClusterFacts.Lag(analysis, member)),
            TimeText.Ago(analysis.Snapshot.ToWallClock(ClusterFacts.LastAnswer(member))),
            Outcome(analysis.Snapshot, member),
            RenderYesOrHighlightedNo(safe)
        )
        {
            Class = up == false ? "down" : "",
        };
    }

    private static Markup Role(MemberRecord member, RaftReading raft)
    {
        var role =
            LabelNames.ToLabel(raft.State).Replace('_', '-') + (member.Reading?.ReadOnly == true ? ", read-only" : "");
        return raft.State == RaftState.Leader
            ? Markup.From($"""<span class="strong">{role}</span>""")
            : Markup.FromText(role);
    }

    /// <summary>The index, and how many committed entries it has not reached.</summary>
    private static Markup RenderApplied(RaftReading? raft) =>
        raft is { Commit: { } commit, Applied: { } applied } && commit > applied
            ? Markup.From($"{applied} <small>({HtmlText.Count(commit - applied)} behind)</small>")
            : HtmlText.Id(raft?.Applied);

    private static Markup? Outcome(ClusterSnapshot snapshot, MemberRecord member)
    {
        if (member.Outcome is not { } outcome)
        {
            return null;
        }
        var word = LabelNames.ToLabel(outcome);
        if (member.Up)
        {
            return Markup.FromText(word);
        }
        var detail = member.Detail.Length > 0 ? $": {member.Detail}" : "";
        return Markup.From(
            $"""
            {HtmlText.Highlight(word)}{detail}{(
                snapshot.ToWallClock(member.Since) is { } since ? Markup.From($", {TimeText.For(since)}") : null
            )}
            """
        );
    }

    private static TableRow Peer(PeerView peer)
    {
        var row = peer.Row;
        return new TableRow(
            $"{row.Id}",
            Markup.FromText(row.Host),
            HtmlText.Id(row.Id),
            peer.IsLeader ? Markup.From($"""<span class="strong">leader</span>""") : HtmlText.OrUnknown(peer.Role),
            Markup.FromText(LabelNames.ToLabel(row.State) + Progress(row)),
            HtmlText.Id(row.Match),
            HtmlText.Count(peer.LagEntries),
            RenderYesOrHighlightedNo(peer.Active)
        );
    }

    private static string Progress(PeerReading peer) =>
        (peer.Paused == true ? ", paused" : "")
        + (peer.PendingSnapshot is { } snapshot and not 0 ? $", snapshot {snapshot} pending" : "");

    private static Markup RenderYesOrHighlightedNo(bool? flag) =>
        HtmlText.OrUnknown(flag, yes => yes ? Markup.FromText("yes") : HtmlText.Highlight("no"));
}
