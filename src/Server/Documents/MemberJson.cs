using System.Text.Json;
using Clustermgr.Analysis;

namespace ClustermgrExporter.Documents;

/// <summary>Members by their own answers, and peers by the leader's.</summary>
internal static class MemberJson
{
    public static void Write(Utf8JsonWriter json, ClusterAnalysis analysis, int index)
    {
        var member = analysis.Snapshot.Members[index];
        var raft = member.Reading?.Raft;
        json.Text("name", member.Name);
        json.Text("address", member.Address);
        json.Flag("up", member.Outcome is null ? null : member.Up);
        json.Text("outcome", member.Outcome is { } outcome ? Words.For(outcome) : null);
        json.Text("detail", member.Detail);
        json.Time("since", analysis.Snapshot.Wall(member.Since));
        json.Time("lastAnswer", analysis.Snapshot.Wall(ClusterFacts.LastAnswer(member)));
        json.Id("nodeId", member.NodeId);
        json.Text("state", raft is null ? null : Words.For(raft.State));
        json.Id("leaderNodeId", raft?.Leader);
        json.Id("term", raft?.Term);
        json.Id("commit", raft?.Commit);
        json.Id("applied", raft?.Applied);
        json.Entries(
            "unappliedEntries",
            raft is { Commit: { } commit, Applied: { } applied } ? commit - Math.Min(commit, applied) : null
        );
        json.Entries("lagEntries", ClusterFacts.Lag(analysis, member));
        json.Flag("readOnly", member.Reading?.ReadOnly);
        json.Flag("safeToRestart", analysis.SafeToRestart[index]);
        json.Count("leaderChanges", member.LeaderChanges);
    }

    public static void WritePeer(Utf8JsonWriter json, PeerView peer)
    {
        json.Id("id", peer.Row.Id);
        json.Text("host", peer.Row.Host);
        json.Flag("isLeader", peer.IsLeader);
        json.Text("state", Words.For(peer.Row.State));
        json.Id("match", peer.Row.Match);
        json.Entries("lagEntries", peer.LagEntries);
        json.Flag("active", peer.Active);
        json.Flag("learner", peer.Row.Learner);
        json.Flag("paused", peer.Row.Paused);
        json.Id("pendingSnapshot", peer.Row.PendingSnapshot);
    }
}
