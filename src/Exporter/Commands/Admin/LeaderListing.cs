using System.Collections.Immutable;
using Clustermgr.Admin;
using Clustermgr.Analysis;
using ClustermgrExporter.Documents;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>The output of leader show, as text and as JSON.</summary>
internal static class LeaderListing
{
    public static string Text(ClusterAnalysis analysis)
    {
        var text = new PlainLines();
        text.Add($"{analysis.Snapshot.Cluster}: {PeerLookup.Sum(analysis)}");
        text.AddTable([
            [
                "transfer",
                Transferee(analysis) is { } id ? $"to {PeerLookup.Name(analysis, id)} under way" : "none under way",
            ],
            ["followers", Some(Followers(analysis).Select(member => member.Name))],
            [
                "could lead",
                Some(
                    Heirs(analysis)
                        .Select(peer => $"{PeerLookup.Name(analysis, peer.Row.Id)} with lag {peer.LagEntries}")
                ),
            ],
        ]);
        return text.ToString();
    }

    public static string Json(ClusterAnalysis analysis) =>
        CommandJson.Format(
            new LeaderShowDocument(
                CommandJson.AdminVersion,
                analysis.Snapshot.Cluster,
                analysis.Leader is { Up: true, Reading.Raft: var raft } leader
                    ? new LeadingMember(
                        JsonText.Id(raft.NodeId),
                        leader.Name,
                        JsonText.Id(raft.Term),
                        JsonText.Id(Transferee(analysis))
                    )
                    : null,
                [.. Followers(analysis).Select(member => member.Name)],
                [.. Heirs(analysis).Select(peer => JsonText.Id(peer.Row.Id))]
            ),
            context => context.LeaderShowDocument
        );

    private static ulong? Transferee(ClusterAnalysis analysis) =>
        analysis.Leader?.Reading?.Raft.Transferee is { } id and not 0 ? id : null;

    private static IEnumerable<MemberRecord> Followers(ClusterAnalysis analysis) =>
        analysis.Snapshot.Members.Where(member =>
            !ReferenceEquals(member, analysis.Leader) && Leadership.Follows(analysis.Snapshot, member)
        );

    private static ImmutableArray<PeerView> Heirs(ClusterAnalysis analysis) =>
        [
            .. analysis
                .Peers.Where(peer => LeaderGuards.Transfer(analysis, peer.Row.Id).Objections.IsEmpty)
                .OrderBy(peer => (peer.LagEntries, peer.Row.Id)),
        ];

    private static string Some(IEnumerable<string> names) =>
        string.Join(", ", names) is { Length: > 0 } joined ? joined : "none";
}

/// <summary>The JSON of leader show.</summary>
/// <param name="CouldLead">Node ids, the most caught-up one first.</param>
internal sealed record LeaderShowDocument(
    int Version,
    string Cluster,
    LeadingMember? Leader,
    ImmutableArray<string> Followers,
    ImmutableArray<string> CouldLead
);

/// <param name="TransferTo">Target of a transfer in progress; null for none.</param>
internal sealed record LeadingMember(string Node, string Member, string Term, string? TransferTo);
