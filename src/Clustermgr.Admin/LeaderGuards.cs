using Clustermgr.Analysis;

namespace Clustermgr.Admin;

/// <summary>
/// Checks whether leadership may be transferred to a peer. clustermgr answers 200 for any listed id: it ignores a
/// learner and the leader itself, and gives up on a silent peer after an election timeout, during which it accepts no
/// writes. Call only when <see cref="QuorumGuard"/> has no objection.
/// </summary>
public static class LeaderGuards
{
    public static GuardResult Transfer(ClusterAnalysis analysis, ulong id)
    {
        var name = PeerLookup.Describe(analysis, id);
        if (PeerLookup.Find(analysis, id) is not { } peer)
        {
            return GuardResult.Refused($"there is no peer {id}; the leader lists {PeerLookup.FormatIds(analysis)}");
        }
        if (peer.IsLeader)
        {
            return GuardResult.Refused($"{name} leads already");
        }
        if (peer.Row.Learner is true)
        {
            return GuardResult.Refused($"{name} is a learner, and the server ignores a transfer to one");
        }
        if (!PeerLookup.IsHeard(peer))
        {
            return GuardResult.Refused(
                $"the leader does not hear {name}: it would take no writes until it gives the transfer up. After an "
                    + $"election this may last 10 s"
            );
        }
        var member = PeerLookup.FindMember(analysis, id);
        if (DescribeSilence(analysis, member) is { } silence)
        {
            return GuardResult.Refused($"{name} {silence}", forcible: true);
        }
        if (peer.Row.State != PeerState.Replicate)
        {
            return GuardResult.Refused(
                $"{name} is in state {LabelNames.ToLabel(peer.Row.State)}, and does not replicate",
                forcible: true
            );
        }
        if (peer.LagEntries is not { } lag)
        {
            return GuardResult.Refused(
                $"the leader does not say how far {name} lags behind: until it has caught up the leader takes no writes",
                forcible: true
            );
        }
        if (lag > Thresholds.CaughtUpLagEntries)
        {
            return GuardResult.Refused(
                $"{name} lags {lag} entries behind: until it has caught up the leader takes no writes",
                forcible: true
            );
        }
        if (member?.Reading?.ReadOnly is true)
        {
            return GuardResult.Refused(
                $"{name} is read-only by its own configuration: as leader it would refuse every write",
                forcible: true
            );
        }
        return analysis.Leader?.Reading?.Raft.Transferee is { } other and not 0
            ? GuardResult.Refused(
                $"a transfer to {PeerLookup.Describe(analysis, other)} is under way; it ends within 20 s",
                forcible: true
            )
            : GuardResult.Allowed;
    }

    /// <summary>Returns the best candidate for a transfer; null when there is none.</summary>
    public static PeerView? FindBestTarget(ClusterAnalysis analysis) =>
        PeerLookup
            .Voters(analysis)
            .Where(peer => Transfer(analysis, peer.Row.Id).Objections.IsEmpty)
            .MinBy(peer => (peer.LagEntries, peer.Row.Id));

    private static string? DescribeSilence(ClusterAnalysis analysis, MemberRecord? member) =>
        member switch
        {
            null => PeerLookup.GetUnidentifiedMembers(analysis).FirstOrDefault() is { } perhaps
                ? $"is none of the members that answer; perhaps it is {perhaps.Name}: {perhaps.Detail}"
                : null,
            { Up: false } => $"does not answer: {member.Detail}",
            _ when !Leadership.NamesCurrentLeader(analysis.Snapshot, member) => "answers, and follows no leader",
            _ => null,
        };
}
