using System.Collections.Immutable;
using Clustermgr.Analysis;
using static ClustermgrExporter.Exposition.Families.FamilyFactory;

namespace ClustermgrExporter.Exposition.Families;

/// <summary>raft_status and read_only: each member's own view.</summary>
internal static class RaftFamilies
{
    private static readonly RaftState[] States =
    [
        RaftState.Leader,
        RaftState.Follower,
        RaftState.Candidate,
        RaftState.PreCandidate,
        RaftState.Unknown,
    ];

    public static readonly ImmutableArray<FamilyRenderer<ClusterAnalysis>> All =
    [
        Gauge(
            "clustermgr_raft_state",
            "member state",
            "State set: the member's raft state is 1, the others 0.",
            $"raft_status.raft_state. unknown is there only while it holds. {NoOwnAnswer}",
            WriteStates
        ),
        PerStat(
            "clustermgr_raft_has_leader",
            "1 if the member knows a leader. A dead leader is believed for 10 to 20 s.",
            "raft_status.leader is not 0.",
            stat => stat.Raft.Leader != 0
        ),
        PerStat(
            "clustermgr_raft_leader_node_id",
            "Node id of the leader that the member believes in, 0 = none.",
            "raft_status.leader.",
            stat => stat.Raft.Leader
        ),
        PerStat(
            "clustermgr_raft_vote_node_id",
            "Node id that the member voted for in this term, 0 = none.",
            "raft_status.vote.",
            stat => stat.Raft.Vote
        ),
        PerStat(
            "clustermgr_raft_transferee_node_id",
            "Node id that leadership is being transferred to, 0 = no transfer.",
            "raft_status.transferee.",
            stat => stat.Raft.Transferee
        ),
        PerStat(
            "clustermgr_raft_term",
            "Raft term. Climbs only with elections that took place.",
            "raft_status.term. This and all integers are written exactly, but readers that keep 64-bit floats round "
                + "them above 2^53.",
            stat => stat.Raft.Term
        ),
        PerStat(
            "clustermgr_raft_commit_index",
            "Highest log index known to be committed.",
            "raft_status.commit.",
            stat => stat.Raft.Commit
        ),
        PerStat(
            "clustermgr_raft_applied_index",
            "Highest log index in the state machine.",
            "raft_status.applied.",
            stat => stat.Raft.Applied
        ),
        PerStat(
            "clustermgr_raft_storage_applied_index",
            "Highest log index handed to the application.",
            "raft_status.raft_applied.",
            stat => stat.Raft.RaftApplied
        ),
        PerStat(
            "clustermgr_raft_applying_batches",
            "Batches queued for the state machine, at most 128.",
            "raft_status.applying_length; from v3.3.",
            stat => stat.Raft.ApplyingLength
        ),
        Counter(
            "clustermgr_raft_leader_changes_total",
            "member",
            "Changes of leader that this member was seen to go through since the exporter started.",
            "Always present.",
            (lines, analysis) =>
            {
                foreach (var member in analysis.Snapshot.Members)
                {
                    lines.Add(member.LeaderChanges, member.Name);
                }
            }
        ),
        PerStat(
            "clustermgr_read_only",
            "1 if the member's own configuration makes it read-only. Members can differ.",
            "read_only.",
            stat => stat.ReadOnly
        ),
    ];

    private static void WriteStates(LineWriter lines, ClusterAnalysis analysis)
    {
        foreach (var member in analysis.Snapshot.Members)
        {
            if (member.Reading is not { } reading)
            {
                continue;
            }
            foreach (var state in States)
            {
                var holds = reading.Raft.State == state;
                if (holds || state != RaftState.Unknown)
                {
                    lines.Add(holds, member.Name, LabelNames.ToLabel(state));
                }
            }
        }
    }
}
