namespace ClustermgrSimulator.Http;

/// <summary>The field names that differ between the released versions and master.</summary>
internal sealed record StatFieldNames(
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
    private static readonly StatFieldNames Camel = new(
        "nodeId",
        "raftState",
        "raftApplied",
        "applyingLength",
        "pendingSnapshot",
        "isLearner",
        "isInflightFull",
        "inflightCount"
    );

    private static readonly StatFieldNames Snake = new(
        "node_id",
        "raft_state",
        "raft_applied",
        "applying_length",
        "pending_snapshot",
        "is_learner",
        "is_inflight_full",
        "inflight_count"
    );

    public static StatFieldNames GetNames(ServerVersion version) => version == ServerVersion.Master ? Snake : Camel;
}
