namespace ClustermgrSimulator.Http;

/// <summary>The field names that differ between the released versions and master.</summary>
internal sealed record Spelling(
    string NodeId,
    string RaftState,
    string RaftApplied,
    string ApplyingLength,
    string PendingSnapshot,
    string IsLearner,
    string IsInflightFull,
    string InflightCount
)
{
    private static readonly Spelling _camel = new(
        "nodeId",
        "raftState",
        "raftApplied",
        "applyingLength",
        "pendingSnapshot",
        "isLearner",
        "isInflightFull",
        "inflightCount"
    );

    private static readonly Spelling _snake = new(
        "node_id",
        "raft_state",
        "raft_applied",
        "applying_length",
        "pending_snapshot",
        "is_learner",
        "is_inflight_full",
        "inflight_count"
    );

    public static Spelling For(ServerVersion version) => version == ServerVersion.Master ? _snake : _camel;
}
