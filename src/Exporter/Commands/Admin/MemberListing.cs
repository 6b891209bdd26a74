using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Admin;
using Clustermgr.Analysis;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The output of member list, as text and as JSON.</summary>
internal static class MemberListing
{
    private const string NotKnown = "-";

    public static string Text(ClusterAnalysis analysis)
    {
        var text = new PlainLines();
        text.Add($"{analysis.Snapshot.Cluster}: {PeerLookup.Summarize(analysis)}");
        text.AddTable([
            ["NODE", "RAFT HOST", "MEMBER", "ROLE", "STATE", "LAG", "HEARD", "ANSWERS"],
            .. analysis.Peers.Select(peer => Row(analysis, peer)),
        ]);
        foreach (var member in FindUnlistedMembers(analysis))
        {
            text.Add(
                $"{member.Name} is configured here and not "
                    + $"listed{(member.NodeId is { } id ? $": it calls itself node {id}" : "")}"
            );
        }
        return text.ToString();
    }

    public static string Json(ClusterAnalysis analysis) =>
        CommandJson.Format(
            new MemberListDocument(
                CommandJson.AdminVersion,
                analysis.Snapshot.Cluster,
                analysis.Voters,
                analysis.Quorum,
                [.. analysis.Peers.Select(peer => CreateListedMember(analysis, peer))],
                [.. FindUnlistedMembers(analysis).Select(member => member.Name)]
            ),
            context => context.MemberListDocument
        );

    /// <summary>Heard is null for the leader, which does not hear itself.</summary>
    private static ListedMember CreateListedMember(ClusterAnalysis analysis, PeerView peer)
    {
        var member = PeerLookup.FindMember(analysis, peer.Row.Id);
        return new(
            JsonText.FormatId(peer.Row.Id),
            peer.Row.Host,
            member?.Name,
            peer.Role ?? NotKnown,
            LabelNames.ToLabel(peer.Row.State),
            peer.LagEntries,
            peer.IsLeader ? null : peer.Row.Active,
            member?.Outcome is { } outcome ? LabelNames.ToLabel(outcome) : null
        );
    }

    /// <summary>The leader's own row does not report its health, so some cells are empty.</summary>
    private static ImmutableArray<string> Row(ClusterAnalysis analysis, PeerView peer)
    {
        var member = PeerLookup.FindMember(analysis, peer.Row.Id);
        return
        [
            Number(peer.Row.Id),
            peer.Row.Host,
            member?.Name ?? NotKnown,
            peer.Role ?? NotKnown,
            peer.IsLeader ? NotKnown : LabelNames.ToLabel(peer.Row.State),
            peer.IsLeader ? NotKnown
            : peer.LagEntries is { } lag ? Number(lag)
            : NotKnown,
            peer.IsLeader
                ? NotKnown
                : peer.Row.Active switch
                {
                    true => "yes",
                    false => "no",
                    null => NotKnown,
                },
            member?.Outcome is { } outcome ? LabelNames.ToLabel(outcome) : NotKnown,
        ];
    }

    /// <summary>The configured members that are not listed. A member that never answered may be any listed one and is
    /// left out.</summary>
    private static IEnumerable<MemberRecord> FindUnlistedMembers(ClusterAnalysis analysis) =>
        analysis.Snapshot.Members.Where(member => member.NodeId is { } id && PeerLookup.Find(analysis, id) is null);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The JSON of member list.</summary>
/// <param name="NotListed">Members that are configured and not in the leader's list.</param>
internal sealed record MemberListDocument(
    int Version,
    string Cluster,
    int? Voters,
    int? Quorum,
    ImmutableArray<ListedMember> Members,
    ImmutableArray<string> NotListed
);

/// <param name="Member">The configured name; null when it is not configured.</param>
/// <param name="Answers">Outcome of the last /stat.</param>
internal sealed record ListedMember(
    string Node,
    string RaftHost,
    string? Member,
    string Role,
    string State,
    ulong? LagEntries,
    bool? Heard,
    string? Answers
);
