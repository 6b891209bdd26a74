using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace ClustermgrExporter.Web.Html;

/// <summary>The key figures for a person on call, in one line.</summary>
internal static class KeyFigures
{
    public static Markup Render(ClusterAnalysis analysis)
    {
        var up = ClusterFacts.Up(analysis);
        var members = analysis.Snapshot.Members.Length;
        var broken = ClusterFacts.Disks(analysis, idc => idc.Broken);
        var expired = ClusterFacts.Disks(analysis, idc => idc.Expired);
        var reads = analysis.Snapshot.LinearizableReadUp;
        return Markup.From(
            $"""
            <dl class="essentials" data-key="essentials">
            {Leader(ClusterFacts.Leader(analysis))}
            {Tile("Members up", Markup.FromText($"{up} of {members}"), "", up < members)}
            {Margin(analysis)}
            {Tile("Quorum reads", HtmlText.OrUnknown(reads, up => up ? "work" : "fail"), "", reads == false)}
            {Tile(
                "Broken disks",
                HtmlText.Count(broken),
                expired is { } silent ? $"{HtmlText.Count(silent)} expired" : "",
                broken > 0 || expired > 0
            )}
            {Switches(analysis.Snapshot)}
            {Writable(analysis.Leader?.Reading?.Blobnodes)}
            </dl>
            """
        );
    }

    /// <summary>Whether the margin is a problem. A margin of 0 is normal for a single member.</summary>
    public static bool IsMarginLow(int? margin, int members) => margin <= 0 && members > 1;

    private static Markup Leader(LeaderFacts? leader)
    {
        if (leader is null)
        {
            return Tile("Leader", Markup.FromText("none known"), "", highlight: true);
        }
        var where = $"node {leader.NodeId}, term {leader.Term}";
        var silent = leader.Answers == false;
        return Tile(
            "Leader",
            Markup.FromText(leader.Member ?? $"node {leader.NodeId}"),
            silent ? $"{where}, does not answer" : where,
            silent
        );
    }

    private static Markup Margin(ClusterAnalysis analysis) =>
        Tile(
            "May still fail",
            HtmlText.Count(analysis.QuorumMargin),
            analysis.Voters is { } voters
                ? $"{HtmlText.Count(voters, "voter")}, quorum {(analysis.Quorum is { } quorum ? quorum : "not known")}"
                : "",
            IsMarginLow(analysis.QuorumMargin, analysis.Snapshot.Members.Length)
        );

    private static Markup Switches(ClusterSnapshot snapshot)
    {
        // Nothing reads the misspelled key: it counts only if somebody has set it, as ineffective.
        var states = snapshot
            .Switches.Select(entry => (entry.Key, State: TaskSwitches.GetState(entry.Key, entry.Reading)))
            .Where(entry => entry is not (TaskSwitches.Misspelled, SwitchState.Unset))
            .Select(entry => entry.State)
            .ToList();
        if (states.TrueForAll(state => state == SwitchState.Unknown))
        {
            return Tile("Switches on", HtmlText.Unknown, "", highlight: false);
        }
        var rest = Enum.GetValues<SwitchState>()
            .Where(state => state != SwitchState.Enabled && states.Contains(state))
            .Select(state => $"{states.Count(other => other == state)} {LabelNames.ToLabel(state)}");
        return Tile(
            "Switches on",
            Markup.FromText($"{states.Count(state => state == SwitchState.Enabled)} of {states.Count}"),
            string.Join(", ", rest),
            states.Contains(SwitchState.Ineffective)
        );
    }

    private static Markup Writable(SpaceReading? space)
    {
        var share =
            space is not { Total: { } total, Writable: { } writable } ? ""
            : total == 0 ? "no disk yet"
            : $"{HtmlText.Percent(writable, total)} of {ByteSizeText.Format(total)}";
        return Tile("Writable", HtmlText.Bytes(space?.Writable), share, space is { Writable: 0, Total: > 0 });
    }

    private static Markup Tile(string label, Markup value, string more, bool highlight) =>
        Markup.From(
            $"""
            <div class="tile{(highlight ? " ill" : "")}" data-key="{label}"><dt>{label}</dt><dd><b>{value}</b>{(
                more.Length > 0 ? Markup.From($"<small>{more}</small>") : null
            )}</dd></div>
            """
        );
}
