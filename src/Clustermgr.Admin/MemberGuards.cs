using System.Collections.Immutable;
using Clustermgr.Analysis;
using Clustermgr.Formatting;

namespace Clustermgr.Admin;

/// <summary>
/// Checks whether the member list may be changed. clustermgr itself only checks that an id is known, that it is not the
/// leader's, and that a new id is unused. Call only when <see cref="QuorumGuard"/> has no objection.
/// </summary>
public static class MemberGuards
{
    public static GuardResult Add(ClusterAnalysis analysis, NewMember member)
    {
        if (FindDuplicate(analysis, member) is { } duplicate)
        {
            return new GuardResult([duplicate], []);
        }
        if (member.Learner)
        {
            return GuardResult.Allowed;
        }
        var voters = PeerLookup.Voters(analysis).ToList();
        var healthy = PeerLookup.CountHealthy(analysis, voters);
        var count = voters.Count + 1;
        var majority = Quorum.MajorityOf(voters.Count + 1);
        var objections =
            healthy < majority
                ? ImmutableArray.Create(
                    new Objection(
                        $"with it {Pluralizer.Count(count, "voter")} need a majority of {majority}, and only {healthy} "
                            + $"of them are healthy until it runs and "
                            + "has caught up: nothing could be stored meanwhile"
                            + (voters.Count > healthy ? "; repair or remove the others first" : ""),
                        Forcible: true
                    )
                )
                : [];
        return new GuardResult(
            objections,
            count % 2 == 0
                ? [$"{count} voters may lose as many as {count - 1} may: an even number only adds one that can fail"]
                : []
        );
    }

    public static GuardResult Remove(ClusterAnalysis analysis, ulong id)
    {
        if (PeerLookup.Find(analysis, id) is not { } peer)
        {
            return GuardResult.Refused($"there is no peer {id}; the leader lists {PeerLookup.FormatIds(analysis)}");
        }
        if (peer.IsLeader)
        {
            return GuardResult.Refused(
                $"{PeerLookup.Describe(analysis, id)} leads, and the server refuses to remove the leader"
            );
        }
        if (peer.Row.Learner is true)
        {
            return GuardResult.Allowed;
        }
        var rest = PeerLookup.Voters(analysis).Where(voter => voter.Row.Id != id).ToList();
        var majority = Quorum.MajorityOf(rest.Count);
        var healthy = PeerLookup.CountHealthy(analysis, rest);
        var heard = rest.Count(PeerLookup.IsHeard);
        // A person may know better about voters that only lag or that only this program cannot reach, so that is
        // forcible. Without a majority that the leader hears, nothing could be repaired afterwards.
        var objections =
            healthy < majority
                ? ImmutableArray.Create(
                    new Objection(
                        $"{Pluralizer.Count(rest.Count, "voter")} would remain, of which {majority} must be healthy "
                            + $"and {healthy} {(healthy == 1 ? "is" : "are")}: "
                            + (
                                heard < majority
                                    ? "the cluster would stop, and could not be asked to take the member back"
                                    : "it would depend on voters that lag or do not answer us"
                            ),
                        Forcible: heard >= majority
                    )
                )
                : [];
        return new GuardResult(
            objections,
            rest.Count % 2 == 0 ? [$"{rest.Count} voters remain: an even number; replace the member soon"] : []
        );
    }

    private static Objection? FindDuplicate(ClusterAnalysis analysis, NewMember member)
    {
        if (PeerLookup.Find(analysis, member.Id) is { } known)
        {
            return new Objection(
                $"{PeerLookup.Describe(analysis, member.Id)} is listed already"
                    + (
                        known.Row.Learner is true && !member.Learner
                            ? ", as a learner, and a learner is never promoted: remove it, wipe its data folder, "
                                + "and add it again"
                            : "; take an id that no member ever had"
                    )
            );
        }
        if (analysis.Peers.FirstOrDefault(peer => Same(peer.Row.Host, member.RaftHost)) is { } host)
        {
            return new Objection(
                $"{member.RaftHost} is the raft address of {PeerLookup.Describe(analysis, host.Row.Id)}"
            );
        }
        if (analysis.Peers.FirstOrDefault(peer => Same(peer.Row.Host, member.NodeHost)) is { } swapped)
        {
            return new Objection(
                $"{member.NodeHost} is the raft address of {PeerLookup.Describe(analysis, swapped.Row.Id)}; --node-host is "
                    + $"the HTTP side"
            );
        }
        var taken = analysis.Snapshot.Members.FirstOrDefault(other =>
            Same(other.Address, member.NodeHost) && other.NodeId is { } id && PeerLookup.Find(analysis, id) is not null
        );
        return taken is null
            ? null
            : new Objection(
                $"{member.NodeHost} is the HTTP address of {PeerLookup.Describe(analysis, taken.NodeId!.Value)}",
                Forcible: true
            );
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
