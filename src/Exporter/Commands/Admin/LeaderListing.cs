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
        text.Add($"{analysis.Snapshot.Cluster}: {PeerLookup.Summarize(analysis)}");
        text.AddTable([
            [
                "transfer",
                Transferee(analysis) is { } id ? $"to {PeerLookup.Describe(analysis, id)} under way" : "none under way",
            ],
            ["followers", JoinOrNone(Followers(analysis).Select(member => member.Name))],
            [
                "could lead",
                JoinOrNone(
                    GetTransferCandidates(analysis)
                        .Select(peer => $"{PeerLookup.Describe(analysis, peer.Row.Id)} with lag {peer.LagEntries}")
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
                        JsonText.FormatId(raft.NodeId),
                        leader.Name,
                        JsonText.FormatId(raft.Term),
                        JsonText.FormatId(Transferee(analysis))
                    )
                    : null,
                [.. Followers(analysis).Select(member => member.Name)],
                [.. GetTransferCandidates(analysis).Select(peer => JsonText.FormatId(peer.Row.Id))]
            ),
            context => context.LeaderShowDocument
        );

    private static ulong? Transferee(ClusterAnalysis analysis) =>
        analysis.Leader?.Reading?.Raft.Transferee is { } id and not 0 ? id : null;

    private static IEnumerable<MemberRecord> Followers(ClusterAnalysis analysis) =>
        analysis.Snapshot.Members.Where(member =>
            !ReferenceEquals(member, analysis.Leader) && Leadership.NamesCurrentLeader(analysis.Snapshot, member)
        );

    private static ImmutableArray<PeerView> GetTransferCandidates(ClusterAnalysis analysis) =>
        [
            .. analysis
                .Peers.Where(peer => LeaderGuards.Transfer(analysis, peer.Row.Id).Objections.IsEmpty)
                .OrderBy(peer => (peer.LagEntries, peer.Row.Id)),
        ];

    private static string JoinOrNone(IEnumerable<string> names) =>
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
