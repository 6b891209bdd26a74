using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Admin;
using Clustermgr.Analysis;
using ClustermgrExporter.Terminal;

namespace ClustermgrExporter.Commands;

/// <summary>Who leads one cluster, for people and for scripts.</summary>
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
        AdminJson.Format(
            analysis,
            json =>
            {
                if (analysis.Leader is { Up: true, Reading.Raft: var raft } leader)
                {
                    json.WriteStartObject("leader");
                    json.WriteString("node", Number(raft.NodeId));
                    json.WriteString("member", leader.Name);
                    json.WriteString("term", Number(raft.Term));
                    if (Transferee(analysis) is { } to)
                    {
                        json.WriteString("transfer_to", Number(to));
                    }
                    json.WriteEndObject();
                }
                json.WriteStartArray("followers");
                foreach (var member in Followers(analysis))
                {
                    json.WriteStringValue(member.Name);
                }
                json.WriteEndArray();
                json.WriteStartArray("could_lead");
                foreach (var peer in Heirs(analysis))
                {
                    json.WriteStringValue(Number(peer.Row.Id));
                }
                json.WriteEndArray();
            }
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

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
