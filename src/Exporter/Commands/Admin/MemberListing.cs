using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Admin;
using Clustermgr.Analysis;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The leader's list of one cluster, for people and for scripts.</summary>
internal static class MemberListing
{
    private const string NotKnown = "-";

    public static string Text(ClusterAnalysis analysis)
    {
        var text = new PlainLines();
        text.Add($"{analysis.Snapshot.Cluster}: {PeerLookup.Sum(analysis)}");
        text.AddTable([
            ["NODE", "RAFT HOST", "MEMBER", "ROLE", "STATE", "LAG", "HEARD", "ANSWERS"],
            .. analysis.Peers.Select(peer => Row(analysis, peer)),
        ]);
        foreach (var member in Strangers(analysis))
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
                [.. analysis.Peers.Select(peer => Listed(analysis, peer))],
                [.. Strangers(analysis).Select(member => member.Name)]
            ),
            context => context.MemberListDocument
        );

    /// <summary>The leader is not heard by itself.</summary>
    private static ListedMember Listed(ClusterAnalysis analysis, PeerView peer)
    {
        var member = PeerLookup.Member(analysis, peer.Row.Id);
        return new(
            JsonText.Id(peer.Row.Id),
            peer.Row.Host,
            member?.Name,
            Role(peer),
            Words.For(peer.Row.State),
            peer.LagEntries,
            peer.IsLeader ? null : peer.Row.Active,
            member?.Outcome is { } outcome ? Words.For(outcome) : null
        );
    }

    /// <summary>The leader's own row says nothing of its health.</summary>
    private static ImmutableArray<string> Row(ClusterAnalysis analysis, PeerView peer)
    {
        var member = PeerLookup.Member(analysis, peer.Row.Id);
        return
        [
            Number(peer.Row.Id),
            peer.Row.Host,
            member?.Name ?? NotKnown,
            Role(peer),
            peer.IsLeader ? NotKnown : Words.For(peer.Row.State),
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
            member?.Outcome is { } outcome ? Words.For(outcome) : NotKnown,
        ];
    }

    private static string Role(PeerView peer) =>
        peer.IsLeader ? "leader"
        : peer.Row.Learner is true ? "learner"
        : "voter";

    /// <summary>One that was never heard may be any of the listed.</summary>
    private static IEnumerable<MemberRecord> Strangers(ClusterAnalysis analysis) =>
        analysis.Snapshot.Members.Where(member => member.NodeId is { } id && PeerLookup.Find(analysis, id) is null);

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>member list -o json.</summary>
/// <param name="NotListed">Members that are configured and not in the leader's list.</param>
internal sealed record MemberListDocument(
    int Version,
    string Cluster,
    int? Voters,
    int? Quorum,
    ImmutableArray<ListedMember> Members,
    ImmutableArray<string> NotListed
);

/// <param name="Member">As it is configured; null where it is not.</param>
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
