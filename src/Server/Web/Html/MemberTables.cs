using Clustermgr.Analysis;

namespace ClustermgrExporter.Web.Html;

/// <summary>Tables of members, from their own answers, and of peers, from the leader's.</summary>
internal static class MemberTables
{
    private static readonly Column[] _members =
    [
        new("Member"),
        new("Role"),
        new("Node", Number: true),
        new("Follows", Number: true),
        new("Term", Number: true),
        new("Commit", Number: true),
        new("Applied", Number: true),
        new("Lag", Number: true),
        new("Last answer", Number: true),
        new("Outcome"),
        new("Safe to restart"),
    ];

    private static readonly Column[] _peers =
    [
        new("Host"),
        new("Node", Number: true),
        new("Kind"),
        new("State"),
        new("Match", Number: true),
        new("Lag", Number: true),
        new("Active"),
    ];

    public static Markup Members(ClusterAnalysis analysis) =>
        Table.Render(
            "Each member by its own answer; lag in entries, as the leader sees it",
            _members,
            analysis.Snapshot.Members.Select((member, i) => Member(analysis, member, analysis.SafeToRestart[i]))
        );

    public static Markup Peers(ClusterAnalysis analysis) =>
        Table.Render("Who belongs to the cluster, and how far each has come", _peers, analysis.Peers.Select(Peer));

    private static TableRow Member(ClusterAnalysis analysis, MemberRecord member, bool? safe)
    {
        var raft = member.Reading?.Raft;
        bool? up = member.Outcome is null ? null : member.Up;
        return new TableRow(
            member.Name,
            Markup.From($"""<span class="named">{Mark.Of(up)}<span>{member.Name}</span></span>"""),
            raft is null ? null : Role(member, raft),
            HtmlText.Id(member.NodeId),
            raft?.Leader == 0 ? HtmlText.Odd("none") : HtmlText.Id(raft?.Leader),
            HtmlText.Id(raft?.Term),
            HtmlText.Id(raft?.Commit),
            Applied(raft),
            HtmlText.Count(ClusterFacts.Lag(analysis, member)),
            TimeText.Ago(analysis.Snapshot.Wall(ClusterFacts.LastAnswer(member))),
            Outcome(analysis.Snapshot, member),
            YesOrOddNo(safe)
        )
        {
            Class = up == false ? "down" : "",
        };
    }

    private static Markup Role(MemberRecord member, RaftReading raft)
    {
        var role = Words.For(raft.State).Replace('_', '-') + (member.Reading?.ReadOnly == true ? ", read-only" : "");
        return raft.State == RaftState.Leader
            ? Markup.From($"""<span class="strong">{role}</span>""")
            : Markup.FromText(role);
    }

    /// <summary>The index, and how many committed entries it has not reached.</summary>
    private static Markup Applied(RaftReading? raft) =>
        raft is { Commit: { } commit, Applied: { } applied } && commit > applied
            ? Markup.From($"{applied} <small>({HtmlText.Count(commit - applied)} behind)</small>")
            : HtmlText.Id(raft?.Applied);

    private static Markup? Outcome(ClusterSnapshot snapshot, MemberRecord member)
    {
        if (member.Outcome is not { } outcome)
        {
            return null;
        }
        var word = Words.For(outcome);
        if (member.Up)
        {
            return Markup.FromText(word);
        }
        var detail = member.Detail.Length > 0 ? $": {member.Detail}" : "";
        return Markup.From(
            $"""
            {HtmlText.Odd(word)}{detail}{(
                snapshot.Wall(member.Since) is { } since ? Markup.From($", {TimeText.For(since)}") : null
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
            peer.IsLeader ? Markup.From($"""<span class="strong">leader</span>""") : HtmlText.Known(peer.Role),
            Markup.FromText(Words.For(row.State) + Progress(row)),
            HtmlText.Id(row.Match),
            HtmlText.Count(peer.LagEntries),
            YesOrOddNo(peer.Active)
        );
    }

    private static string Progress(PeerReading peer) =>
        (peer.Paused == true ? ", paused" : "")
        + (peer.PendingSnapshot is { } snapshot and not 0 ? $", snapshot {snapshot} pending" : "");

    private static Markup YesOrOddNo(bool? flag) =>
        HtmlText.Known(flag, yes => yes ? Markup.FromText("yes") : HtmlText.Odd("no"));
}
