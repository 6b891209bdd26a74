using Clustermgr.Formatting;

namespace Clustermgr.Analysis;

/// <summary>Findings about leader and quorum.</summary>
internal static class RaftFindings
{
    public static IEnumerable<Finding> Find(ClusterAnalysis analysis)
    {
        var snapshot = analysis.Snapshot;
        var up = snapshot.Members.Where(member => member.Up).ToList();
        if (up.Count == 0 || !snapshot.PolledOnce)
        {
            yield break; // ClusterBlind covers it, or not every member was polled yet
        }
        if (FindNoLeader(analysis, up) is { } noLeader)
        {
            yield return noLeader;
        }
        if (FindQuorumFinding(analysis) is { } quorum)
        {
            yield return quorum;
        }
        if (analysis.Leaders > 1)
        {
            var highest = up.Max(member => member.Reading!.Raft.Term);
            var named = up.Where(member => member.Reading!.Raft.Term == highest && member.Reading.Raft.Leader != 0)
                .Select(member => $"{member.Name} names node {member.Reading!.Raft.Leader}");
            yield return FindingKind.LeaderDisagreement.CreateFinding(
                "",
                $"In term {highest}: {string.Join(", ", named)}."
            );
        }
        if (FindTwoLeaders(up) is { } two)
        {
            yield return two;
        }
        if (analysis.Leader is not { Up: true } leader)
        {
            yield break;
        }
        foreach (var member in up)
        {
            if (member.Reading!.Raft.Leader != 0 || !Leadership.IsCutOff(snapshot, member))
            {
                continue;
            }
            yield return FindingKind.MemberIsolated.CreateFinding(
                member.Name,
                $"{member.Name} knows no leader while {leader.Name} leads.",
                ("member", member.Name)
            );
        }
    }

    private static Finding? FindTwoLeaders(List<MemberRecord> up)
    {
        var leading = up.FindAll(member => member.Reading!.Raft.State == RaftState.Leader);
        if (leading.Count < 2)
        {
            return null;
        }
        var term = leading
            .GroupBy(member => member.Reading!.Raft.Term)
            .FirstOrDefault(term => term.Select(member => member.Reading!.Raft.NodeId).Distinct().Count() > 1);
        return term is null
            ? null
            : FindingKind.TwoLeadersInOneTerm.CreateFinding(
                "",
                $"{string.Join(" and ", term.Select(member => member.Name))} both lead in term {term.Key}."
            );
    }

    private static Finding? FindNoLeader(ClusterAnalysis analysis, List<MemberRecord> up)
    {
        var named = up.FindAll(member => member.Reading!.Raft.Leader != 0);
        if (named.Count == 0)
        {
            return FindingKind.NoLeader.CreateFinding(
                "",
                $"{Pluralizer.Count(up.Count, "member")} up, none knows a leader."
            );
        }
        // In sidecar mode the leader is normally another member.
        if (analysis.Snapshot.Settings.Sidecar || analysis.Leader is { Up: true })
        {
            return null;
        }
        var highest = named.MaxBy(member => member.Reading!.Raft.Term)!.Reading!;
        return FindingKind.NoLeader.CreateFinding(
            "",
            $"Node {highest.Raft.Leader} ({highest.LeaderHost}) is named as leader in term {highest.Raft.Term} and "
                + $"does not answer as one."
        );
    }

    private static Finding? FindQuorumFinding(ClusterAnalysis analysis)
    {
        var snapshot = analysis.Snapshot;
        var voters = analysis.Voters ?? 0;
        var answering = analysis.QuorumMargin + analysis.Quorum;
        if (analysis.QuorumMargin < 0)
        {
            return FindingKind.QuorumLost.CreateFinding(
                "",
                $"{answering} of {voters} voters answer, {analysis.Quorum} are needed."
            );
        }
        // No leader was seen yet, so the voters are unknown: the configured members are counted instead.
        if (analysis.Voters is null && !snapshot.Settings.Sidecar)
        {
            var up = snapshot.Members.Count(member => member.Up);
            var configured = snapshot.Members.Length;
            if (up < Quorum.MajorityOf(configured))
            {
                return FindingKind.QuorumLost.CreateFinding(
                    "",
                    $"{up} of {configured} configured members answer, {Quorum.MajorityOf(configured)} are needed."
                );
            }
        }
        if (analysis.Snapshot.LinearizableReadUp is false)
        {
            return FindingKind.QuorumLost.CreateFinding("", "Linearizable reads reach no quorum.");
        }
        return analysis.QuorumMargin == 0 && answering < voters
            ? FindingKind.NoQuorumMargin.CreateFinding(
                "",
                $"{answering} of {voters} voters answer: one more failure loses the quorum."
            )
            : null;
    }
}
