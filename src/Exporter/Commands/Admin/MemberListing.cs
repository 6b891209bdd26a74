using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Admin;
using Clustermgr.Analysis;
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
        AdminJson.Format(
            analysis,
            json =>
            {
                json.WriteNumber("voters", analysis.Voters ?? 0);
                json.WriteNumber("quorum", analysis.Quorum ?? 0);
                json.WriteStartArray("members");
                foreach (var peer in analysis.Peers)
                {
                    var member = PeerLookup.Member(analysis, peer.Row.Id);
                    json.WriteStartObject();
                    json.WriteString("node", Number(peer.Row.Id));
                    json.WriteString("raft_host", peer.Row.Host);
                    if (member is not null)
                    {
                        json.WriteString("member", member.Name);
                    }
                    json.WriteString("role", Role(peer));
                    json.WriteString("state", Words.For(peer.Row.State));
                    if (peer.LagEntries is { } lag)
                    {
                        json.WriteString("lag_entries", Number(lag));
                    }
                    if (!peer.IsLeader && peer.Row.Active is { } active)
                    {
                        json.WriteBoolean("heard", active);
                    }
                    if (member?.Outcome is { } outcome)
                    {
                        json.WriteString("answers", Words.For(outcome));
                    }
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteStartArray("not_listed");
                foreach (var member in Strangers(analysis))
                {
                    json.WriteStringValue(member.Name);
                }
                json.WriteEndArray();
            }
        );

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
