using System.Collections.Immutable;
using System.Globalization;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>The peers as the leader of the highest term sees them.</summary>
internal static class PeerFamilies
{
    private static readonly (string Word, PeerState State)[] States =
    [
        .. new[] { PeerState.Probe, PeerState.Replicate, PeerState.Snapshot, PeerState.Unknown }.Select(state =>
            (LabelNames.ToLabel(state), state)
        ),
    ];

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        PerPeer(
            "clustermgr_raft_peer_match_index",
            "Highest log index known to be stored by the peer.",
            "peers[].match.",
            peer => peer.Row.Match
        ),
        PerPeer(
            "clustermgr_raft_peer_next_index",
            "Log index to be sent to the peer next.",
            "peers[].next.",
            peer => peer.Row.Next
        ),
        PerPeer(
            "clustermgr_raft_peer_lag_entries",
            "The leader's commit index - the peer's match index, at least 0.",
            "raft_status.commit, peers[].match.",
            peer => peer.LagEntries
        ),
        PerPeer(
            "clustermgr_raft_peer_active",
            "0 once the leader has not heard from the peer for 15 s without a break.",
            "peers[].active, smoothed: it flickers. The leader itself is active by definition.",
            peer => peer.Active
        ),
        PerOther(
            "clustermgr_raft_peer_paused",
            "1 while the leader holds back entries for the peer.",
            "peers[].paused.",
            row => row.Paused
        ),
        PerPeer(
            "clustermgr_raft_peer_learner",
            "1 if the peer is a learner, which does not vote.",
            "peers[].is_learner.",
            peer => peer.Row.Learner
        ),
        PerOther(
            "clustermgr_raft_peer_inflight_messages",
            "Messages sent to the peer and not yet acknowledged.",
            "peers[].inflight_count.",
            row => row.InflightMessages
        ),
        PerOther(
            "clustermgr_raft_peer_inflight_full",
            "1 if no more messages may be in flight.",
            "peers[].is_inflight_full.",
            row => row.InflightFull
        ),
        PerOther(
            "clustermgr_raft_peer_pending_snapshot_index",
            "Log index of the snapshot that the peer is being sent.",
            "peers[].pending_snapshot. Absent while it is sent none.",
            row => row.PendingSnapshot is 0 ? null : row.PendingSnapshot
        ),
        Gauge(
            "clustermgr_raft_peer_state",
            "peer host state",
            "State set: the replication state of the peer is 1, the others 0.",
            $"peers[].state. unknown is there only while it holds. {NoLeaderNorOwnRow}",
            WriteStates
        ),
    ];

    private const string NoLeader = "Absent while no member answers as leader.";

    // Seen on real clusters: a leader calls itself inactive, or in StateProbe, and is well.
    private const string NoLeaderNorOwnRow =
        "Absent while no member answers as leader, and for the leader itself: its own row says nothing about health.";

    private static FamilyRenderer<ClusterAnalysis> PerPeer(
        string name,
        string help,
        string notes,
        Func<PeerView, SampleValue> value
    ) =>
        Gauge(
            name,
            "peer host",
            help,
            $"{notes} {NoLeader}",
            (lines, analysis) =>
            {
                foreach (var peer in analysis.Peers)
                {
                    lines.Add(value(peer), Id(peer), peer.Row.Host);
                }
            }
        );

    private static FamilyRenderer<ClusterAnalysis> PerOther(
        string name,
        string help,
        string notes,
        Func<PeerReading, SampleValue> value
    ) =>
        Gauge(
            name,
            "peer host",
            help,
            $"{notes} {NoLeaderNorOwnRow}",
            (lines, analysis) =>
            {
                foreach (var peer in analysis.Peers)
                {
                    if (!peer.IsLeader)
                    {
                        lines.Add(value(peer.Row), Id(peer), peer.Row.Host);
                    }
                }
            }
        );

    private static void WriteStates(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var peer in analysis.Peers)
        {
            if (peer.IsLeader)
            {
                continue;
            }
            foreach (var (word, state) in States)
            {
                var holds = peer.Row.State == state;
                if (holds || state != PeerState.Unknown)
                {
                    lines.Add(holds, Id(peer), peer.Row.Host, word);
                }
            }
        }
    }

    private static string Id(PeerView peer) => peer.Row.Id.ToString(CultureInfo.InvariantCulture);
}
